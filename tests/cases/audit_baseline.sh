#!/usr/bin/env bash
# The inventory: the same in each run, so that a baseline shows just what is new.
. "$(dirname "$0")/../lib.sh" || exit 1
port=$(free_port)
closed=$(free_port)
once() {
    rm -f "$SOCKSPY_RING"
    start_recorded "$samples/http_server" "$port" 1 >server.out
    wait_until grep -q '^port ' server.out
    recorded "$samples/http_client" "$port" >page || fail "http_client"
    wait "$pid"
    start_recorded "$samples/tcp_echo_server" 0 1 >echo.out # at a port that the stack chooses
    wait_until grep -q '^port ' echo.out
    recorded "$samples/tcp_echo_client" "$(sed -n 's/^port //p' echo.out)" hello >page || fail "tcp_echo_client"
    wait "$pid"
    recorded "$samples/http_client" "$closed" 2>/dev/null
}
once
assert_status 0 "$spy" audit --save="$TMP/baseline" "$SOCKSPY_RING"
assert_grep "^http_client +connect +127.0.0.1:$closed +tcp +1 +1 +ECONNREFUSED$" out
jq -e 'has("program") and has("does") and has("target") and has("kind") and (keys | length) == 4' baseline >/dev/null ||
    fail "the baseline: $(cat baseline)"
LC_ALL=C sort -c baseline || fail "the baseline is not sorted"
jq -r '.program + " " + .does + " " + .target' baseline | sort >got
sort >want <<END
http_client connect 127.0.0.1:$closed
http_client connect 127.0.0.1:$port
http_server listen 127.0.0.1:$port
tcp_echo_client connect 127.0.0.1:*
tcp_echo_server listen 127.0.0.1:*
END
diff want got || fail "what is in the baseline"

once
assert_status 0 "$spy" audit --baseline=baseline "$SOCKSPY_RING"
assert_status 0 "$spy" audit --save=again "$SOCKSPY_RING"
diff baseline again || fail "another run, another inventory"

another=$(free_port)
recorded "$samples/http_client" "$another" 2>/dev/null
assert_status 1 "$spy" audit --baseline=baseline "$SOCKSPY_RING"
assert_eq "$(grep -c '; new$' out)" 1 "the new lines"
assert_grep "^http_client +connect +127.0.0.1:$another .*new$" out
assert_grep '^# 1 new$' out
"$spy" audit --baseline=baseline --format=jsonl "$SOCKSPY_RING" | jq -es --arg target "127.0.0.1:$another" '
    map(select(.new)) | length == 1 and .[0].target == $target' >/dev/null || fail "the new one as JSON"

rm "$SOCKSPY_RING"
recorded "$samples/http_client" "$closed" 2>/dev/null
assert_status 0 "$spy" audit --baseline=baseline "$SOCKSPY_RING"
assert_eq "$(grep -c '^gone: ' out)" 4 "what is gone"
echo nonsense >baseline
assert_status 2 "$spy" audit --baseline=baseline "$SOCKSPY_RING"
assert_grep 'baseline:1: not a line of an inventory' err
assert_status 2 "$spy" audit --baseline=nowhere "$SOCKSPY_RING"
assert_status 1 "$spy" audit --save=/nowhere/file "$SOCKSPY_RING"
