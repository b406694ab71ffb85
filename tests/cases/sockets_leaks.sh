#!/usr/bin/env bash
# Sockets that somebody forgot: a server in CLOSE_WAIT, as ss sees it, too, and a
# client that exits with connections open. Nothing is invented for those who are
# in order.
. "$(dirname "$0")/../lib.sh" || exit 1
start_recorded "$programs/leaks" server >server.out
server=$pid
wait_until grep -q '^port ' server.out
port=$(sed -n 's/^port //p' server.out)
recorded "$programs/leaks" client "$port" || fail "leaks client"
recorded "$samples/http_client" "$(free_port)" 2>/dev/null # refused, and it ends as it is

leaking() { [ "$(rows sockets --leaks | jq -s 'map(select(.pid == $server)) | length' --argjson server "$server")" = 3 ]; }
wait_until leaking
check_rows "sockets" 'the server waits with three' 'map(select(.pid == $server and .state == "peer closed")) | length == 3' \
    --argjson server "$server"
if command -v ss >/dev/null; then
    ss -Htnp state close-wait "( sport = :$port )" | sed -nE 's/.*fd=([0-9]+).*/\1/p' | sort >waiting
    rows sockets --leaks | jq -r 'select(.note == "waits for our close") | .fd' | sort >ours
    diff waiting ours || fail "not the descriptors that ss shows"
fi
rows sockets --leaks >leaks
jq -es '(map(select(.comm == "leaks" and .note == "never closed")) | length == 2 and all(.role == "client"))
    and (map(select(.note == "never used, never closed")) | length == 1)
    and (map(select(.comm == "http_client" and .errno == "ECONNREFUSED" and .note == "never closed")) | length == 1)
    and length == 7' leaks >/dev/null ||
    fail "$(cat leaks)"
"$spy" sockets --leaks "$SOCKSPY_RING" >text
assert_grep 'peer closed .* waits for our close$' text
kill -TERM "$server"
wait "$server"
rows sockets --leaks >leaks
jq -es 'map(select(.pid == $server)) | length == 3 and all(.note == "the peer closed, we never did")' --argjson server "$server" \
    leaks >/dev/null || fail "after its exit: $(cat leaks)"

# In order: they close what they open, or are ended while they serve.
rm "$SOCKSPY_RING"
serve tcp_echo_server 0 1
server=$pid
recorded "$samples/tcp_echo_client" "$port" hello >/dev/null || fail "tcp_echo_client"
wait "$server"
recorded "$programs/family" >/dev/null
recorded "$programs/many" 50
assert_eq "$(rows sockets --leaks | jq -c '[.comm, .role, .note]')" "" "what leaks"
