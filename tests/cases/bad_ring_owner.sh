#!/usr/bin/env bash
# A ring of another user: refused by the library and by the viewer of that user.
. "$(dirname "$0")/../lib.sh" || exit 1
[ "$(id -u)" = 0 ] || skip "needs root to be somebody else"
need setpriv
other() { setpriv --reuid=64321 --regid=64321 --clear-groups "$@"; }
recorded "$programs/free_port" >/dev/null
chmod 755 "$TMP"
other true && other test -x "$programs/free_port" -a -r "$lib" 2>/dev/null || skip "another user cannot read this directory"
before=$(cksum "$SOCKSPY_RING")
other env LD_PRELOAD="$lib" "$programs/free_port" >port 2>err || fail "the program did not run: $(cat err)"
assert_eq "$(cat err)" "" "stderr of the program"
assert_eq "$(cksum "$SOCKSPY_RING")" "$before" "the ring of another user"
assert_status 1 other "$spy" log "$SOCKSPY_RING"
assert_one_line err
