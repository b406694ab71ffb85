#!/usr/bin/env bash
# Processes that have nothing to do with each other are drawn one below the other where
# they do not fit beside each other; a descriptor stands at an arrow's end only while
# it is open.
. "$(dirname "$0")/../lib.sh" || exit 1
export SOCKSPY_DATA=64
for pair in 1 2; do
    serve tcp_echo_server 0 1
    server=$pid
    recorded "$samples/tcp_echo_client" "$port" "pair $pair" >/dev/null || fail "client $pair"
    wait "$server"
done
titles() { grep -cE '^tcp_echo_[cs][a-z_…]*\[' "$1"; }
COLUMNS=120 "$spy" diagram --lang=en "$SOCKSPY_RING" >wide || fail "diagram"
assert_eq "$(titles wide)" 1 "diagrams of 120 columns"
assert_eq "$(head -n 1 wide | grep -o 'tcp_echo_' | wc -l)" 4 "lanes"
COLUMNS=50 "$spy" diagram --lang=en "$SOCKSPY_RING" >narrow || fail "diagram"
assert_eq "$(titles narrow)" 2 "diagrams of 50 columns"
grep -qE '\+[0-9]' narrow && fail "somebody found no room: $(cat narrow)"
assert_eq "$(grep -c '① creating the socket' narrow)" 1 "legends"
# All that happened in the one stands in the others as well.
assert_eq "$(grep -cE '^[①②③④]  ' narrow)" "$(grep -cE '^[①②③④]  ' wide)" "rows"
for pair in 1 2; do
    awk -v RS= "NR == $pair" narrow >one
    assert_grep "pair $pair" one
    grep -q "pair $((3 - pair))" one && fail "pair $pair is drawn with the other: $(cat one)"
done
# By socket a pair of sockets has two lanes, and is born on one of them.
rm "$SOCKSPY_RING"
recorded "$samples/unix_server" "$TMP/sock" >/dev/null &
wait_until listening_at "$TMP/sock"
recorded "$samples/unix_client" "$TMP/sock" || fail "unix_client"
wait
COLUMNS=110 "$spy" diagram --by=socket --lang=en "$SOCKSPY_RING" >pair || fail "diagram"
assert_grep '● socketpair → [0-9]+ [0-9]+' pair
assert_grep '(● 4 accept\(3\)|accept\(3\) 4 ●)' pair # on the new socket's lane, not on the listening one's
[ "$(head -n 1 pair | grep -oE 'unix_[a-z]+' | wc -l)" = 5 ] || fail "not five sockets: $(cat pair)"
COLUMNS=80 "$spy" diagram --lang=en "$SOCKSPY_RING" >pair || fail "diagram"
assert_grep '^unix_client\[[0-9]+\] +unix_server\[[0-9]+\]$' pair
# A group that is too wide by itself folds the least busy.
rm "$SOCKSPY_RING"
serve windows_server 0 3
server=$pid
for _ in 1 2 3; do
    recorded "$samples/http_client" "$port" >/dev/null &
done
wait
COLUMNS=50 "$spy" diagram --lang=en "$SOCKSPY_RING" >folded || fail "diagram"
assert_eq "$(awk -v RS= 'END { print NR }' folded)" 2 "a diagram and its legend"
assert_grep ' \+2$' folded

# connect names a port: the server's descriptor comes with accept only. What is sent
# to a side that has gone has no descriptor to go to.
rm "$SOCKSPY_RING"
serve count_server 0 1
server=$pid
recorded "$samples/leave_client" "$port" first || fail "leave_client"
wait "$server"
"$spy" diagram --lang=en "$SOCKSPY_RING" >left || fail "diagram"
assert_grep ":[0-9]+╌+ connect ╌+:$port▶ │$" left
assert_grep '┊ ◀─+ send 7 "8 bytes" ─+ 4 ┤$' left
assert_grep '^④  × 3 ╌+ close ╌+▶ (4 )?│$' left
