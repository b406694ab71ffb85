#!/usr/bin/env bash
# Looked-up names: what was asked, what was answered, what went wrong; the name
# is known to the connection that follows.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
recorded "$programs/names" "$port" || fail "names"
check 'getaddrinfo' 'calls("getaddrinfo") | .[0] | .args.name == "localhost" and (.args.answers | index("127.0.0.1") != null)
    and .ret == 0 and .dur_ns > 0'
check 'getaddrinfo that fails' 'calls("getaddrinfo") | .[1] | .args.name == "no number" and .args.error == "EAI_NONAME"'
check 'gethostbyname' 'calls("gethostbyname") | only | .args.name == "localhost"'
check 'getnameinfo' 'calls("getnameinfo") | only | .args.name == "127.0.0.1"'
check 'getifaddrs' 'calls("getifaddrs") | only | .ret == 0'
check 'the name at connect' 'calls("connect") | only | .host == "localhost" and .peer == "127.0.0.1:\($port)"' --arg port "$port"
check_keys
