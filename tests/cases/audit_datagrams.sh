#!/usr/bin/env bash
# Datagrams in the inventory: a server listens at its port; a client that binds a
# port before it connects does not, and one whose datagram could not be sent has
# tried. One that only receives listens, whoever chose its port. A server whose start is overwritten has listened all the same.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3 taskset
serve udp_server 0 1
server=$pid
recorded python3 - "$port" <<'END' || fail "the client"
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(("127.0.0.1", 0))
client.connect(("127.0.0.1", int(sys.argv[1])))
client.send(b"hello")
client.recv(100)
lost = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    lost.sendto(b"to all", ("127.255.255.255", 7)) # needs SO_BROADCAST
except PermissionError:
    pass
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", receiver.getsockname())
receiver.recv(100)
nameless = socket.socket(socket.AF_UNIX)
nameless.bind("")
nameless.listen()
END
wait "$server"
start_recorded python3 -c "
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe: # a port that is free, to be named
    probe.bind(('127.0.0.1', 0))
    name = probe.getsockname()
server.bind(name)
print('bound', server.getsockname()[1], flush=True)
for i in range(3):
    server.recv(100)
    print('got', flush=True)" >named.out
wait_until grep -q bound named.out
named=$(sed -n 's/^bound //p' named.out)
recorded python3 -c "
import socket
for i in range(2):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'hello', ('127.0.0.1', $named))"
wait_until eval '[ "$(grep -c got named.out)" = 2 ]'
told() { rows audit >audit && jq -r '[.program, .does, .target, .failed, .errno // ""] | join(" ")' audit | sed 's/ *$//' | sort; }
sort >want <<END
python3 connect 127.0.0.1:* 0
python3 connect 127.0.0.1:$named 0
python3 connect 127.255.255.255:7 1 EACCES
python3 listen 127.0.0.1:$named 0
python3 listen 127.0.0.1:* 0
python3 listen unix:@* 0
udp_server listen 127.0.0.1:* 0
END
told | grep -v 'python3 inherit' >got
diff want got || fail "the inventory: $(cat audit)"
assert_eq "$(jq -c 'select(.does == "listen") | .times' audit | sort -u)" 1 "how often each has listened, whoever wrote to it"
kill "$pid"
wait "$pid" 2>/dev/null
told | grep -v 'python3 inherit' >got
diff want got || fail "the inventory after its end: $(cat audit)"

# On one CPU, so that no idle lane keeps what came first.
rm "$SOCKSPY_RING"
cpu=$(taskset -pc $$ | sed 's/.*: *//; s/[,-].*//')
SOCKSPY_SIZE=64K recorded taskset -c "$cpu" "$programs/many" 2000 || fail "many"
check 'the records of listen are overwritten' 'calls("listen") == [] and (calls("accept") | length > 0)'
assert_eq "$(rows audit | jq -r 'select(.does == "listen") | .program + " " + .target' | sed 's/:[0-9]*$//')" "many 127.0.0.1" \
    "who accepts, listens"
