#!/usr/bin/env bash
# Capture files of redis, a UDP pair, UNIX streams with a passed descriptor, UNIX
# datagrams with names and without, and a connection that is refused.
# timeout: 240
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
wait "$udp" # it has answered its one datagram
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
wait_until listening_at "$TMP/socket"
recorded "$samples/unix_client" "$TMP/socket" >client.out || fail unix_client
wait "$pid" || fail unix_server
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

# Streams byte for byte, each side for itself; datagrams one by one.
fresh pairs
recorded /usr/bin/python3 - "$TMP" <<'END' || fail python3
import os, socket, sys
a, b = socket.socketpair()
there, back = os.urandom(100000), os.urandom(5000)
open("there", "wb").write(there)
open("back", "wb").write(back)
for at in range(0, len(there), 4000):
    a.sendall(there[at:at + 4000])
    left = 4000
    while left:
        left -= len(b.recv(min(left, 1777)))
    if at % 20000 == 0:
        b.sendall(back[at // 20:at // 20 + 1000])
        a.recv(1000)
a.close()
b.close()
c, d = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
c.send(b"of a pair")
d.recv(100)
d.send(b"")
c.recv(100)
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("log, \u2192 here")
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.bind("\0abstract")
client.sendto(b"to a name", "log, \u2192 here")
server.sendto(b"and back", server.recvfrom(100)[1])
client.recv(100)
END
capture pairs.pcapng
sound pairs.pcapng
same_bytes pairs.pcapng 0 0 there
same_bytes pairs.pcapng 0 1 back
assert_eq "$(shark pairs.pcapng -Y udp -T fields -e udp.length -e udp.payload | while read -r length payload; do
    echo "$((length - 8)) $(xxd -r -p <<<"$payload")"; done)" $'9 of a pair\n0 \n9 to a name\n8 and back' 'the datagrams'
WIRESHARK_CONFIG_DIR=$TMP/wireshark tshark -r pairs.pcapng -N n -Y udp 2>/dev/null >named
assert_grep 'python3\[[0-9]+\] → unix:log, → here' named
assert_grep 'unix:log, → here → python3\[[0-9]+\]' named
shark pairs.pcapng -T fields -e frame.comment >comments
assert_grep ' fd [0-9]+ fd [0-9]+: socketpair' comments

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
