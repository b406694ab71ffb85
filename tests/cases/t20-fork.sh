#!/usr/bin/env bash
# T20: a child by fork, _Fork, vfork, clone, clone3 or a bare instruction signs
# with its own number, without a getpid for each call; its parent with its own; and
# so do threads, those that libc does not know of as well.
. "$(dirname "$0")/../lib.sh" || exit 1
need strace
recorded "$programs/t20_forks" >numbers || fail "t20_forks"
assert_eq "$(grep -c . numbers)" 18 "ways"
while read -r way pid tid; do
    count=10
    [ "$way" = self ] && count=30
    [ "$way" = silent ] && count=0
    check "$way" 'calls("send") | of($pid) | map(select(.tid == $tid)) | length == $count and all(.ret == 1)' \
        --argjson pid "$pid" --argjson tid "${tid:-$pid}" --argjson count $count
done <numbers
check 'nobody else' 'calls("send") | map([.pid, .tid]) | unique | length == 17'

silent=$(sed -n 's/^silent //p' numbers)
"$spy" info --format=jsonl "$SOCKSPY_RING" | grep -q "\"pid\":$silent," || fail "a child that is silent is not even named"

# Two for a new process are fair, or one for a guest in our memory; not one per call.
getpids() {
    strace -f -qq -e trace=getpid,gettid -o strace.out "$@" >/dev/null
    grep -cE '(getpid|gettid)\(' strace.out
}
without=$(getpids "$programs/t20_forks" few)
with=$(getpids env LD_PRELOAD="$lib" "$programs/t20_forks" few)
[ $((with - without)) -le 24 ] || fail "$((with - without)) calls of getpid and gettid more than without the library, for 130 records"
