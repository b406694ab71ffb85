#!/usr/bin/env bash
# A name that is looked up through a small DNS responder of our own goes with the
# connection that follows. In a mount namespace, where /etc/resolv.conf is ours.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3 curl unshare
unshare -m true 2>/dev/null || skip "no mount namespace may be made here"
[ "$(id -u)" = 0 ] || skip "port 53 is for root"
cat >responder.py <<'END'
import socket, struct
responder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
responder.bind(("127.0.0.77", 53))
print("ready", flush=True)
while True:
    asked, client = responder.recvfrom(512)
    question = asked[12:]
    size = question.index(b"\0") + 5
    kind = struct.unpack(">H", question[size - 4:size - 2])[0]
    answer = asked[:2] + struct.pack(">HHHHH", 0x8180, 1, kind == 1, 0, 0) + question[:size]
    if kind == 1:
        answer += b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
    responder.sendto(answer, client)
END
start python3 responder.py >ready
wait_until grep -q ready ready
echo 'nameserver 127.0.0.77' >resolv.conf
echo 'hosts: dns' >nsswitch.conf
serve http_server 0 1
server=$pid
visit() { # HOST...
    unshare -m sh -c 'mount --bind resolv.conf /etc/resolv.conf && mount --bind nsswitch.conf /etc/nsswitch.conf || exit
        library=$1 port=$2; shift 2
        for host; do LD_PRELOAD=$library curl -sS --noproxy "*" "http://$host:$port/" || exit; done' \
        sh "$lib" "$port" "$@" >page 2>err || fail "curl: $(cat err)"
}
visit www.sockspy.test
wait "$server"
check_rows connections 'the name goes with the connection' '
    map(select(.a.comm == "curl" and .b.comm == "http_server")) | only
    | .host == "www.sockspy.test" and .a.connect_ns > 0 and .a.lookup_ns > 0'
"$spy" stat --by=connect "$SOCKSPY_RING" >text || fail "stat"
assert_grep "127.0.0.1:$port \(www.sockspy.test\) +1 " text
assert_eq "$(rows stat --by=connect | jq -r '.peer + " " + .host')" "127.0.0.1:$port www.sockspy.test" "the connect's peer and host"
"$spy" connections --host='*.sockspy.test' "$SOCKSPY_RING" >text || fail "connections --host"
assert_grep '\(www.sockspy.test\)' text
assert_eq "$(rows audit --allow 'curl connect *.sockspy.test' --deny '* connect *' | jq -r 'select(.does == "connect") | .target + " " + .verdict')" \
    "www.sockspy.test:* allowed" "the audit's target"

# Two names for one peer are not taken for one.
serve http_server 0 3
visit one.sockspy.test two.sockspy.test one.sockspy.test
wait "$pid"
assert_eq "$(rows stat --by=connect --port="$port" | jq -r '.host + " " + (.calls | tostring)' | sort | paste -sd,)" \
    "one.sockspy.test 2,two.sockspy.test 1" "the connects by name"

# The question and the answer themselves, where their payload is kept.
cat >asker.py <<'END'
import socket, struct
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asker.settimeout(10)
question = b"\x03www\x07sockspy\x04test\x00" + struct.pack(">HH", 1, 1)
asker.sendto(struct.pack(">HHHHHH", 4711, 0x100, 1, 0, 0, 0) + question, ("127.0.0.77", 53))
asker.recvfrom(512)
END
SOCKSPY_DATA=512 recorded python3 asker.py || fail "asker.py"
check_rows connections 'what was asked and answered' '
    map(select(.protocol == "dns")) | only | .request == "www.sockspy.test A" and .answers == "127.0.0.1" and .b.local == "127.0.0.77:53"'
"$spy" connections "$SOCKSPY_RING" >text || fail "connections"
assert_grep ' www.sockspy.test A → 127.0.0.1$' text
assert_eq "$(rows audit | jq -r 'select(.protocol == "dns") | .does + " " + .target')" "speak 127.0.0.77:53" "DNS is not encrypted"
