#!/usr/bin/env bash
# timeout: 180
# T14: a handler jumps out of a hook. Nothing is left set that would silence the
# thread: of 300,000 calls, all that returned are recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
SOCKSPY_SIZE=256M recorded "$programs/t14_jumps" 300000 >numbers || fail "t14_jumps"
{ read -r begun returned jumps && read -r receptions_begun receptions_returned; } <numbers
[ -e "$SOCKSPY_RING" ] || skip "no room for a ring of 256 MB"
[ "$jumps" -ge 100 ] || fail "only $jumps jumps"
recorded_within() { # CALL BEGUN RETURNED
    local count
    count=$("$spy" log --format=csv -e "$1" "$SOCKSPY_RING" | grep -c ",$1,")
    [ "$count" -ge "$3" ] && [ "$count" -le "$2" ] || fail "$count of $1 are recorded; $2 were begun, $3 returned, $jumps jumps"
}
recorded_within send "$begun" "$returned"
recorded_within recv "$receptions_begun" "$receptions_returned"
