#!/usr/bin/env bash
# T37: several that make the ring at once, some with the same number of a process: none
# loses, none fails for want of space, nothing is left over, and no leftover is in the way.
. "$(dirname "$0")/../lib.sh" || exit 1

recorded_programs() { # how many began to record
    "$spy" log --format=jsonl "$SOCKSPY_RING" | jq -s 'map(select(.call == "exec")) | length'
}
alone() { # only the ring is there
    assert_eq "$(ls -A ring)" here "what lies beside the ring"
}
mkdir ring
export SOCKSPY_RING=$TMP/ring/here

# A leftover of pid 1, as an older version had it.
if unshare -pf true 2>/dev/null; then
    : >"$SOCKSPY_RING.new.1"
    unshare -pf env LD_PRELOAD="$lib" "$programs/free_port" >/dev/null
    assert_eq "$(recorded_programs)" 1 "programs beside a leftover"
    rm "$SOCKSPY_RING.new.1"
    lost=0
    for ((i = 0; i < 30; i++)); do
        rm -f "$SOCKSPY_RING"
        for _ in 1 2; do
            unshare -pf env LD_PRELOAD="$lib" "$programs/free_port" >/dev/null &
        done
        wait
        lost=$((lost + 2 - $(recorded_programs)))
    done
    assert_eq "$lost" 0 "programs lost in 30 pairs that are pid 1"
    alone
else
    echo "no pid namespaces here" >&2
fi

# Where the file system has no files without a name, as some have not, or says so.
if command -v strace >/dev/null; then
    rm -f "$SOCKSPY_RING"
    strace -qq -o calls -E LD_PRELOAD="$lib" "$programs/free_port" >/dev/null
    number=$(grep -c '' < <(sed -n '/O_TMPFILE/q; /^openat(/p' calls))
    rm -f "$SOCKSPY_RING"
    strace -qq -o calls -e trace=openat -e inject=openat:error=EOPNOTSUPP:when=$((number + 1)) \
        -E LD_PRELOAD="$lib" "$programs/free_port" >/dev/null
    assert_grep 'O_TMPFILE.*INJECTED' calls
    assert_eq "$(recorded_programs)" 1 "programs without O_TMPFILE"
    alone
fi

# What one left that died over it is removed by clean, but for one that may be in the making.
: >"$SOCKSPY_RING.new.0123456789abcdef" && touch -d '1 hour ago' "$SOCKSPY_RING.new.0123456789abcdef"
: >"$SOCKSPY_RING.new.0123456789abcdee"
assert_status 0 "$spy" clean "$SOCKSPY_RING"
assert_eq "$(ls -A ring)" here.new.0123456789abcdee "what clean leaves"

# Eight at once, in a file system that has room for one ring. Only root can make it.
# shellcheck disable=SC2016
if unshare -m mount -t tmpfs -o size=1M none "$TMP/ring" 2>/dev/null; then
    LIB=$lib PROGRAM=$programs/free_port SPY=$spy unshare -m sh -c '
        mount -t tmpfs -o size=10M none "$TMP/ring" || exit 1
        for pass in 1 2 3 4 5; do
            rm -f "$SOCKSPY_RING"
            for i in 1 2 3 4 5 6 7 8; do
                LD_PRELOAD=$LIB "$PROGRAM" >/dev/null &
            done
            wait
            "$SPY" log --format=jsonl "$SOCKSPY_RING"
        done' | jq -s 'map(select(.call == "exec")) | length' >eight
    assert_eq "$(cat eight)" 40 "programs recorded where there is room for one ring"
fi
exit 0
