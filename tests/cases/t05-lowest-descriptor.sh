#!/usr/bin/env bash
# T5: opening a file of our own while the program runs would take the number that
# its close has just freed: 0 of 20,000 tries, with a second thread.
. "$(dirname "$0")/../lib.sh" || exit 1
# Five programs, each of which might open something at its first call.
for tries in 4000 4000 4000 4000 4000; do
    rm -f "$SOCKSPY_RING"
    wrong=$(T05_PRELOAD=$lib "$programs/t05_lowest" $tries) || fail "t05_lowest"
    assert_eq "$wrong" 0 "times that close(0); open() did not give 0"
done
check 'it was recorded meanwhile' 'calls("send") | length > 100'
