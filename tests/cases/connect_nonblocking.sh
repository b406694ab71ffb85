#!/usr/bin/env bash
# connect that does not wait: EINPROGRESS, and yet the local port; a refusal
# that comes later.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
closed=$(free_port)
recorded "$programs/connects" "$port" "$closed" >numbers || fail "connects"
own=$(sed -n 's/^port //p' numbers)
check 'connected later, port known at once' 'calls("connect") | .[0]
    | .ret == -1 and .errno == "EINPROGRESS" and .local == "127.0.0.1:\($own)" and .peer == "127.0.0.1:\($port)"' \
    --arg own "$own" --arg port "$port"
check 'refused' 'calls("connect") | .[1] | .ret == -1 and (.errno | IN("EINPROGRESS", "ECONNREFUSED"))
    and .peer == "127.0.0.1:\($port)"' --arg port "$closed"
check 'SO_ERROR tells the result' 'calls("getsockopt") | map(.args)
    | .[0].level == "SOL_SOCKET" and .[0].option == "SO_ERROR" and .[0].value == 0'
check 'O_NONBLOCK at the creation' 'map(select(.comm == "connects")) | calls("socket") | .[0].type == "stream"'
