#!/usr/bin/env bash
# The strace oracle: postgres and psql, over TCP and UNIX, as an ordinary user.
# timeout: 120
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
. "$top/tests/ordinary.sh"
[ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not installed"
ordinary
session postgres
cp "$TMP/session" "$home/session"
as_ordinary "$top/tests/oracle.py" --timeout 100 -- ./session || fail "the oracle does not agree"
assert_eq "$(cat "$home/answer")" $'42\n42' "psql's answers"
