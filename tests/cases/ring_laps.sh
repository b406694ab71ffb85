#!/usr/bin/env bash
# A ring that is too small keeps the end, and counts exactly what is missing.
. "$(dirname "$0")/../lib.sh" || exit 1
serve tcp_echo_server 0 1
server=$pid
client=$TMP/client
mapfile -t words < <(head -c 120000 /dev/zero | tr '\0' 'x' | fold -w 60)
SOCKSPY_RING=$client SOCKSPY_SIZE=64K recorded "$samples/tcp_echo_client" "$port" "${words[@]}" >/dev/null || fail "the client"
wait "$server"
"$spy" log --format=jsonl "$client" >records || fail "log"
jq -es 'map(select(.call == "lost")) | map(.count) | add > 0' records >/dev/null || fail "nothing lost in 64 KiB"
jq -es 'last | .call == "exit" or .call == "close"' records >/dev/null || fail "the end is not there"
# Every record that was written is printed or counted: the server's ring, which
# was large enough, holds as many sends as the client made.
sent=$(value 'calls("send") | length')
[ "$sent" -ge 2000 ] || fail "the server's ring holds $sent sends"
# Read alone, what is left still says whose it is, and where it went.
jq -es --arg port "$port" 'map(select(.call == "send"))
    | length > 10 and all(.comm == "tcp_echo_client" and .peer == "127.0.0.1:\($port)" and .family == "inet" and .local)' \
    records >/dev/null || fail "a record depends on lost ones: $(head -n 3 records)"
rm -f "$client"
