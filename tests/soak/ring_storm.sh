#!/usr/bin/env bash
# Five minutes of bad weather for a ring of 256 slots, with a reader and with the
# viewer's follower; then a larger ring with several lanes. See ring_storm.c.
. "$(dirname "$0")/../lib.sh" || exit 1

seconds=300
[ "$DURATION" = quick ] && seconds=10

# weather SECONDS SLOTS READER LEAST - fails with ring_storm, or below LEAST records.
weather() {
    "$programs/ring_storm" "$1" "$2" "$3" | tee "$TMP/storm.out"
    [ "${PIPESTATUS[0]}" = 0 ] || fail "the storm broke something"
    [ "$(cut -d' ' -f1 "$TMP/storm.out")" -ge "$4" ] || fail "fewer than $4 records"
}

least=$((seconds * 500000000 / 300))
weather $seconds 256 reader $least
weather $seconds 256 follower $least
weather $((seconds / 5)) 4096 reader 1000000
weather $((seconds / 5)) 4096 follower 1000000
