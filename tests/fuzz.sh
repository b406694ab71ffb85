#!/usr/bin/env bash
# fuzz.sh [TARGET...] - lets libFuzzer run the targets of tests/fuzz/, one after the
# other, until it finds something that breaks one or the time is over.
#
# DURATION=seconds, in all (600). What it learns stays in build/fuzz/corpus/ and is
# where the next run begins; so does an input that breaks a target. To look at one:
# build/fuzz/fuzz/TARGET FILE.
set -u
cd "$(dirname "$0")/.." || exit 1

targets=("$@")
if [ $# = 0 ]; then
    for file in build/fuzz/fuzz/*; do
        [ -x "$file" ] && targets+=("${file##*/}")
    done
fi
seconds=$((${DURATION:-600} / ${#targets[@]}))
TMPDIR=$(mktemp -d /tmp/sockspy-fuzz-XXXXXX)
export TMPDIR ASAN_OPTIONS=malloc_context_size=3:quarantine_size_mb=32 UBSAN_OPTIONS=print_stacktrace=1
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' HUP INT TERM

status=0
for target in "${targets[@]}"; do
    corpus=build/fuzz/corpus/$target
    log=build/fuzz/$target.log
    mkdir -p "$corpus"
    echo "$target: $seconds s"
    if ! "build/fuzz/fuzz/$target" -max_total_time=$seconds -max_len=1024 -len_control=0 -entropic=0 -timeout=10 -rss_limit_mb=1000 \
        -close_fd_mask=1 -print_final_stats=1 -artifact_prefix="build/fuzz/$target-" "$corpus" 2>"$log"; then
        grep -v ' \(NEW\|REDUCE\|pulse\) ' "$log" | tail -n 60
        status=1
    fi
    grep -E 'number_of_executed_units|new_units_added|peak_rss' "$log"
done
exit $status
