#!/usr/bin/env bash
# `sockspy run` of nginx with two workers, and wrk.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session nginx
export SOCKSPY_SIZE=128M
run_session
assert_grep 'requests in' wrk.out
assert_grep '^Requests/sec: +[1-9]' wrk.out
if grep -q 'Non-2xx\|Socket errors' wrk.out; then fail "wrk: $(cat wrk.out)"; fi
"$spy" log --format=jsonl --trace=%net "$SOCKSPY_RING" >net || fail "sockspy log"
jq -es '(map(select(.comm == "wrk" and .call == "connect")) | map(.local | sub(".*:"; "")) | sort) as $ports
    | (map(select((.call | IN("accept", "accept4")) and .ret >= 0)) | map(.peer | sub(".*:"; "")) | sort) as $seen
    | ($ports | length) >= 4 and $ports == $seen' net >/dev/null || fail "the ports of both sides: $(head -c 3000 net)"
"$spy" log --format=jsonl -n 2000 "$SOCKSPY_RING" >last || fail "sockspy log -n"
assert_eq "$(wc -l <last)" 2000 "the number of records that -n 2000 shows"
jq -e -f "$top/tests/record.jq" last >/dev/null || fail "a record of another form"
jq -es 'map(select(.comm == "nginx" and (.call | IN("writev", "send", "write")))) | length > 100 and all(.local | endswith(":\($port)"))' \
    --arg port "$port" last >/dev/null || fail "nginx's answers: $(head -c 2000 last)"
