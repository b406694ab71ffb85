#!/usr/bin/env bash
# A proxy in the middle: two rows, in the first of which it serves, in the second
# it asks.
. "$(dirname "$0")/../lib.sh" || exit 1
need socat curl
serve http_server 0 1
server=$pid
proxy_port=$(free_port)
start_recorded socat "TCP4-LISTEN:$proxy_port,bind=127.0.0.1,reuseaddr" "TCP4:127.0.0.1:$port"
proxy=$pid
wait_until grep -qi ":$(printf %04x "$proxy_port") .* 0A " /proc/net/tcp
recorded curl -sS --noproxy '*' "http://127.0.0.1:$proxy_port/" >page || fail "curl"
wait "$proxy" "$server"
check_rows connections 'from curl to the proxy, and from the proxy to the server' '
    map(select(.family == "inet")) | length == 2
    and (map(select(.a.comm == "curl")) | only | .b.pid == $proxy and (.b.local | port) == $front and .agree)
    and (map(select(.a.pid == $proxy)) | only | .b.pid == $server and (.b.local | port) == $back and .agree)
    and (.[0].a.bytes_out == .[1].b.bytes_in) and .[0].a.bytes_in == .[1].b.bytes_out' \
    --argjson proxy "$proxy" --argjson server "$server" --argjson front "$proxy_port" --argjson back "$port"
