#!/usr/bin/env bash
# run.sh - proves the order of ring.pml: searches all of its states, for several
# sizes, and finds no violation; then finds one in each ring that is broken on
# purpose. Needs spin and a C compiler, 2 GB at most, and half a minute or less.
set -u
model=$(cd "$(dirname "$0")" && pwd)/ring.pml
work=$(mktemp -d /tmp/sockspy-model-XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# search NAME MACROS... - runs the search in a directory of its own.
search() {
    local dir=$work/$1
    shift
    mkdir "$dir" && cd "$dir" || return
    spin "$@" -a "$model" >spin.out 2>&1 &&
        "${CC:-cc}" -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -DMEMLIM=1000 -o pan pan.c >cc.out 2>&1 &&
        ./pan -E -m100000 >pan.out 2>&1
}

# verdict NAME ERRORS - what the search found must be this many violations, and
# where that is none, it must have come to its end.
verdict() {
    local out=$work/$1/pan.out states
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$out" 2>/dev/null)
    if ! grep -q "errors: $2\$" "$out" 2>/dev/null || { [ "$2" = 0 ] && grep -q 'not completed' "$out"; }; then
        echo "$1: not $2 violations:"
        cat "$work/$1"/*.out
        status=1
    elif [ "$2" = 0 ]; then
        echo "$1: $states states, no violation"
    else
        echo "$1: found: $(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' "$out")"
    fi
}

status=0
search two-slots -DSLOTS=1 &
large=$!
search four-slots -DMORE=1
search two-lanes -DCHUNKS=3 -DLANES=2 -DRECORDS=3
search two-lanes-four-slots -DCHUNKS=4 -DLANES=2 -DSLOTS=1
search accept-by-id -DACCEPT_BY_ID
search lower-written -DLOWER_WRITTEN -DSLOTS=1
wait "$large"

verdict two-slots 0
verdict four-slots 0
verdict two-lanes 0
verdict two-lanes-four-slots 0
verdict accept-by-id 1
verdict lower-written 1
exit $status
