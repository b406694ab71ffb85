#!/usr/bin/env bash
# A connection that nobody takes: the error by its name, and still the peer.
. "$(dirname "$0")/../lib.sh" || exit 1
port=$(free_port)
LD_PRELOAD=$lib "$samples/http_client" "$port" 2>err && fail "somebody listens on $port"
assert_grep 'Connection refused' err
check 'ECONNREFUSED' 'calls("connect") | only | .ret == -1 and .errno == "ECONNREFUSED" and .peer == "127.0.0.1:\($port)"' \
    --arg port "$port"
