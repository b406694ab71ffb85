#!/usr/bin/env bash
# log -f: what was there, then what comes, each within a moment; ends by a
# signal with status 0 or the signal's, and follows a ring that is made later.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/free_port" >/dev/null
start "$spy" log -f --format=jsonl "$SOCKSPY_RING" >lines
follower=$pid
wait_until grep -q '"getsockname"' lines
recorded "$programs/free_port" >/dev/null
comes() { [ "$(grep -c '"call":"bind"' lines)" = "$1" ]; }
wait_until comes 2
# Under load: every record once.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    recorded "$programs/free_port" >/dev/null
done
wait_until comes 12
assert_eq "$(jq -r .id lines | sort | uniq -d)" "" "ids that came twice"
# Idle, it uses no processor time to speak of: less than a millisecond, but the two
# sums may each step on just then.
ticks() { awk '{ print $14 + $15 }' "/proc/$follower/stat"; }
ticks_before=$(ticks)
sleep 1
[ $(($(ticks) - ticks_before)) -le 5 ] || fail "the idle follower used $(($(ticks) - ticks_before)) ticks in a second"
kill -INT "$follower"
wait "$follower"
status=$?
[ "$status" = 0 ] || [ "$status" = 130 ] || fail "after SIGINT: status $status"
assert_eq "$(jq -es length lines)" "$(records | wc -l)" "records followed, against the log"
