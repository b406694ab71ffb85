#!/usr/bin/env bash
# timeout: 120
# T16: every call that a thread may be cancelled in still is one, the destructors
# and handlers of its callers run, and no unwinder had to be linked for it.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need readelf
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -O1 -fexceptions -o cancels "$top/tests/programs/t16_cancel.c" -pthread ||
    fail "t16_cancel.c does not compile"
SOCKSPY_TRACE='%net,%io,%desc,%poll' with_and_without timeout 50 ./cancels
assert_eq "$(grep -c ' 1 1 1$' with.out)" 46 "calls that were cancelled with all that belongs to it"
assert_eq "$(grep -vc ' 1 1 1$' with.out)" 0 "others"
check 'afterwards all goes on' 'calls("recv") | map(select(.ret == 5)) | only | .bytes == 5'
readelf -dW "$lib" | grep NEEDED | grep -q 'gcc_s\|stdc++' && fail "needs an unwinder"
# Where the unwinder could not go through our frames, it would end the program.
readelf -SW "$lib" | grep -q '\.eh_frame ' || fail "no unwind tables"
