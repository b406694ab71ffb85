#!/usr/bin/env bash
# Two messages over one TCP connection: send and recv, the bytes of each, and
# the same socket all along.
. "$(dirname "$0")/../lib.sh" || exit 1
serve tcp_echo_server 0 1
server=$pid
recorded "$samples/tcp_echo_client" "$port" hello 'big world' >answers || fail "tcp_echo_client"
wait "$server"
assert_eq "$(paste -sd, answers)" "hello,big world" "the echo"
words='def client: map(select(.comm == "tcp_echo_client")); def server: map(select(.comm == "tcp_echo_server"));'
check 'what was sent' "$words"' client | calls("send") | map(.bytes) == [5, 9]'
check 'what came back' "$words"' client | calls("recv") | map(.bytes) | add == 14'
check 'the server: the end is a recv of nothing' "$words"' server | calls("recv") | last | .ret == 0 and (.bytes // 0) == 0'
check 'one connection' "$words"' client | calls("connect") | length == 1'
