#!/usr/bin/env bash
# T22: syscall() passes six arguments on and is left alone by vfork and clone;
# what acts on sockets is recorded under its own name, with the right process.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
"$programs/t22_syscall" | grep -v '^clone_pid' >plain || fail "t22_syscall without the library"
recorded "$programs/t22_syscall" >said || fail "t22_syscall ended with $?"
grep -v '^clone_pid' said | diff plain - >difference || fail "another output: $(cat difference)"
child=$(sed -n 's/^clone_pid //p' said)
check 'the socket calls by their names' '
    map(select(.call | IN("socket", "bind", "listen", "getsockname", "connect", "accept4", "sendto", "read", "close"))
        | select(.errno == null) | .call)
    == ["socket", "socket", "bind", "listen", "getsockname", "connect", "accept4", "sendto", "read", "close", "close", "close", "close"]'
check 'accept4 with its flags' 'calls("accept4") | only | .args.flags == "SOCK_CLOEXEC" and .fds == [.ret]'
check 'a failed one' 'calls("sendto") | map(select(.errno == "EBADF")) | only | .fd == 999 and .ret == -1'
check 'the child of SYS_clone has its own number' 'calls("send") | .[0] | .pid == $child and .bytes == 5' --argjson child "$child"
check 'the close of the child of vfork was not ours' 'calls("send") | .[1] | .pid != $child and .inode > 0' --argjson child "$child"
check 'nothing was hidden' 'calls("hidden") == []'
