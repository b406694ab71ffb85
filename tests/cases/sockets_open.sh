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

# Where the records are overwritten, /proc has what is open all the same. On one
# CPU: another one would keep its last records.
need taskset
cpu=$(taskset -pc $$ | sed -E 's/.*: *([0-9]+).*/\1/')
small=$TMP/small
SOCKSPY_RING=$small SOCKSPY_SIZE=64K start taskset -c "$cpu" env LD_PRELOAD="$lib" "$programs/leaks" server >small.out
silent=$pid
wait_until grep -q '^port ' small.out
SOCKSPY_RING=$small taskset -c "$cpu" env LD_PRELOAD="$lib" "$programs/leaks" client "$(sed -n 's/^port //p' small.out)" || fail "leaks client"
waits() { [ "$(grep -c ": $(printf '%08X:%04X' 0x0100007F "$(sed -n 's/^port //p' small.out)") [0-9A-F:]* 08 " /proc/net/tcp)" = 3 ]; }
wait_until waits
SOCKSPY_RING=$small taskset -c "$cpu" env LD_PRELOAD="$lib" "$programs/many" 2000 || fail "many"
[ "$("$spy" log --format=jsonl -p "$silent" "$small" | grep -vc '"call":"lost"')" = 0 ] || fail "not all is overwritten"
for fd in "/proc/$silent/fd"/*; do
    target=$(readlink "$fd")
    [[ $target == socket:* ]] && echo "${fd##*/} $target"
done | sort >there
"$spy" sockets --open --format=jsonl "$small" >open || fail "sockets --open"
jq -r 'select(.pid == $silent) | "\(.fd) socket:[\(.inode)]"' --argjson silent "$silent" open | sort >ours
diff there ours >difference || fail "not what /proc has: $(cat difference)"
assert_eq "$(jq -r '.state' open | sort | uniq -c | xargs)" "1 listening 3 peer closed" "their states"
jq -es 'all(.partial and (has("opened") | not) and .local != null)' open >/dev/null || fail "more is claimed than is known"
assert_eq "$("$spy" sockets --open -p $((silent + 1)) --format=jsonl "$small")" "" "of another process"
assert_eq "$("$spy" sockets --open -e send --format=jsonl "$small")" "" "that a send has used"
kill "$silent"
wait "$silent" 2>/dev/null

kill -KILL "$server"
wait "$server" 2>/dev/null
assert_eq "$(rows sockets --open)" "" "what is open after kill -9"
check_rows sockets 'and its sockets are closed, nobody knows when' \
    'map(select(.pid == $server)) | length == 4 and all(.state == "closed" and .by_exit and (has("closed") | not))' \
    --argjson server "$server"
