#!/usr/bin/env bash
# T49: what is no regular file and yet named as ring gets one line, at once, and is not
# opened for writing.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3 timeout
mkfifo fifo
mkdir directory
ln -s fifo link
ln -s nowhere dangling
: >empty
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
verbs=(log sockets connections explain diagram report 'export --format=jsonl' stat audit info clean 'log -f' 'sockets -f')
for odd in fifo directory link dangling empty socket /dev/null /dev/zero /dev/full /dev/tty /proc/self/fd/0 . /; do
    for verb in "${verbs[@]}"; do
        # shellcheck disable=SC2086
        assert_status 1 timeout 5 "$spy" $verb "$odd" </dev/null
        assert_one_line err
        [ -s out ] && fail "$verb $odd printed something"
    done
    for verb in run 'run -q' 'run -f' 'run --audit=/dev/null'; do
        # shellcheck disable=SC2086
        assert_status 1 timeout 5 "$spy" $verb -w "$odd" -- touch started </dev/null
        assert_one_line err
        [ -e started ] && fail "$verb -w $odd started the command"
    done
    assert_status 1 timeout 5 "$spy" lesson 1 -w "$odd" </dev/null
    assert_one_line err
done
# A reader that waits at the FIFO would see it opened for writing.
timeout 20 cat fifo >read &
reader=$!
for verb in "${verbs[@]}"; do
    # shellcheck disable=SC2086
    timeout 5 "$spy" $verb fifo >/dev/null 2>&1
done
timeout 5 "$spy" run -w fifo -- true 2>/dev/null
kill -0 "$reader" 2>/dev/null || fail "somebody opened the FIFO for writing"
kill "$reader"
wait
[ -p fifo ] && [ -d directory ] && [ -S socket ] && [ -L dangling ] || fail "something was removed"
[ ! -e nowhere ] || fail "a ring was made at the end of a link"
exit 0
