#!/usr/bin/env bash
# timeout: 120
# T13: 4 threads open and close 800,000 sockets whose numbers go from hand to
# hand: read in order, none is opened while it is open, or closed while it is not.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
threads=${THREADS:-4}
opens=$((800000 / threads))
SOCKSPY_SIZE=256M recorded "$programs/t13_reuse" "$threads" $opens || fail "t13_reuse"
[ -e "$SOCKSPY_RING" ] || skip "no room for a ring of 256 MB"
read -r opened closed wrong < <("$spy" log --format=csv -e socket,close "$SOCKSPY_RING" | awk -F, '
    $7 == "socket" { n++; if (open[$8]++) bad++ }
    $7 == "close" { m++; if (!open[$8]) bad++; open[$8] = 0 }
    END { print n + 0, m + 0, bad + 0 }')
assert_eq "$opened $closed $wrong" "$((threads * opens)) $((threads * opens)) 0" "opened, closed, out of order"
assert_eq "$(count hidden_opens) $(count hidden_closes)" "0 0" "hidden opens and closes"
