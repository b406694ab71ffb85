#!/usr/bin/env bash
# `sockspy run` of wget and its server.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session wget
run_session
assert_grep 'Hello from the server' page
check_keys
check 'one port' '(map(select(.comm == "wget" and .call == "connect")) | last | .local) == (calls("accept") | only | .peer)'
check 'the page went through wget'"'"'s socket' '(calls("accept") | only | .peer) as $own
    | map(select(.comm == "wget" and .local == $own and (.call | IN("read", "recv")))) | map(.bytes) | add > 60'
