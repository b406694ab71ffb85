#!/usr/bin/env bash
# `sockspy run` of Python's urllib and its server.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session python
run_session
assert_grep 'Hello from the server' page
check_keys
check 'one port' '(map(select(.comm == "python3" and .call == "connect")) | last | .local) == (calls("accept") | only | .peer)'
check 'the page came in' 'map(select(.comm == "python3" and (.call | IN("recv", "read")))) | map(.bytes) | add > 60'
