#!/usr/bin/env bash
# timeout: 60
# A few seconds of bad weather for small rings: every record that a reader gets
# is right, and the sums are exact. (Minutes of it: make soak.)
. "$(dirname "$0")/../lib.sh" || exit 1

"$programs/ring_storm" 3 256 reader || fail "with the reader"
"$programs/ring_storm" 3 256 follower || fail "with the viewer's follower"
"$programs/ring_storm" 2 4096 reader || fail "with several lanes"
