#!/usr/bin/env bash
# What stat sums up is what the log has: by call, process, peer, socket; and what
# it says of connects.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 2
server=$pid
recorded "$samples/http_client" "$port" >page || fail "http_client"
recorded "$samples/http_client" "$port" >page || fail "http_client"
wait "$server"
recorded "$samples/http_client" "$(free_port)" 2>/dev/null
frozen same
SOCKSPY_RING=$TMP/same # records and sums come from two looks at it
records >all
for by in call process peer socket; do
    rows stat --by=$by >stat || fail "stat --by=$by"
    jq -es --slurpfile all all --arg by "$by" '
        all(.by == $by) and (map(.calls) | add) == ($all | length)
        and (map(.failed) | add) == ($all | map(select(.errno)) | length)
        and (map(.bytes_in + .bytes_out) | add) == ($all | map(.bytes // 0) | add)
        and all(.min_ns <= .p50_ns and .p50_ns <= .p90_ns and .p90_ns <= .p99_ns and .p99_ns <= .max_ns)' stat >/dev/null ||
        fail "--by=$by: $(cat stat)"
done
jq -s 'group_by(.call) | map({key: .[0].call, value: length}) | from_entries' all >want
rows stat | jq -s 'map({key: .call, value: .calls}) | sort_by(.key) | from_entries' >got
diff want got || fail "the calls"
assert_eq "$(rows stat | jq -c 'select(.call == "connect") | .errors')" '{"ECONNREFUSED":1}' "the errors of connect"
assert_eq "$(rows stat | jq -c 'select(.call == "exec" or .call == "exit") | has("p50_ns")')" "false
false" "times of what takes none"
check 'the times are those of the log' '
    ($stat[] | select(.call == "connect")) as $row | calls("connect") | map(.dur_ns) | length == 3 and min == $row.min_ns and max == $row.max_ns' \
    --slurpfile stat <(rows stat)
assert_eq "$(rows stat -e connect -z | jq -c '[.call, .calls]')" '["connect",2]' "only what the filter lets through"
assert_eq "$(rows stat --by=connect --port="$port" | jq -c '[.peer, .calls, .failed]')" "[\"127.0.0.1:$port\",2,0]" "the connects"
"$spy" stat "$SOCKSPY_RING" >text || fail "stat"
assert_grep '^CALL +CALLS +FAILED +IN +OUT +TIME +MIN +P50 +P90 +P99 +MAX +ERRORS$' text
assert_grep "^total +$(wc -l <all) " text
assert_grep "^127.0.0.1:$port +2 " text
COLUMNS=80 "$spy" stat "$SOCKSPY_RING" >narrow
assert_eq "$(awk 'length > 80' narrow)" "" "lines of more than 80 columns"
assert_status 2 "$spy" stat --by=nonsense "$SOCKSPY_RING"
assert_grep "'nonsense' is none of call, process, peer, socket, connect" "$TMP/err"
