#!/usr/bin/env bash
# T22: syscall() passes six arguments on and is left alone by vfork and clone;
# what acts on sockets is recorded under its own name, with the right process.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
"$programs/t22_syscall" | grep -v '_pid' >plain || fail "t22_syscall without the library"
recorded "$programs/t22_syscall" >said || fail "t22_syscall ended with $?"
grep -v '_pid' said | diff plain - >difference || fail "another output: $(cat difference)"
child=$(sed -n 's/^clone_pid //p' said)
check 'the socket calls by their names' '
    .[0].pid as $main | of($main) | map(select(.call | IN("socket", "bind", "listen", "getsockname", "connect", "accept4", "sendto", "read", "close"))
        | select(.errno == null) | .call)
    == ["socket", "socket", "bind", "listen", "getsockname", "connect", "accept4", "sendto", "read"] + [range(6) | "close"]'
check 'accept4 with its flags' 'calls("accept4") | only | .args.flags == "SOCK_CLOEXEC" and .fds == [.ret]'
check 'a failed one' 'calls("sendto") | map(select(.errno == "EBADF")) | only | .fd == 999 and .ret == -1'
check 'the child of SYS_clone has its own number' 'calls("send") | .[0] | .pid == $child and .bytes == 5' --argjson child "$child"
check 'the close of the child of vfork was not ours' 'calls("send") | .[1] | .pid != $child and .inode > 0' --argjson child "$child"
for child in $(sed -n 's/^stack_pid //p' said); do
    check 'a child in our memory, on a stack of its own, has its own number' '
        of($child) | map(.call) == ["send", "close", "exit"] and all(.[0:2][]; .inode > 0)' --argjson child "$child"
done
check 'and their closes were not ours' 'calls("send") | last | .bytes == 5 and .inode > 0'
check 'nothing was hidden' 'calls("hidden") == []'

# Each number that acts on sockets, one way or another.
rm -f "$SOCKSPY_RING"
with_and_without "$programs/t22_syscall" numbers
awk '$2 == "done" { print $1 }' with.out | sort -u | grep -v io_uring >made
[ "$(wc -l <made)" -ge 35 ] || fail "only these were made: $(paste -sd' ' made)"
records | jq -r .call | sort -u >seen
assert_eq "$(comm -23 made seen | paste -sd' ')" "" "calls by number that have no record"
grep -q '^io_uring_setup done' with.out && check 'io_uring' 'calls("hidden") | any(.args.what == "io_uring")'
exit 0
