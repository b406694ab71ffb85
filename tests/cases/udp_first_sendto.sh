#!/usr/bin/env bash
# An unbound UDP socket gets its port at the first sendto; the record has it.
. "$(dirname "$0")/../lib.sh" || exit 1
serve udp_server 0 2
server=$pid
recorded "$samples/udp_client" "$port" one three >answers || fail "udp_client"
wait "$server"
assert_eq "$(paste -sd, answers)" "3 bytes,5 bytes" "the answers"

words='def client: map(select(.comm == "udp_client")); def server: map(select(.comm == "udp_server"));'
check 'no local address before' "$words"' client | calls("socket") | only | has("local") | not'
check 'the local port after the first sendto' "$words"'
    client | calls("sendto") | .[0] | (.local | port) > 0 and .peer == "127.0.0.1:\($port)" and .bytes == 3' --arg port "$port"
check 'the server sees that port as the sender' "$words"'
    (client | calls("sendto") | .[0].local | port) as $own
    | server | calls("recvfrom") | length == 2 and all((.peer | port) == $own)'
check 'and answers to it' "$words"'
    (client | calls("sendto") | .[0].local | port) as $own | server | calls("sendto") | all((.peer | port) == $own)'
check 'datagrams, not streams' 'map(select(has("type"))) | all(.type == "dgram")'
check_keys
