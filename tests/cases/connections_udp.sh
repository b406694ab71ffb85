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

# A server that never asks who sends: its port tells, but not who sent what.
need python3
rm "$SOCKSPY_RING"
start_recorded python3 -c '
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print("port", server.getsockname()[1], flush=True)
while True:
    print(server.recv(100), flush=True)' >deaf.out
deaf=$pid
wait_until grep -q '^port ' deaf.out
port=$(sed -n 's/^port //p' deaf.out)
for text in one three eleven; do
    recorded python3 -c '
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(sys.argv[2].encode(), ("127.0.0.1", int(sys.argv[1])))' "$port" "$text" || fail "client"
done
wait_until grep -q eleven deaf.out
check_rows connections 'a server that does not ask' '
    map(select(.type == "dgram")) | length == 3 and all(.b.pid == $server and .match == "port" and .agree)
    and (map(.a.bytes_out) == [3, 5, 6])' --argjson server "$deaf"
