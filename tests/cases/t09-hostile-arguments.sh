#!/usr/bin/env bash
# T9: the kernel survives what a naive hook crashes on. Result and errno of each
# call are the same, without payload and with as much as can be kept, and
# nothing is read beyond a page's edge.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
export SOCKSPY_TRACE=%net,%io,%desc,%opt,%name,%poll,%process
for data in 0 4096; do
    SOCKSPY_DATA=$data with_and_without "$programs/t09_hostile"
done
[ "$(wc -l <without.out)" -gt 100 ] || fail "only $(wc -l <without.out) calls were tried"
check_keys
check 'a name that had no room is not guessed' 'calls("recvfrom") | all(.peer == null or (.peer | test("^127|unix:")))'
check 'the longest name is whole but for its NUL' 'calls("bind") | any(.local == "unix:" + ("n" * 108))'
