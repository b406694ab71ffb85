#!/usr/bin/env bash
# T20: a child by fork, _Fork, vfork, clone, clone3 or a bare instruction signs
# with its own number, without a getpid for each call; its parent with its own; and
# so do threads, those that libc does not know of as well.
. "$(dirname "$0")/../lib.sh" || exit 1
need strace
recorded "$programs/t20_forks" >numbers || fail "t20_forks"
assert_eq "$(grep -c . numbers)" 22 "ways"
while read -r way pid tid; do
    count=10
    [ "$way" = self ] && count=30
    [[ $way == silent* ]] && count=0
    [ "$way" = guest ] && count=1
    check "$way" 'calls("send") | of($pid) | map(select(.tid == $tid)) | length == $count and all(.ret == 1)' \
        --argjson pid "$pid" --argjson tid "${tid:-$pid}" --argjson count $count
done <numbers
check 'nobody else' 'calls("send") | map([.pid, .tid]) | unique | length == 20'

for silent in silent silent_pty; do
    "$spy" info --format=jsonl "$SOCKSPY_RING" | grep -q "\"pid\":$(sed -n "s/^$silent //p" numbers)," ||
        fail "a child that is silent is not even named: $silent"
done

SOCKSPY_TRACE=%net recorded "$programs/t20_forks" daemon >daemon || fail "t20_forks daemon"
named() { "$spy" info --format=jsonl "$SOCKSPY_RING" | grep -q "\"pid\":$(sed -n 's/^daemon //p' daemon),"; }
wait_until named

# Two for a new process are fair, or one for a guest in our memory; not one per call.
getpids() {
    strace -f -qq -e trace=getpid,gettid -o strace.out "$@" >/dev/null
    grep -cE '(getpid|gettid)\(' strace.out
}
without=$(getpids "$programs/t20_forks" few)
with=$(getpids env LD_PRELOAD="$lib" "$programs/t20_forks" few)
[ $((with - without)) -le 24 ] || fail "$((with - without)) calls of getpid and gettid more than without the library, for 130 records"

# Once the guest is gone there is no doubt who calls.
without=$(getpids "$programs/t20_forks" host)
with=$(getpids env LD_PRELOAD="$lib" "$programs/t20_forks" host)
[ $((with - without)) -le 6 ] || fail "$((with - without)) calls more for 30 records after a bare vfork"

# A kernel that wipes no page at a fork: libc's own functions tell all the same.
rm -f "$SOCKSPY_RING"
strace -f -qq -o strace.out -e trace=madvise -e inject=madvise:error=EINVAL -E LD_PRELOAD="$lib" \
    "$programs/t20_forks" libc >numbers || fail "t20_forks libc"
assert_eq "$(grep -c "WIPEONFORK.*INJECTED" strace.out)" 1 "refused pages"
while read -r way pid; do
    count=10
    [[ $way == silent* ]] && count=0
    check "$way, no page being wiped" 'calls("send") | of($pid) | length == $count' --argjson pid "$pid" --argjson count $count
done <numbers
