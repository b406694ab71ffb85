#!/usr/bin/env bash
# A socket pair on both sides of a fork: two processes, one socket.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/family" >numbers || fail "family"
n() { sed -n "s/^$1 //p" numbers; }
check 'fork is recorded in the parent, with the child'"'"'s pid' 'calls("fork") | map(.ret) | index($child) != null' \
    --argjson child "$(n child)"
check 'the child writes under its own pid' 'calls("write") | only | .pid == $child and .tid == $child and .fd == $fd' \
    --argjson child "$(n child)" --argjson fd "$(n second)"
check 'the same inode in both' '
    (of($child) | calls("write") | only | .inode) as $inode
    | map(select(.pid != $child)) | calls("close") | map(select(.fd == $fd)) | only | .inode == $inode' \
    --argjson child "$(n child)" --argjson fd "$(n second)"
check 'the parent reads the child'"'"'s data, then the end' 'calls("read") | map(.ret) == [14, 0]'
check 'each closes its own' 'of($child) | calls("close") | map(.fd) == [$fd]' \
    --argjson child "$(n child)" --argjson fd "$(n first)"
check_keys
