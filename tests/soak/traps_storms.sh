#!/usr/bin/env bash
# The storms of the traps for minutes: kill, cancel and fork (T15), jumps out of
# hooks (T14), numbers that go from hand to hand (T13), vfork children (T2), and
# signals whose handlers make calls of their own.
. "${0%/*}/../lib.sh"
. "$top/tests/traps.sh"

seconds=300
[ "$DURATION" = quick ] && seconds=10

SOCKSPY_SIZE=1M recorded timeout -k 5 $((seconds + 60)) "$programs/t15_storms" $seconds >rounds ||
    fail "kill, cancel, fork: $?"
echo "$(cat rounds) rounds of kill, cancel and fork"
assert_eq "$(($(count kept) + $(count lost)))" "$(count written)" "kept and lost records"

rm -f "$SOCKSPY_RING"
SOCKSPY_SIZE=1M recorded "$programs/t14_jumps" $((seconds * 30000)) >numbers || fail "jumps: $?"
read -r begun returned jumps <numbers
written=$(count written)
[ "$written" -ge "$returned" ] || fail "$written records of $returned sends that returned ($begun begun, $jumps jumps)"
echo "$written records, $jumps jumps"

for ((i = 0; i < seconds / 10; i++)); do
    bash "$top/tests/cases/t13-event-order.sh" || fail "numbers from hand to hand"
done
for ((i = 0; i < seconds / 60 + 1; i++)); do
    bash "$top/tests/cases/t02-vfork.sh" || fail "vfork"
done
