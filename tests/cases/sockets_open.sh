#!/usr/bin/env bash
# --open: what is open now, as /proc has it, and nothing of a process that was
# killed without a word.
. "$(dirname "$0")/../lib.sh" || exit 1
start_recorded "$programs/leaks" server >server.out
server=$pid
wait_until grep -q '^port ' server.out
port=$(sed -n 's/^port //p' server.out)
recorded "$programs/leaks" client "$port" || fail "leaks client"
seen() { [ "$(rows sockets --open | jq -s length)" = 4 ]; }
wait_until seen
for fd in "/proc/$server/fd"/*; do
    target=$(readlink "$fd")
    [[ $target == socket:* ]] && echo "${fd##*/} $target"
done | sort >there
rows sockets --open | jq -r '"\(.fd) socket:[\(.inode)]"' | sort >ours
diff there ours >difference || fail "not what /proc has: $(cat difference)"
kill -KILL "$server"
wait "$server" 2>/dev/null
assert_eq "$(rows sockets --open)" "" "what is open after kill -9"
check_rows sockets 'and its sockets are closed, nobody knows when' \
    'map(select(.pid == $server)) | length == 4 and all(.state == "closed" and .by_exit and (has("closed") | not))' \
    --argjson server "$server"
