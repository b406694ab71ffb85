#!/usr/bin/env bash
# `sockspy run` of curl and its server: both sides recorded, both ports agree.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/sessions.sh"
session curl
run_session
assert_grep 'Hello from the server' page
check_keys
check 'curl' 'map(select(.comm == "curl")) | map(.call) | (index("socket") < index("connect"))
    and (index("connect") < (map(IN("send", "sendto", "write")) | index(true)))
    and (index("connect") < (map(IN("recv", "recvfrom", "read")) | index(true))) and index("close") != null'
check 'the server' 'map(select(.comm == "http_server")) | map(.call)
    | map(select(IN("socket", "bind", "listen", "accept", "write"))) == ["socket", "bind", "listen", "accept", "write"]'
check 'one port' '(map(select(.comm == "curl" and .call == "connect")) | last | .local) == (calls("accept") | only | .peer)'
