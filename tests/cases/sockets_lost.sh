#!/usr/bin/env bash
# Most of the ring is overwritten: what is told is what the records still say, and
# no row claims what was lost.
. "$(dirname "$0")/../lib.sh" || exit 1
export SOCKSPY_SIZE=256K
start_recorded "$samples/tcp_echo_server" 0 0 >echo.out
wait "$pid" # else its last records may come between two looks
recorded "$programs/many" 2000 || fail "many"
records >all
lost=$(jq -s 'map(select(.call == "lost") | .count) | add // 0' all)
[ "$lost" -gt 1000 ] || fail "only $lost records are lost"
rows sockets >sockets || fail "sockets"
rows connections >connections || fail "connections"
# A socket that was born here has the record that made it; of others nothing is said of their beginning.
jq -es --slurpfile records all '
    ($records | map(select(.call == "socket" and .ret >= 0) | .inode)) as $made
    | ($records | map(select(.call == "accept" and .ret >= 0) | .inodes[0])) as $accepted
    | all(if .opened then .inode as $i | ($made + $accepted | index($i)) != null else .partial end)' sockets >/dev/null ||
    fail "a socket claims a beginning that is lost"
jq -es --slurpfile records all '
    ($records | map(select(.call == "close") | .inode)) as $closed
    | all(if .closed then .inode as $i | ($closed | index($i)) != null or .by_exit else true end)' sockets >/dev/null ||
    fail "a socket claims an end that is lost"
jq -es '(map(select(.match == "names")) | length) > 10 and all(if .match == "names" and (.a.partial or .b.partial | not) then .agree else true end)
    and all(if .match == "names" then .a.pid != .b.pid else true end)' connections >/dev/null || fail "a wrong match: $(head -n 3 connections)"
assert_eq "$(rows stat | jq -s 'map(.calls // 0) | add')" "$(jq -s 'map(select(.call != "lost")) | length' all)" "the sum of all calls"
assert_eq "$(rows stat | jq -s 'map(select(.by == "lost") | .count) | add')" "$lost" "the sum of what is lost"
"$spy" stat "$SOCKSPY_RING" | tail -n 1 | grep -q 'records are missing' || fail "stat does not say that records are missing"
"$spy" sockets "$SOCKSPY_RING" >text || fail "sockets"
assert_eq "$(awk '/ before/ && !/[0-9]\+ / && !/accepted/' text)" "" "sums that claim to be whole"
