#!/usr/bin/env bash
# The storms of the traps for minutes: kill, cancel and fork (T15), jumps out of
# hooks (T14), signals whose handlers call, numbers that go from hand to hand
# (T13), vfork children (T2), the lowest descriptor (T5).
. "${0%/*}/../lib.sh"
. "$top/tests/traps.sh"

seconds=300
[ "$DURATION" = quick ] && seconds=10

SOCKSPY_SIZE=1M recorded timeout --foreground -k 5 $((seconds + 60)) "$programs/t15_storms" $seconds >rounds ||
    fail "kill, cancel, fork: $?"
echo "$(cat rounds) rounds of kill, cancel and fork"
assert_eq "$(($(count kept) + $(count lost)))" "$(count written)" "kept and lost records"

# Handlers call in the middle of calls; with nothing jumped over, all must be there.
rm -f "$SOCKSPY_RING"
made=$(SOCKSPY_SIZE=1M SOCKSPY_TRACE=send,recv recorded "$programs/t15_signals" $seconds 8) || fail "signals: $?"
assert_eq "$(count written)" "$made" "records of calls that handlers interrupt"
echo "$made calls, some within others"

rm -f "$SOCKSPY_RING"
SOCKSPY_SIZE=1M recorded "$programs/t14_jumps" $((seconds * 30000)) >numbers || fail "jumps: $?"
read -r begun returned jumps <numbers
written=$(count written)
[ "$written" -ge "$returned" ] || fail "$written records of $returned sends that returned ($begun begun, $jumps jumps)"
echo "$written records, $jumps jumps"

again() { # TIMES CASE
    local i
    for ((i = 0; i < $1; i++)); do
        rm -f "$SOCKSPY_RING"
        bash "$top/tests/cases/$2.sh" || fail "$2, the ${i}th time"
    done
    echo "$1 times $2"
}
again $((seconds / 20 + 1)) t13-event-order
THREADS=64 again $((seconds / 20 + 1)) t13-event-order
again $((seconds / 60 + 1)) t02-vfork
again $((seconds / 60 + 1)) t05-lowest-descriptor
again $((seconds / 60 + 1)) t15-no-locks
