#!/usr/bin/env bash
# soak.sh [NAME...] - runs the long storms of tests/soak/, one after the other.
#
# NAME: a storm (ring_storm) or the beginning of one; all of them without. Each
# is a script like those of tests/cases/ (see lib.sh): it passes by exit 0 and is
# skipped by 77. Its time is its own affair; DURATION=quick asks it for seconds
# instead of minutes. What a storm prints is shown as it comes.
set -u
shopt -s nullglob
cd "$(dirname "$0")/.." || exit 1
export DURATION=${DURATION:-full}

work=$(mktemp -d /tmp/sockspy-soak-XXXXXX)
rings=$work
[ -w /dev/shm ] && rings=/dev/shm/${work##*/}
mkdir -p "$rings"
storm=
at_end() {
    if [ -n "$storm" ]; then
        kill -- "-$storm" 2>/dev/null
        wait "$storm"
        kill -KILL -- "-$storm" 2>/dev/null # the stopped ones
    fi
    rm -rf "$work" "$rings"
}
trap at_end EXIT
trap 'exit 130' HUP INT TERM

asked() { # NAME FROM...
    local name=$1 word
    shift
    [ $# = 0 ] && return
    for word in "$@"; do
        [[ $name == "$word"* ]] && return
    done
    return 1
}

passed=0 failed=() skipped=0
for file in tests/soak/*.sh; do
    name=$(basename "$file" .sh)
    asked "$name" "$@" || continue
    echo "== $name"
    mkdir "$work/$name"
    began=$SECONDS
    TMP=$work/$name SOCKSPY_RING=$rings/$name setsid bash "$file" </dev/null &
    storm=$! # and its session: what is left of it ends with us
    wait "$storm"
    status=$?
    storm=
    case $status in
    0) word=pass passed=$((passed + 1)) ;;
    77) word=skip skipped=$((skipped + 1)) ;;
    *) word="FAIL (status $status)" failed+=("$name") ;;
    esac
    echo "== $name: $word, $((SECONDS - began)) s"
done

echo
echo "$passed passed, ${#failed[@]} failed${failed[*]:+: ${failed[*]}}, $skipped skipped"
[ ${#failed[@]} = 0 ] && [ $((passed + skipped)) -gt 0 ]
