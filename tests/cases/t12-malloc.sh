#!/usr/bin/env bash
# T12: a hook or the set-up that allocates (dlsym does, where a symbol is missing)
# calls itself through an allocator that calls hooks. With one that calls them on
# each malloc, before and after us in the search order; and with jemalloc.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
shared calling_malloc
export LC_ALL=C

alike() { # PRELOADED COMMAND... - the same with that preload as with it and us
    local preload=$1 order
    shift
    LD_PRELOAD=$preload "$@" >without.out 2>without.err
    for order in "$lib:$preload" "$preload:$lib"; do
        rm -f "$SOCKSPY_RING"
        LD_PRELOAD=$order "$@" >with.out 2>with.err || fail "$order: $1 ended with $?: $(cat with.err)"
        cmp without.out with.out && cmp without.err with.err || fail "$order: another output of $1"
    done
}
alike ./calling_malloc.so ls -l /usr
check 'what malloc called is recorded' '. as $all | ["socket", "send", "connect", "recvmsg", "sendmmsg", "close", "prctl"]
    | all(.[]; . as $call | $all | calls($call) | length > 20)'
alike ./calling_malloc.so "$programs/t07_libc"
check 'and what the program called, too' 'calls("connect") | map(select(.family == "inet")) | only | .ret == 0'

jemalloc=$(ldconfig -p | sed -n 's/.*libjemalloc\.so\.2.* => //p' | head -n 1)
[ -z "$jemalloc" ] || alike "$jemalloc" "$programs/t07_libc"
