#!/usr/bin/env bash
# 30,000 short connections between the same two processes: the ports come round,
# each connection has its row with both ends, and the bytes of each agree.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
export SOCKSPY_SIZE=128M
recorded "$programs/many" 30000 || fail "many"
rows connections >rows || fail "sockspy connections"
jq -es 'length == 30000 and all(.match == "names" and .agree and .a.pid != .b.pid and .a.bytes_out == .b.bytes_in
        and .a.bytes_out >= 1 and (.open | not))
    and (map(.a.local) | unique | length) < 30000
    and ([limit(1000; .[])] | [range(1000) as $i | .[$i].a.bytes_out == 1 + $i % 50] | all)' rows >/dev/null ||
    fail "$(jq -cs 'map([.match, .agree]) | group_by(.) | map([.[0], length])' rows)"
