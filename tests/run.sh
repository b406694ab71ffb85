#!/usr/bin/env bash
# run.sh [NAME...] - runs the unit tests and the whole-program cases.
#
# NAME: a unit (test_ring), a case (bad_input) or the beginning of one; all of
# them without. One line for each; the output of what failed; the sum at the
# end, where every test function of a unit counts. How a case speaks to us is
# told in lib.sh. JOBS=N: run N at a time. KEEP=1: leave the cases' directories.
set -u
shopt -s nullglob
cd "$(dirname "$0")/.." || exit 1

# What our parent has left open besides would move the numbers of the cases' own.
for fd in /proc/$$/fd/*; do
    fd=${fd##*/}
    [ "$fd" -gt 2 ] && [ "$fd" != 255 ] && eval "exec $fd>&-" # 255 is this script
done

jobs=${JOBS:-$(nproc)}
work=$(mktemp -d /tmp/sockspy-tests-XXXXXX)
rings=$work
[ -w /dev/shm ] && rings=/dev/shm

cleanup() {
    # Only what is ours: the process groups of the tests that still run.
    local file
    # shellcheck disable=SC2046 # numbers
    kill $(jobs -p) 2>/dev/null
    for file in "$work"/*/group; do
        [ -e "$file" ] && kill -KILL -- "-$(cat "$file")" 2>/dev/null
    done
    rm -f "$rings/${work##*/}".*
    [ -n "${KEEP-}" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

# guarded DIR SECONDS COMMAND... - runs it in a process group of its own, which
# ends with it; its output in DIR/out and DIR/err.
guarded() {
    local dir=$1 seconds=$2 pid status
    shift 2
    timeout --kill-after=5 "$seconds" "$@" >"$dir/out" 2>"$dir/err" </dev/null &
    pid=$!
    echo "$pid" >"$dir/group"
    wait "$pid"
    status=$?
    kill -KILL -- "-$pid" 2>/dev/null
    rm "$dir/group"
    return $status
}

# verdict DIR WORD NAME SECONDS PASSED FAILED SKIPPED [WHY] - the line of a test,
# the output of one that failed, and its counts for the sum.
verdict() {
    local dir=$1
    printf '%s %s %s\n' "$5" "$6" "$7" >"$dir/counts"
    {
        printf '%-5s %-34s %4s s%s\n' "$2" "$3" "$4" "${8:+  $8}"
        if [ "$2" = FAIL ]; then
            tail -n 100 "$dir/out" "$dir/err" | sed 's/^/      | /'
        fi
    } >"$dir/line"
    cat "$dir/line" # in one piece: several end at a time
}

run_unit() {
    local dir=$1 name=${2##*/} began=$SECONDS status passed failed skipped word=pass
    CMOCKA_MESSAGE_OUTPUT=TAP guarded "$dir" 120 "$2"
    status=$?
    passed=$(grep -c '^ok [0-9]' "$dir/out")
    skipped=$(grep -c '^ok [0-9].*# SKIP' "$dir/out")
    failed=$(grep -c '^not ok [0-9]' "$dir/out")
    [ "$status" != 0 ] && [ "$failed" = 0 ] && failed=1
    [ "$failed" != 0 ] && word=FAIL
    verdict "$dir" $word "$name" $((SECONDS - began)) $((passed - skipped)) "$failed" "$skipped"
}

run_case() {
    local dir=$1 file=$2 name=${2##*/} began=$SECONDS seconds status ring
    name=${name%.sh}
    ring=$rings/${work##*/}.$name
    seconds=$(sed -n 's/^# timeout: *//p' "$file")
    mkdir "$dir/tmp"
    TMP=$dir/tmp SOCKSPY_RING=$ring guarded "$dir" "${seconds:-60}" bash "$file"
    status=$?
    rm -f "$ring" "$ring"[!a-z0-9_-]* # not those of a case whose name only begins so
    [ -n "${KEEP-}" ] || rm -rf "$dir/tmp"
    case $status in
    0) verdict "$dir" pass "$name" $((SECONDS - began)) 1 0 0 ;;
    77) verdict "$dir" skip "$name" $((SECONDS - began)) 0 0 1 "$(tail -n 1 "$dir/out")" ;;
    124 | 137) verdict "$dir" FAIL "$name" $((SECONDS - began)) 0 1 0 "after ${seconds:-60} s it was still running" ;;
    *) verdict "$dir" FAIL "$name" $((SECONDS - began)) 0 1 0 "status $status" ;;
    esac
}

# all_of KIND FILE... - runs those that were asked for, $jobs at a time.
all_of() {
    local kind=$1 file name
    shift
    for file in "$@"; do
        name=${file##*/}
        asked "${name%.sh}" || continue
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
            wait -n
        done
        mkdir "$work/$name" && "run_$kind" "$work/$name" "$file" &
    done
    wait
}

if [ "${1-}" = -h ] || [ "${1-}" = --help ]; then
    sed -n '2,/^set/{ /^#/s/^# *//p; }' "$0"
    exit
fi
names=("$@")
asked() {
    local name
    [ ${#names[@]} = 0 ] && return
    for name in "${names[@]}"; do
        [[ $1 == "$name"* ]] && return
    done
    return 1
}

# The units are what has a source: build/ may hold older ones.
units=()
for source in tests/unit/*.c; do
    program=build/unit/$(basename "$source" .c)
    if [ ! -x "$program" ]; then
        echo "run.sh: $program is not built: make all programs units" >&2
        exit 1
    fi
    units+=("$program")
done
mapfile -t together < <(grep -L '^# alone' /dev/null tests/cases/*.sh | grep '\.sh$')
mapfile -t alone < <(grep -l '^# alone' /dev/null tests/cases/*.sh)

all_of unit ${units[@]+"${units[@]}"}
all_of case ${together[@]+"${together[@]}"}
jobs=1
all_of case ${alone[@]+"${alone[@]}"}

read -r passed failed skipped < <(cat "$work"/*/counts 2>/dev/null |
    awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
echo
grep -h '^FAIL' "$work"/*/line 2>/dev/null
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ $((passed + skipped)) -gt 0 ]
