#!/usr/bin/env bash
# Errors are taught: what they mean and their usual cause; a descriptor that was
# duplicated, one that a fork shares, one that its program never closes.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$samples/mistakes" 2>/dev/null
"$spy" explain "$SOCKSPY_RING" | tr '\n' ' ' | tr -s ' ' >flat
for text in 'connect\(4\) → 127.0.0.1:[0-9]+: ECONNREFUSED' 'Refused: no socket listens at the address' \
    'Usual cause: the server is not running, or another port number was meant' 'EADDRINUSE' 'Address in use' 'ECONNRESET' \
    'Reset: the other side has torn the pipe down' 'EPIPE' 'Broken pipe' 'SIGPIPE' 'EBADF' 'Bad descriptor' \
    'disconnected with data unread, the pipe is torn down'; do
    assert_grep "$text" flat
done
rm "$SOCKSPY_RING"
serve tcp_echo_server 0 2
server=$pid
recorded "$samples/memory" "$port" >/dev/null
recorded "$samples/fork_client" "$port" >/dev/null
wait "$server"
"$spy" explain "$SOCKSPY_RING" | tr '\n' ' ' | tr -s ' ' >flat
for text in 'dup\(3\) → descriptor 4, the same socket' 'close\(3\): the number is erased, the socket stays' \
    'Another descriptor names the same socket \(memory\[[0-9]+\], descriptor 4\)' 'two processes and one socket' \
    'Another descriptor names the same socket \(fork_client\[[0-9]+\], descriptor 3\)'; do
    assert_grep "$text" flat
done
