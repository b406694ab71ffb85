#!/usr/bin/env bash
# T44: a ring in use is not removed without --force, and its writers are named, also
# when it is gone.
. "$(dirname "$0")/../lib.sh" || exit 1
serve tcp_echo_server 0
server=$pid
# Leftovers of rings in the making go with a ring, whatever their makers were called.
SOCKSPY_RING=$SOCKSPY_RING.other recorded "$programs/free_port" >/dev/null
: >"$SOCKSPY_RING.other.new.1"
: >"$SOCKSPY_RING.other.new.Xy3"
: >"$SOCKSPY_RING.other.new.$$"
assert_status 1 "$spy" clean "$SOCKSPY_RING"
assert_one_line err
assert_grep "in use by tcp_echo_server\[$server\].*--force" err
[ -s "$SOCKSPY_RING" ] || fail "the ring of a living program is gone"
assert_status 0 "$spy" info "$SOCKSPY_RING"
assert_grep "^in use +by tcp_echo_server\[$server\]" out
assert_status 0 "$spy" info --format=jsonl "$SOCKSPY_RING"
assert_eq "$(jq -r 'select(.writer) | "\(.writer) \(.comm)"' out)" "$server tcp_echo_server" "the writer as JSON"
assert_status 0 "$spy" clean --force "$SOCKSPY_RING"
[ -e "$SOCKSPY_RING" ] && fail "--force removed nothing"
assert_status 1 "$spy" info "$SOCKSPY_RING"
assert_grep "removed while in use by tcp_echo_server\[$server\]" err
assert_status 1 "$spy" log "$SOCKSPY_RING"
assert_grep "removed while in use by tcp_echo_server\[$server\]" err
# A new one in its place is another's.
recorded "$programs/free_port" >/dev/null
assert_status 0 "$spy" info "$SOCKSPY_RING"
assert_grep "removed while in use by tcp_echo_server\[$server\]" out
assert_status 0 "$spy" clean "$SOCKSPY_RING"
# Ten seconds later nobody makes these any more.
assert_status 0 "$spy" clean "$SOCKSPY_RING.other"
for file in 1 Xy3 $$; do
    [ -e "$SOCKSPY_RING.other.new.$file" ] || fail "clean removed what may be a ring in the making"
done
touch -d '1 minute ago' "$SOCKSPY_RING".other.new.*
SOCKSPY_RING=$SOCKSPY_RING.other recorded "$programs/free_port" >/dev/null
assert_status 0 "$spy" clean "$SOCKSPY_RING.other"
ls "$SOCKSPY_RING".other* 2>/dev/null && fail "clean left something"
exit 0
