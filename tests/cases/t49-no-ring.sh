#!/usr/bin/env bash
# T49: what is named as ring and is none - a FIFO, a device, a directory, a socket, a link -
# is not opened: whoever waits at the other end of a FIFO notices nothing.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3

mkfifo fifo
mkdir directory
ln -s nowhere link
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
start sh -c 'cat fifo >got; echo ended >>got' # waits for a writer
for what in fifo directory link socket /dev/null; do
    [[ $what = /* ]] || what=$TMP/$what
    SOCKSPY_RING=$what SOCKSPY_DEBUG=1 recorded "$programs/free_port" >port 2>said
    assert_grep "^sockspy: nothing is recorded in $what: the ring is not a regular file\$" said
    assert_grep '^[0-9]+$' port
done
[ ! -e nowhere ] || fail "a link was followed"
if command -v strace >/dev/null; then
    strace -qq -e trace=open,openat -o opened -E SOCKSPY_RING="$TMP/fifo" -E LD_PRELOAD="$lib" "$programs/free_port" >/dev/null
    ! grep 'fifo"' opened || fail "the FIFO was opened"
fi
wait_until test -e got
[ ! -s got ] || fail "the reader of the FIFO noticed: $(cat got)"
echo text >fifo
wait_until grep -q ended got
assert_eq "$(head -n 1 got)" text "what the reader got"
exit 0
