#!/usr/bin/env bash
# Lesson 12: refused, address in use, reset, broken pipe, bad descriptor.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 12
check 'the errors, in their order' '
    map(select(.errno)) | map([.call, .errno]) == [["connect", "ECONNREFUSED"], ["bind", "EADDRINUSE"],
        ["recv", "ECONNRESET"], ["send", "EPIPE"], ["send", "EBADF"]]'
for text in 'Refused: no socket listens' 'Address in use: another socket' 'Reset: the other side' 'Broken pipe: this socket' \
    'Bad descriptor: this number' 'close\(4\): the descriptor is erased' 'The socket is not connected: the protocol stack erases it at once' \
    'Usual cause: the server is not running'; do
    assert_grep "$text" flat
done
