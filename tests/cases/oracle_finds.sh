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

# Nor has one at whose return another thread ended them all, or a signal came while
# the library looked up the addresses for its record: here, as strace writes that.
cat >strace.7 <<'END'
1.000001 recvfrom(5<socket:[50]>, "x", 1, 0, NULL, NULL) = 1
 > /usr/lib/libc.so.6(recv+0x1) [0x1]
 > /usr/bin/program(main+0x1) [0x2]
1.000002 accept4(3<socket:[30]>, NULL, NULL, 0) = 4<socket:[40]>
 > /usr/lib/libc.so.6(accept4+0x1) [0x1]
 > /usr/bin/program(main+0x1) [0x2]
1.000003 getsockname(4<socket:[40]>, {sa_family=AF_INET}, [16]) = 0
 > /usr/local/lib/libsockspy.so() [0x3]
END
cp strace.7 whole.8
echo '1.000004 exit_group(0) = ?' >>whole.8
told() { # PREFIX - the calls that must have a record, and those that may
    /usr/bin/python3 -B -c 'import sys; sys.path.insert(0, sys.argv[1]); import oracle
seen = oracle.sort_out(*oracle.read_strace(sys.argv[2]))
print([call.call for call in seen.program], [call.call for call in seen.may])' "$top/tests" "$1"
}
assert_eq "$(told strace)" "['recv'] ['accept4']" "a thread that was ended"
assert_eq "$(told whole)" "['recv', 'accept4'] []" "a thread that ended itself"
