#!/usr/bin/env bash
# timeout: 120
# What the fuzzer does, on inputs that are made of numbers: no sanitizer complains.
. "$(dirname "$0")/../lib.sh" || exit 1

checked=$top/build/checked/fuzz
export ASAN_OPTIONS=hard_rss_limit_mb=1000 TMPDIR=$TMP
for target in ring text; do
    [ -x "$checked/$target" ] || fail "$checked/$target is not built: make test does"
    timeout -k 5 100 "$checked/$target" -r 300 1 >out 2>err || fail "$target, input $(tail -n 1 out): $(head -n 30 err)"
    [ "$(grep -c bytes out)" = 300 ] || fail "$target ended early"
done
