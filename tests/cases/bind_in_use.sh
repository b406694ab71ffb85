#!/usr/bin/env bash
# A port that is taken: the record has the error's name, and the port asked for.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
LD_PRELOAD=$lib "$samples/tcp_echo_server" "$port" >out 2>err && fail "the second server started"
check 'EADDRINUSE' 'calls("bind") | last | .ret == -1 and .errno == "EADDRINUSE"'
