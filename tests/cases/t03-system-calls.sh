#!/usr/bin/env bash
# T3: no system calls of ours but the look-ups at connect, bind, accept and the
# first datagram, and one for the inode of each new socket; and none at all once
# there is a seccomp filter, which may kill for them.
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
# port is known, a first datagram.
assert_eq "$(added plain)" "10 fstat 4 getsockname" "calls that the library adds"
check 'it was recorded' 'calls("connect") | length == 2 and all(.local != null)'

rm -f "$SOCKSPY_RING"
assert_eq "$(added probe)" "10 fstat 4 getsockname" "calls that are added after a probe for seccomp"
check 'a filter that did not come on is none' 'calls("connect") | length == 2 and all(.local != null)'

status=0
"$program" sandbox "$port" || status=$?
[ "$status" = 77 ] && skip "no seccomp here"
rm -f "$SOCKSPY_RING"
status=0
recorded "$program" sandbox "$port" || status=$?
assert_eq "$status" 0 "status in the sandbox (159: killed for a call of ours)"
assert_eq "$(added sandbox)" "" "calls that are added in a sandbox"
check 'the sandboxed program is recorded' 'calls("send") | length == 400'

# Behind an exec the filter is already there: looked for once, at the start.
rm -f "$SOCKSPY_RING"
status=0
recorded "$program" exec "$port" || status=$?
assert_eq "$status" 0 "status of a program that starts behind a filter"
check 'what it inherits is known by its inode' 'calls("inherit") | only | .inode > 0'
check 'and what it does is recorded' 'calls("send") | length == 200'
