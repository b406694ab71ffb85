#!/usr/bin/env bash
# kill -9 of an nginx worker in mid-transfer: all that the client got is in the
# log, and the next worker is recorded, too.
. "$(dirname "$0")/../lib.sh" || exit 1
need nginx curl

port=$(free_port)
mkdir www && head -c 4000000 /dev/zero >www/page
serve_nginx "$port" 1 'sendfile off; output_buffers 2 16k; limit_rate 200k;'
start curl -sN --noproxy '*' -o page "http://127.0.0.1:$port/page"
client=$pid
has_some() { [ "$(stat -c %s page)" -ge 200000 ]; }
wait_until has_some
worker=$(pgrep -P "${started[0]}" | head -n 1)
kill -KILL "$worker"
wait "$client"
got=$(stat -c %s page)
check 'the client got nothing that is not in the log' \
    'map(select(.pid == $worker and .bytes and (.call | IN("writev", "send", "write"))) | .bytes) | add >= $got' \
    --argjson worker "$worker" --argjson got "$got"
check 'and the worker took its leave without a word' \
    'of($worker) | map(.call) | index("exit") == null and index("accept4") != null' --argjson worker "$worker"

# The master starts another, which writes into the same ring.
curl -s --noproxy '*' -o /dev/null -m 1 "http://127.0.0.1:$port/page"
check 'the next worker is recorded' \
    'map(select(.call == "accept4" and .ret >= 0) | .pid) | unique | length == 2 and index($worker) != null' \
    --argjson worker "$worker"
check 'nothing is missing' 'calls("lost") == []'
