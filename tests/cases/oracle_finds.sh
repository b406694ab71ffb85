#!/usr/bin/env bash
# The strace oracle finds what is missing: here, calls that we were told to leave
# out.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session curl
status=0
SOCKSPY_TRACE='!connect,getsockopt' "$top/tests/oracle.py" -- ./session >found || status=$?
assert_eq "$status" 1 "the oracle's status"
assert_grep 'missing: connect' found
assert_grep 'missing: getsockopt' found
assert_grep 'recall 9[0-9]\.' found
