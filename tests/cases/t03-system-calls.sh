#!/usr/bin/env bash
# timeout: 180
# T3: no system calls of ours but the look-ups at connect, bind, accept and the
# first datagram, one for the inode of each new socket, and one for each length that
# must be read beforehand and lies on memory that may be gone (T31); and none at all
# once there is a seccomp filter, which may kill for them.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need strace
program=$programs/t03_calls
port=$(free_port)

added() { # HOW - what the library adds to the calls, as "count name" lines
    system_calls without "$program" "$1" "$port"
    system_calls with -E LD_PRELOAD="$lib" -E SOCKSPY_RING="$SOCKSPY_RING" "$program" "$1" "$port"
    assert_eq "$(comm -23 without with | paste -sd' ')" "" "calls that the library takes away"
    comm -13 without with | uniq -c | awk '{ print $1, $2 }' | paste -sd' '
}

# Twice, parent and child: five new sockets; a connect, an accept from where the
# port is known, a first datagram. Once a pair before.
fair="4 getsockname 8 rt_sigprocmask"
assert_eq "$(added plain)" "12 fstat $fair" "calls that the library adds"
check 'it was recorded' 'calls("connect") | length == 2 and all(.local != null)'
check 'lengths that lie apart are read' '(calls("accept") + calls("recvfrom")) | length == 22 and all(.peer != null)'

rm -f "$SOCKSPY_RING"
assert_eq "$(added probe)" "10 fstat $fair" "calls that are added after probes for seccomp"
check 'a filter that did not come on is none' 'calls("connect") | length == 2 and all(.local != null)'

status=0
"$program" sandbox "$port" || status=$?
[ "$status" = 77 ] && skip "no seccomp here"
for how in sandbox gate_prctl gate_seccomp; do
    rm -f "$SOCKSPY_RING"
    status=0
    recorded "$program" $how "$port" || status=$?
    assert_eq "$status" 0 "status in the sandbox by $how (159: killed for a call of ours)"
    check "the program is recorded in its sandbox by $how" '
        (calls("send") | map(select(.bytes == 5)) | length >= 200) and (calls("read") | length == 200)'
    assert_eq "$(added $how)" "" "calls that are added in a sandbox by $how"
done

# The filter is there before the call that puts it on is back.
shared t03_between
for how in sandbox gate_prctl gate_seccomp; do
    rm -f "$SOCKSPY_RING"
    status=0
    LD_PRELOAD="$lib $TMP/t03_between.so" "$program" $how "$port" || status=$?
    assert_eq "$status" 0 "status where another thread calls while the filter comes on by $how"
done

# A child that lives in its parent's memory goes behind a filter: if its parent
# waits for it, the filter is its own; otherwise nobody can tell who calls.
for how in guest sharer; do
    rm -f "$SOCKSPY_RING"
    status=0
    recorded "$program" $how "$port" || status=$?
    assert_eq "$status" 0 "status of a $how behind a filter"
done
rm -f "$SOCKSPY_RING"
recorded "$program" guest "$port"
check "a vfork child's filter is its own" 'calls("connect") | length == 2 and all(.local != null)'

# Behind an exec the filter is already there: looked for once, at the start.
rm -f "$SOCKSPY_RING"
status=0
recorded "$program" exec "$port" || status=$?
assert_eq "$status" 0 "status of a program that starts behind a filter"
check 'what it inherits is known by its inode' 'calls("inherit") | only | .inode > 0'
check 'and what it does is recorded' 'calls("send") | length == 200'
