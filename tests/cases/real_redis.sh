#!/usr/bin/env bash
# redis-benchmark: every request answered, with and without the library.
. "$(dirname "$0")/../lib.sh" || exit 1
need redis-server redis-benchmark

benchmark() { # OUT [NAME=VALUE]
    local out=$1 port
    shift
    port=$(free_port)
    start env "$@" redis-server --bind 127.0.0.1 --port "$port" --save "" --appendonly no --dir "$TMP" >server.out
    wait_until listening "$port"
    env "$@" redis-benchmark -h 127.0.0.1 -p "$port" -n 5000 -c 20 --csv -t set,get,incr,lpush,rpop >"$out" 2>err ||
        fail "redis-benchmark: $(cat err)"
    kill "$pid"
    wait "$pid"
    cut -d, -f1 "$out" >"$out.tests"
}
benchmark bare SOCKSPY_RING="$SOCKSPY_RING"
benchmark ours LD_PRELOAD="$lib"
cmp bare.tests ours.tests || fail "other tests were done"
assert_eq "$(grep -c '^"[A-Z]' ours)" 5 "the number of tests"
cmp -s err /dev/null || fail "redis-benchmark complains: $(cat err)"
