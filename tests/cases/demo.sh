#!/usr/bin/env bash
# make demo: the log of both ends and the report; only the report is left behind.
. "$(dirname "$0")/../lib.sh" || exit 1
ls /dev/shm >before
(cd "$top" && env -u SOCKSPY_RING -u TMP samples/demo.sh "$TMP/page.html") >text 2>err || fail "the demo ended with $?: $(cat err)"
for call in socket connect close bind listen accept read write; do
    assert_grep "$call" text
done
assert_grep 'curl|http_client' text
assert_grep 'http_server' text
assert_grep 'GET / HTTP/1' text
# The port that the client got stands in the server's lines, too.
own=$(sed -nE 's/.*(127\.0\.0\.1:[0-9]+) (→|->) 127\.0\.0\.1:[0-9]+.*/\1/p' text | head -n 1)
[ -n "$own" ] || fail "no line shows local and peer address: $(cat text)"
grep 'http_server' text | grep -q "$own" || fail "the server never saw $own: $(cat text)"
LC_ALL=C grep -q "$(printf '\033')" text && fail "colour in a file"
# The page: it is said where, and all is in it.
assert_eq "$(tail -n 1 text)" "    $TMP/page.html" 'where the report is'
assert_eq "$(head -n 1 page.html)$(tail -n 1 page.html)" '<!DOCTYPE html></html>' 'a whole page'
[ "$(stat -c %s page.html)" -lt 2000000 ] || fail "$(stat -c %s page.html) bytes"
assert_grep '"http_server"' page.html
ls /dev/shm >after
assert_eq "$(comm -13 before after | grep sockspy-demo)" "" "what the demo left in /dev/shm"
