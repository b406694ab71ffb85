#!/usr/bin/env bash
# kill -9 of an nginx worker in mid-transfer: all that the client got is in the
# log, and the next worker is recorded, too.
. "$(dirname "$0")/../lib.sh" || exit 1
need nginx curl

port=$(free_port)
mkdir www && truncate -s 100M www/page # more than the stack holds back
seq 1 10 >www/small
serve_nginx "$port" 1 'sendfile off; output_buffers 2 16k;'
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /page HTTP/1.0\r\n\r\n' >&3
head -c 200000 <&3 >got
# A worker that is killed in the middle of a call leaves no record of it: this one
# waits by then for a client that reads no more.
worker=$(pgrep -P "$pid" | head -n 1)
last=
is_full() { # and stays so: the same record twice
    local before=$last
    last=$(value 'of($worker) | last | "\(.id) \(.errno)"' --argjson worker "$worker")
    [[ $last == *EAGAIN && $last == "$before" ]]
}
wait_until is_full
kill -KILL "$worker"
cat <&3 >>got
exec 3>&-
got=$(stat -c %s got)
[ "$got" -lt 100000000 ] || fail "not in mid-transfer: the client got $got bytes"
check 'what the client got is in the log, and nothing else' \
    'map(select(.pid == $worker and .bytes and (.call | IN("writev", "send", "write"))) | .bytes) | add == $got' \
    --argjson worker "$worker" --argjson got "$got"
check 'and the worker took its leave without a word' \
    'of($worker) | map(.call) | index("exit") == null and index("accept4") != null' --argjson worker "$worker"

# The master starts another, which writes into the same ring.
curl -sS --noproxy '*' -o /dev/null "http://127.0.0.1:$port/small" || fail "curl, after the worker's end"
check 'the next worker is recorded' \
    'map(select(.call == "accept4" and .ret >= 0) | .pid) | unique | length == 2 and index($worker) != null' \
    --argjson worker "$worker"
check 'nothing is missing' 'calls("lost") == []'
