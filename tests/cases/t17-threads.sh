#!/usr/bin/env bash
# T17: a thread of our own would break `unshare -U`, which only a program with one
# thread may do, and would catch the program's signals. There is none.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
# The shell asks itself, by what is built in: while it starts a program, its signals
# are blocked.
# shellcheck disable=SC2016 # the inner shell's own number
with_and_without sh -c 'set -- /proc/$$/task/*; echo $#
    while read -r line; do
        case $line in Threads:* | SigBlk:* | SigIgn:* | SigCgt:*) echo "$line" ;; esac
    done </proc/$$/status'
assert_grep '^Threads:.1$' with.out
check 'it was recorded' 'any(.call == "exec" and (.comm == "sh" or .comm == "dash"))'

# Also once sockets are in use: the last line of the threads' list is the same.
if command -v /usr/bin/python3 >/dev/null; then
    cat >threads.py <<'PYTHON'
import os, socket
with socket.create_server(("127.0.0.1", 0)) as server:
    client = socket.create_connection(server.getsockname())
    accepted = server.accept()[0]
    client.sendall(b"hello")
    print(accepted.recv(9), len(os.listdir("/proc/self/task")))
PYTHON
    with_and_without /usr/bin/python3 threads.py
    check 'recorded' 'calls("accept4") | length == 1'
fi
if unshare -U true 2>/dev/null; then
    rm -f "$SOCKSPY_RING"
    with_and_without unshare -U "$programs/transfers"
    check 'recorded in the new user namespace' '(calls("unshare") | length >= 1) and (calls("send") | length > 0)'
fi
