#!/usr/bin/env bash
# One socket under many descriptors: dup, dup2, dup3, F_DUPFD, F_DUPFD_CLOEXEC;
# ended by close, by a dup2 over it, by close_range.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/duplicates" >numbers || fail "duplicates"
n() { sed -n "s/^$1 //p" numbers; }

check 'dup' 'calls("dup") | only | .fd == $s and .ret == $n and .fds == [$n]' \
    --argjson s "$(n socket)" --argjson n "$(n dup)"
check 'F_DUPFD and F_DUPFD_CLOEXEC' 'calls("fcntl") | map(select(.ret >= 50))
    | map([.args.cmd, .ret, .fds]) == [["F_DUPFD", 50, [50]], ["F_DUPFD_CLOEXEC", 60, [60]]]'
check 'dup2 and what it ends' 'calls("dup2") | map([.ret, .fd]) == [[70, $s], [70, $f]]' \
    --argjson s "$(n socket)" --argjson f "$(n file)"
check 'dup3' 'calls("dup3") | only | .ret == 71 and .args.flags == "O_CLOEXEC"'
check 'one inode for all of them' '
    map(select(.call | IN("socket", "dup", "dup3", "close"))) | map(.inode) | unique | length == 1'
check 'three closes' 'calls("close") | map(.fd) == [$a, $b, 50]' \
    --argjson a "$(n socket)" --argjson b "$(n dup)"
check 'close_range' 'calls("close_range") | only | .ret == 0 and .args.first == 60 and .args.last == 80'
check 'nothing of the file that took the number 70' 'calls("write") | all(.fd != 70)'
