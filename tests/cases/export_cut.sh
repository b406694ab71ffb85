#!/usr/bin/env bash
# Capture files of what was not kept: payload cut or not kept at all, one end
# only, a ring that begins in mid-life. No segment may count as lost.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/capture.sh"
need python3

# Both ends: 3 MB in writes of all sizes, both ways.
talk() {
    recorded python3 - <<'END'
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
def serve():
    peer, _ = server.accept()
    while True:
        data = peer.recv(50000)
        if not data:
            break
        peer.sendall(data)
    peer.close()
thread = threading.Thread(target=serve)
thread.start()
client = socket.create_connection(server.getsockname())
def read():
    while client.recv(70000):
        pass
reader = threading.Thread(target=read)
reader.start()
size = 1
for i in range(44):
    client.sendall(b"x" * size)
    size = size * 4 // 3 + 1
client.shutdown(socket.SHUT_WR)
reader.join()
client.close()
thread.join()
server.close()
END
}

bytes_of() { # FILE - by the sequence numbers of both sides
    shark "$1" -Y tcp.len -T fields -e tcp.stream -e tcp.len | awk '{ n += $2 } END { print n }'
}

for data in 0 100; do
    export SOCKSPY_RING=$TMP/ring-$data SOCKSPY_DATA=$data
    talk || fail python3
    capture "cut-$data.pcapng"
    sound "cut-$data.pcapng"
    sent=$(value 'map(select((.call | startswith("send")) and .bytes) | .bytes) | add')
    assert_eq "$(bytes_of "cut-$data.pcapng")" "$sent" "the bytes, $data kept"
done
none cut-0.pcapng 'frame.cap_len > 48' 'payload that was not kept'
[ -n "$(shark cut-100.pcapng -Y 'frame.cap_len == 140 && frame.len > 140')" ] || fail 'no payload cut at 100 bytes'

# One end only; its peer's packets are made from what it received.
export SOCKSPY_RING=$TMP/ring-one SOCKSPY_DATA=64
start "$samples/http_server" 0 1 >server.out
wait_until grep -q '^port ' server.out
recorded "$samples/http_client" "$(sed -n 's/^port //p' server.out)" >page || fail http_client
capture one.pcapng
sound one.pcapng
assert_eq "$(shark one.pcapng -Y http.response -T fields -e frame.packet_flags_direction | head -n 1)" 0x00000001 \
    'the direction of the answer'

# A ring in which the past is overwritten: connections begin in mid-life, and what
# is lost is counted.
export SOCKSPY_RING=$TMP/ring-small SOCKSPY_DATA=0 SOCKSPY_SIZE=16K
talk || fail python3
lost=$(value 'calls("lost") | map(.count) | add // 0')
[ "$lost" -gt 0 ] || fail 'nothing was overwritten'
capture small.pcapng
sound small.pcapng
