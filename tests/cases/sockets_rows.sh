#!/usr/bin/env bash
# A row per socket: as text, JSON and CSV the same; what the filters let through;
# the order; 80 columns where there are no more.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
server=$pid
recorded "$samples/http_client" "$port" >page || fail "http_client"
wait "$server"
closed=$(free_port)
recorded "$samples/http_client" "$closed" 2>/dev/null
check_rows sockets 'every socket, in the order in which they came' '
    (map(.id) == [range(1; length + 1)]) and (map(.comm) == ["http_server", "http_client", "http_server", "http_client"])'
check_rows sockets 'the client'"'"'s' 'map(select(.comm == "http_client" and .state == "closed")) | only
    | .role == "client" and (.peer | port) == $port and .bytes_in > 0 and .bytes_out > 0 and .closed > .opened
    and .family == "inet" and .type == "stream" and (.holders | length) == 1 and .holders[0].how == "created"' --argjson port "$port"
check_rows sockets 'the listening one' 'map(select(.role == "listening")) | only
    | .accepted == 1 and (.local | port) == $port and .state == "closed"' --argjson port "$port"
check_rows sockets 'the accepted one' 'map(select(.role == "server")) | only
    | .comm == "http_server" and .holders[0].how == "accepted" and (.local | port) == $port' --argjson port "$port"
check_rows sockets 'the one that failed' 'map(select(.state == "failed")) | only
    | .errno == "ECONNREFUSED" and (.peer | port) == $closed' --argjson closed "$closed"
check_rows sockets 'what came and went is what the calls say' '
    map(.bytes_in) | add == ($records | map(select(.call | IN("read", "recv")) | .bytes // 0) | add)' \
    --slurpfile records <(records)

"$spy" sockets "$SOCKSPY_RING" >text || fail "sockets"
assert_eq "$(wc -l <text)" 5 "the lines of the table"
assert_grep "^http_client\[[0-9]+\] +3 +tcp +127.0.0.1:[0-9]+ +127.0.0.1:$port +closed +[0-9,]+ +[0-9,]+ " text
assert_grep "^http_server\[[0-9]+\] +3 +tcp +127.0.0.1:$port +1 accepted +closed " text
assert_grep " failed ECONNREFUSED " text
COLUMNS=80 "$spy" sockets "$SOCKSPY_RING" >narrow || fail "sockets in 80 columns"
[ "$(LC_ALL=C.UTF-8 wc -L <narrow)" -le 80 ] || fail "lines of more than 80 columns: $(cat narrow)"
assert_grep ":$port " narrow
"$spy" sockets --format=csv "$SOCKSPY_RING" >csv || fail "sockets --format=csv"
assert_eq "$(wc -l <csv)" 5 "the lines of the CSV"
assert_eq "$(cut -d, -f1 csv | tr '\n' ' ')" "id 1 2 3 4 " "the ids"

of() { "$spy" sockets --format=jsonl "$@" "$SOCKSPY_RING" | jq -cs 'map(.id)'; }
assert_eq "$(of -p "$server")" "[1,3]" "of one process"
assert_eq "$(of --comm='http_c*')" "[2,4]" "of one program"
assert_eq "$(of --port="$closed")" "[4]" "of one port"
assert_eq "$(of -Z)" "[4]" "with a failed call"
assert_eq "$(of -e accept)" "[1,3]" "that accept acted on, and made"
assert_eq "$(of -n 2)" "[3,4]" "the last two"
assert_eq "$(of -o there.jsonl && jq -s length there.jsonl)" "[]
4" "into a file"
