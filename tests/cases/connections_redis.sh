#!/usr/bin/env bash
# redis-benchmark with 50 clients: each has its row, and what it sent is what the
# server got; the listening socket counts them all. Nothing of it leaks.
. "$(dirname "$0")/../lib.sh" || exit 1
need redis-server redis-benchmark redis-cli
port=$(free_port)
export SOCKSPY_SIZE=64M
start_recorded redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$TMP" >server.out
server=$pid
wait_until listening "$port"
recorded redis-benchmark -p "$port" -c 50 -n 5000 -t set -q >benchmark.out || fail "redis-benchmark"
recorded redis-cli -p "$port" shutdown nosave
wait "$server"
check_rows connections 'fifty clients, and the one that asks first' '
    map(select(.a.comm == "redis-benchmark")) | length == 51 and all(.b.comm == "redis-server" and .match == "names")
    and (map(.a.local) | unique | length) == 51'
check_rows connections 'the bytes agree at both ends' '
    map(select(.a.comm == "redis-benchmark")) | all(.agree and .a.bytes_out == .b.bytes_in and .a.bytes_in == .b.bytes_out)
    and (map(.a.bytes_out) | add) > 100000'
check_rows sockets 'the listening socket' '
    map(select(.role == "listening" and .local == "127.0.0.1:\($port)")) | only
    | .comm == "redis-server" and .accepted >= 52' --arg port "$port"
assert_eq "$(rows sockets --leaks)" "" "what leaks"
