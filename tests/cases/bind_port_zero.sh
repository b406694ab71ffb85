#!/usr/bin/env bash
# bind to port 0: the record of bind says which port the stack chose.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 0
check 'the local port of bind' 'calls("bind") | only | .ret == 0 and .local == "127.0.0.1:\($port)"' --arg port "$port"
check 'listen knows it as well' 'calls("listen") | only | .local == "127.0.0.1:\($port)"' --arg port "$port"
