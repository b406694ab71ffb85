#!/usr/bin/env bash
# T32: where a program forbids itself to read the processor's counter (seccomp's strict
# mode, PR_SET_TSC), the next record would be its death: the records end before that,
# with a word that they do; and where it is forbidden from the start, there are none.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
program=$programs/t32_clock
for how in strict tsc raw-strict raw-prctl raw-tsc; do
    "$program" $how >plain || skip "$how is not to be had here"
    rm -f "$SOCKSPY_RING"
    with_and_without "$program" $how
    assert_eq "$(cat with.out)" worked "$how"
    check "the records end with $how" '(map(select(.call == "write" or .call == "read")) | length == 2)
        and (.[-1] | .call == "hidden" and (.args.what | contains("its records end here")))'
    assert_eq "$(count stopped)" 1 "programs that stopped"
done
"$spy" log "$SOCKSPY_RING" >said
assert_grep '^# 1 program forbade itself the clock' said
"$spy" audit "$SOCKSPY_RING" >said
assert_grep '1 program forbade itself the clock' said

# It did not come to that: everything goes on.
rm -f "$SOCKSPY_RING"
with_and_without "$program" no-strict
check 'recorded to the end' '(calls("write") | map(select(.fd > 2)) | length == 101) and (calls("exit") | length == 1)'
assert_eq "$(count stopped)" 0 "programs that stopped, after all"

# Forbidden from the start: glibc's own start reads the counter, musl's does not.
command -v musl-gcc >/dev/null || exit 0
musl-gcc -std=gnu17 -D_GNU_SOURCE -idirafter /usr/include -idirafter "/usr/include/$(uname -m)-linux-gnu" -w -o with_musl \
    "$top/tests/programs/t32_clock.c" || skip "musl-gcc does not compile it"
rm -f "$SOCKSPY_RING"
status=0
"$program" exec ./with_musl none-such || status=$?
assert_eq "$status" 3 "status of a program that starts without the counter"
SOCKSPY_DEBUG=1 LD_PRELOAD=$lib "$program" exec ./with_musl none-such >said 2>&1 || status=$?
assert_eq "$status" 3 "its status with the library"
assert_grep 'sockspy: nothing is recorded .*time-stamp counter' said
