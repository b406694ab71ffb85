#!/usr/bin/env bash
# A sandboxed process asks the kernel nothing about its sockets: while it lives,
# /proc tells the port that the stack chose, and so which connection it is.
. "$(dirname "$0")/../lib.sh" || exit 1
serve tcp_echo_server 0 1
start_recorded "$programs/sandboxed" "$port" >output
client=$pid
settled() { grep -q connected output || ! kill -0 "$client"; }
wait_until settled
grep -q connected output || { wait "$client"; [ $? = 77 ] && skip "no seccomp filter may be made here"; fail "the client ended"; }
accepted() { records -e accept,accept4 | grep -q '"ret":[0-9]'; }
wait_until accepted
check 'the records tell no local address' 'of($client) | calls("connect") | only | has("local") | not' --argjson client "$client"
check_rows connections 'but the connection is known' '
    map(select(.a.pid == $client)) | only | (.a.local | port) > 0 and .b.comm == "tcp_echo_server" and .match == "names"
    and .a.inode > 0' --argjson client "$client"
assert_eq "$(rows connections | jq -r 'select(.b.comm == "tcp_echo_server") | .a.local')" \
    "$(value 'map(select(.call | IN("accept", "accept4"))) | .[0].peer')" "the address as the server sees it"
