#!/usr/bin/env bash
# T31: what describes a call is looked at before it, without a fault; afterwards it
# may be gone, or overwritten. EFAULT stays EFAULT, whatever was there before. T47:
# and where a thread keeps it in malloc's memory, the kernel is not asked about it.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
program=$programs/t31_memory
export SOCKSPY_TRACE=!recv # it asks all the time
for data in 0 64 4096; do
    rm -f "$SOCKSPY_RING"
    export SOCKSPY_DATA=$data
    with_and_without "$program" gone 500
    with_and_without "$program" fault
    with_and_without "$program" over
done
check 'what was sent was kept before it went, and from where it lay' '
    calls("sendmsg") | map(select(.bytes == 8 and .args.len == 8)) | length >= 1000 and all(.data | length == 8)'
check 'what is received into its own vector comes by the old one' '
    (calls("readv") + calls("recvmsg")) | map(select(.bytes > 200)) | length == 2
    and all(.args.len == .bytes and (.data | test("^\u007f{8}")))'

# More payload than lies on a stack, through many threads at once: none is mixed up.
rm -f "$SOCKSPY_RING"
SOCKSPY_SIZE=64M recorded "$program" many 40
check 'each payload is one thread'"'"'s own' '
    calls("send") | length == 40 * 40 and all((.data | length == 2000) and (.data | .[0:1] as $c | test("^[" + $c + "]*$")))'

need strace
system_calls without "$program" objects 1000
system_calls with -E LD_PRELOAD="$lib" -E SOCKSPY_RING="$SOCKSPY_RING" "$program" objects 1000
added=$(comm -13 without with | grep -c .)
[ "$added" -le 8 ] || fail "a thread with 1000 objects makes $added system calls more"
