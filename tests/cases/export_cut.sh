#!/usr/bin/env bash
# Capture files of what was not kept: payload cut or not kept at all, one end
# only, a ring that begins in mid-life or has a hole; and of addresses that are
# used again. No segment may count as lost, or as sent twice.
# timeout: 240
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/capture.sh"
need /usr/bin/python3

# Both ends: 3 MB in writes of all sizes, both ways.
talk() {
    recorded /usr/bin/python3 - <<'END'
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
port=$(sed -n 's/^port //p' server.out)
recorded "$samples/http_client" "$port" >page || fail http_client
capture one.pcapng
bytes=("${ports[@]}")
ports+=(-d "tcp.port==$port,http")
sound one.pcapng
assert_eq "$(shark one.pcapng -Y http.response -T fields -e frame.packet_flags_direction | head -n 1)" 0x00000001 \
    'the direction of the answer'
ports=("${bytes[@]}")

# A ring in which the past is overwritten: connections begin in mid-life, and what
# is lost is counted.
export SOCKSPY_RING=$TMP/ring-small SOCKSPY_DATA=0 SOCKSPY_SIZE=16K
talk || fail python3
lost=$(value 'calls("lost") | map(.count) | add // 0')
[ "$lost" -gt 0 ] || fail 'nothing was overwritten'
capture small.pcapng
sound small.pcapng
assert_eq "$(shark small.pcapng -T fields -e frame.drop_count | awk '{ n += $1 } END { print n }')" "$lost" 'dropped packets'

# The client has sent all and gone before its server begins to read; their
# beginnings are overwritten. It is one connection all the same.
slow() { # SECONDS
    recorded /usr/bin/python3 - "$1" <<'END'
import socket, sys, time
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
peer, _ = server.accept()
a, b = socket.socketpair()
for _ in range(300):
    a.send(b"x")
    b.recv(1)
for size in (10000, 20000, 30000):
    client.sendall(b"y" * size)
client.close()
a.send(b"z")
time.sleep(float(sys.argv[1]))
while peer.recv(16000):
    pass
peer.close()
END
}
internet='ip.src == 127.0.0.1'
export SOCKSPY_RING=$TMP/ring-slow
slow 1.2 || fail python3
capture slow.pcapng
sound slow.pcapng
assert_eq "$(shark slow.pcapng -Y "$internet && tcp.len > 0" -T fields -e tcp.len | paste -sd' ')" '10000 20000 30000' \
    'what went, once'

# Holes where the server accepted, and between the client's end and what the
# server reads: that goes on where the client ended, if it cannot be said to be the
# same connection.
export SOCKSPY_RING=$TMP/ring-hole SOCKSPY_SIZE=256K
slow 0 || fail python3
chunks_at=$(od -An -td8 -j 72 -N 8 "$SOCKSPY_RING") # ring_header.chunks_at
for id in $(value '[calls("accept4") + calls("accept"), calls("send")] | map(last.id) | .[]'); do
    printf 'a hole in it' | dd of="$SOCKSPY_RING" bs=1 seek=$((chunks_at + id * 64 + 16)) conv=notrunc status=none
done
check 'two records are missing' 'calls("lost") | map(.count) == [1, 1]'
capture hole.pcapng
sound hole.pcapng

# Connections one after the other between the same two ports, closed and broken
# off; and a port on which nobody listens, from one that is known and from others.
export SOCKSPY_RING=$TMP/ring-again SOCKSPY_DATA=64
recorded /usr/bin/python3 - <<'END' || fail python3
import socket, struct
server = socket.create_server(("127.0.0.1", 0))
name = ("127.0.0.1", 0)
for i in range(4):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind(name)
    client.connect(server.getsockname())
    name = client.getsockname()
    peer, _ = server.accept()
    client.sendall(b"hello %d" % i)
    peer.recv(9)
    peer.sendall(b"answer %d" % i)
    client.recv(9)
    first, second = (client, peer) if i % 2 else (peer, client)
    first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    first.close()
    second.close()
with socket.socket() as bound:
    bound.bind(("127.0.0.1", 0))
    server.close()
    for i in range(3):
        bound.connect_ex(name)
        socket.socket().connect_ex(name)
END
capture again.pcapng
sound again.pcapng
assert_eq "$(shark again.pcapng -Y 'tcp.len > 0' -T fields -e tcp.stream | uniq -c | awk '{ print $1 }' | paste -sd' ')" '2 2 2 2' \
    'a stream for each connection'
assert_eq "$(shark again.pcapng -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' -T fields -e tcp.stream | sort -u | wc -l)" 10 \
    'a stream for each refusal'
