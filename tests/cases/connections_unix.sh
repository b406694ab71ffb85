#!/usr/bin/env bash
# AF_UNIX: a pair over a fork, a connection by its path, and a descriptor that is
# passed through it: its pipe leads from the server to the client afterwards.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/family" >numbers || fail "family"
child=$(sed -n 's/^child //p' numbers)
check_rows connections 'a pair over a fork: the parent reads at one end, the child writes at the other' '
    only | .match == "pair" and .agree and .a.pid != $child and .b.pid == $child and .b.bytes_out == 14
    and .a.bytes_in == 14 and (.a.holders | map(.pid) | unique | length) == 2' --argjson child "$child"

rm "$SOCKSPY_RING"
start_recorded "$samples/unix_server" "$TMP/meet" >out
server=$pid
wait_until listening_at "$TMP/meet"
recorded "$samples/unix_client" "$TMP/meet" || fail "unix_client"
wait "$server"
check_rows connections 'the path, and the pair of which one half was passed on' '
    (map(select(.b.local == "unix:\($path)")) | only | .a.comm == "unix_client" and .b.comm == "unix_server" and .agree)
    and (map(select(.match == "pair")) | only | .agree and .a.comm == "unix_server" and .b.comm == "unix_client"
         and (.b.holders | map(.comm) | unique) == ["unix_client", "unix_server"])' --arg path "$TMP/meet"
check_rows sockets 'how it came to the client' '
    map(select(any(.holders[]; .how == "passed"))) | only | .state == "closed" and .bytes_out > 0'
"$spy" sockets "$SOCKSPY_RING" >text || fail "sockets"
assert_grep "^unix_server\[[0-9]+\] +[0-9]+ +unix +unix:$TMP/meet +fd [0-9]+ unix_client\[[0-9]+\] +closed" text

# Datagrams to a path: who sent is known, who read what is not.
need socat
start_recorded socat -u "UNIX-RECV:$TMP/log" "OPEN:$TMP/received,creat"
receiver=$pid
# The record of bind comes after the path: what is sent before it goes to nobody known.
is_bound() { records | jq -es --arg path "$TMP/log" 'any(.[]; .call == "bind" and .local == "unix:\($path)")' >bound; }
wait_until is_bound
echo hello | recorded socat -u - "UNIX-SENDTO:$TMP/log"
wait_until grep -q hello received
kill "$receiver"
check_rows connections 'a datagram to a path' '
    map(select(.b.local == "unix:\($path)")) | only | .type == "dgram" and .a.bytes_out == 6 and .b.pid == $receiver' \
    --arg path "$TMP/log" --argjson receiver "$receiver"
