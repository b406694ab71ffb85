#!/usr/bin/env bash
# Capture files of redis, a UDP pair, a UNIX pair with a passed descriptor, and a
# connection that is refused.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/capture.sh"
. "$top/tests/sessions.sh"
need xxd
export SOCKSPY_DATA=4096

fresh() { # a ring of its own
    export SOCKSPY_RING=$TMP/ring-$1
}

fresh udp
serve udp_server
udp=$pid
printf 'one datagram\n' | recorded "$samples/udp_client" "$port" >reply 2>&1 || recorded "$samples/udp_client" "$port" hello >reply || fail udp_client
kill "$udp" 2>/dev/null
wait "$udp" 2>/dev/null
capture udp.pcapng
sound udp.pcapng
sent=$(value 'map(select(.type == "dgram" and .bytes and (.call | startswith("send"))) | .bytes) | length')
assert_eq "$(shark udp.pcapng -Y udp | wc -l)" "$sent" 'each datagram once'
assert_eq "$(shark udp.pcapng -Y "udp.dstport == $port" -T fields -e ip.src -e ip.dst | sort -u)" "127.0.0.1	127.0.0.1" 'addresses'
shark udp.pcapng -Y "udp.dstport == $port" -T fields -e udp.payload | head -n 1 | xxd -r -p >payload
[ -s payload ] || fail 'no payload'
grep -qF "$(head -c 20 payload)" <<<"$(records)" || fail "the datagram is not what was sent: $(cat payload)"

fresh unix
start_recorded "$samples/unix_server" "$TMP/socket" >server.out
wait_until test -S "$TMP/socket"
recorded "$samples/unix_client" "$TMP/socket" >client.out || fail unix_client
wait_until grep -q . server.out
kill "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
capture unix.pcapng
sound unix.pcapng
shark unix.pcapng -Y 'tcp.len > 0' -T fields -e ip.src -e ip.dst >ends
assert_grep '^10\.0\.([01])\.[0-9]+	10\.0\.[01]\.[0-9]+$' ends
assert_eq "$(shark unix.pcapng -Y 'tcp.flags.syn == 1' | wc -l)" 4 'two handshakes'
shark unix.pcapng -T fields -e frame.comment | grep -q "unix:$TMP/socket" || fail 'the path is not in the comments'
WIRESHARK_CONFIG_DIR=$TMP/wireshark tshark -r unix.pcapng -N n 2>/dev/null >named
assert_grep 'unix_client\[[0-9]+\]' named
assert_grep "unix:$TMP/socket" named
records | jq -rj 'select(.bytes and .data and (.call | IN("write", "send", "sendmsg"))) | .data' >wanted
for stream in 0 1; do
    followed unix.pcapng $stream 0
    followed unix.pcapng $stream 1
done >got
letters() { tr -d '\0' <"$1" | fold -w 1 | sort; }
assert_eq "$(letters got)" "$(letters wanted)" 'the bytes of both streams'

fresh refused
refused=$(free_port)
recorded bash -c "exec 3<>/dev/tcp/127.0.0.1/$refused" 2>/dev/null && fail 'somebody listens there'
capture refused.pcapng
sound refused.pcapng
assert_eq "$(shark refused.pcapng -T fields -e tcp.flags.str | tr -dc 'SR\n' | paste -sd' ')" 'S R' 'SYN and RST'
assert_grep ECONNREFUSED <(shark refused.pcapng -T fields -e frame.comment)

if command -v redis-server >/dev/null; then
    fresh redis
    session redis
    run_session
    capture redis.pcapng
    sound redis.pcapng
    assert_eq "$(shark redis.pcapng -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0 && frame.comment contains "redis-cli"' | wc -l)" 3 \
        'the connections of redis-cli'
    redis=$(shark redis.pcapng -Y 'tcp.len > 0' -T fields -e tcp.srcport | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
    [ "$(shark redis.pcapng -d "tcp.port==$redis,resp" -Y resp | wc -l)" -ge 5 ] || fail "redis's commands and answers"
fi
