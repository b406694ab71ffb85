#!/usr/bin/env bash
# What kept payload says of a connection: HTTP's host and status, and the name
# that a TLS client asks for; nothing where no payload is kept.
. "$(dirname "$0")/../lib.sh" || exit 1
need curl
export SOCKSPY_DATA=1024
serve http_server 0 3
recorded curl -sS --noproxy '*' -H 'Host: shop.example' "http://127.0.0.1:$port/basket?x=1" >page || fail "curl"
check_rows connections 'HTTP' '
    map(select(.protocol == "http")) | only | .request == "GET /basket?x=1 HTTP/1.1" and .http_host == "shop.example"
    and .host == "shop.example" and .status == 200'

# The host is a name, without the port; an address is none.
recorded curl -sS --noproxy '*' --resolve "www.shop.example:$port:127.0.0.1" "http://www.shop.example:$port/" >page ||
    fail "curl"
recorded curl -sS --noproxy '*' "http://127.0.0.1:$port/" >page || fail "curl"
wait "$pid"
check_rows connections 'the name and the address of HTTP' '
    map(select(.protocol == "http"))[1:] | map(.http_host) == ["www.shop.example:\($port)", "127.0.0.1:\($port)"]
    and .[0].host == "www.shop.example" and (.[1] | has("host") | not)' --arg port "$port"
assert_eq "$("$spy" connections --format=csv --port="$port" "$SOCKSPY_RING" | cut -d, -f17 | paste -sd,)" \
    "host,shop.example,www.shop.example," "the hosts as CSV"

# An address in brackets is no name, so it is not said twice.
if command -v socat >/dev/null && has_ipv6; then
    port=$(free_port)
    printf 'HTTP/1.0 204 Nothing\r\n\r\n' >reply
    # The server reads on: where it ends before the request is written to it, socat gives up and sends no reply.
    start_recorded socat "TCP6-LISTEN:$port,bind=[::1]" "SYSTEM:cat reply; cat >/dev/null" 2>/dev/null
    wait_until grep -qi ":$(printf %04x "$port") .* 0A " /proc/net/tcp6
    recorded curl -sS --noproxy '*' "http://[::1]:$port/" || fail "curl over IPv6"
    check_rows connections 'the host of an IPv6 address' '
        map(select(.a.comm == "curl" and .family == "inet6")) | only | .http_host == "[::1]:\($port)" and .status == 204 and (has("host") | not)' \
        --arg port "$port"
    "$spy" connections "$SOCKSPY_RING" >text || fail "connections"
    assert_grep " \[::1\]:$port +fd [0-9]+( \+[0-9])? +socat" text # whose child may hold it yet
fi

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=www.example.test -days 2 2>/dev/null
    port=$(free_port)
    start_recorded openssl s_server -accept "127.0.0.1:$port" -key key.pem -cert cert.pem -www -quiet 2>/dev/null
    wait_until listening "$port"
    recorded curl -sk --noproxy '*' --resolve "www.example.test:$port:127.0.0.1" "https://www.example.test:$port/" >page ||
        fail "curl over TLS"
    check_rows connections 'TLS' '
        map(select(.protocol == "tls" and .a.comm == "curl")) | only | .sni == "www.example.test" and (.tls_version | IN("1.2", "1.3"))' \
        --argjson port "$port"
fi

unset SOCKSPY_DATA
rm "$SOCKSPY_RING"
serve http_server 0 1
recorded curl -sS --noproxy '*' "http://127.0.0.1:$port/" >page || fail "curl"
check_rows connections 'nothing is said where nothing is kept' 'all(has("protocol") or has("request") | not)'
