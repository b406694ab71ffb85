#!/usr/bin/env bash
# The strace oracle finds what is missing: here, calls that we were told to leave
# out.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session curl
status=0
SOCKSPY_TRACE='!connect,getsockopt' "$top/tests/oracle.py" -- ./session >found || status=$?
assert_eq "$status" 1 "the oracle's status"
assert_grep 'missing: connect' found
assert_grep 'missing: getsockopt' found
assert_grep 'recall 9[0-9]\.' found

# A call at whose return a signal ends the program has no record; that is no fault,
# and is said.
cat >broken <<'END'
#!/bin/sh
/usr/bin/python3 -c 'import signal, socket
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
a, b = socket.socketpair()
b.close()
a.send(b"x")' || exit 0
END
chmod +x broken
"$top/tests/oracle.py" -- ./broken >found || fail "a program that SIGPIPE ends"
assert_grep 'killed before it could be told: send.* = -1 EPIPE' found
assert_grep 'recall 100\.0' found

# Nor has one at whose return another thread ended them all.
cat >cut <<'END'
#!/usr/bin/python3
import os, socket, threading, time
a, b = socket.socketpair()
def work():
    while True:
        a.send(b"x")
        b.recv(1)
threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
os._exit(0)
END
chmod +x cut
for _ in 1 2 3; do
    "$top/tests/oracle.py" -- ./cut >found || fail "a thread that exit ends: $(cat found)"
done
