#!/usr/bin/env bash
# T14: a handler jumps out of a hook. Nothing is left set that would silence the
# thread: of 300,000 calls, all that returned are recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
SOCKSPY_SIZE=256M recorded "$programs/t14_jumps" 300000 >numbers || fail "t14_jumps"
read -r begun returned jumps <numbers
[ -e "$SOCKSPY_RING" ] || skip "no room for a ring of 256 MB"
[ "$jumps" -ge 100 ] || fail "only $jumps jumps"
sends=$("$spy" log --format=csv -e send "$SOCKSPY_RING" | grep -c ',send,')
[ "$sends" -ge "$returned" ] && [ "$sends" -le "$begun" ] ||
    fail "$sends sends are recorded; $begun were begun, $returned returned, $jumps jumps"
