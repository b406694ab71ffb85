#!/usr/bin/env bash
# UDP has no connections, but who sends to whom is told: two clients of one server.
. "$(dirname "$0")/../lib.sh" || exit 1
serve udp_server 0 3
server=$pid
recorded "$samples/udp_client" "$port" first || fail "udp_client"
recorded "$samples/udp_client" "$port" second one || fail "udp_client"
wait "$server" # its last record comes after the client has its answer
check_rows connections 'a flow for each client, known at both ends' '
    map(select(.type == "dgram")) | length == 2 and all(.b.pid == $server and .a.comm == "udp_client" and .match == "names"
        and .a.bytes_out == .b.bytes_in and .a.bytes_in == .b.bytes_out and .a.bytes_out > 0)
    and (map(.a.bytes_out) == [5, 9])' --argjson server "$server"
check_rows sockets 'one socket on the server'"'"'s side, with two peers' '
    map(select(.pid == $server)) | only | .type == "dgram" and .bytes_in == 14 and .role == "server"' \
    --argjson server "$server"
