#!/usr/bin/env bash
# T30: a call means more than its result: EINPROGRESS that completes later, ports
# that the stack picks at listen or sendto, bytes that are only peeked at, mapped
# addresses, families that nobody knows, and a close that still knows its peer.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/t30_semantics" >numbers || fail "t30_semantics"
n() { sed -n "s/^$1 //p" numbers; }
port=$(n port)
words='def on(number): map(select(.fd == number));'
checked() { # WHAT FILTER FD
    check "$1" "$words$2" --argjson fd "$(n "$3")" --arg port "$port" --arg nobody "$(n nobody)"
}

checked 'bound by listen' 'on($fd) | calls("listen") | only | (.local | port) == ($port | tonumber)' listening
checked 'under way: both ends are known at once' 'on($fd) | calls("connect") | .[0]
    | .errno == "EINPROGRESS" and .peer == "127.0.0.1:\($port)" and (.local | port) > 0' later
checked 'complete: what is sent and closed knows them too' 'on($fd)
    | (calls("connect")[0] | [.local, .peer]) as $ends | (calls("send") | only | [.local, .peer] == $ends)
    and (calls("close") | .[0] | [.local, .peer] == $ends)' later
checked 'what is peeked at has not come in' 'on($fd) | calls("recv") | map(.bytes) == [null, 5]' accepted
checked 'an accepted socket is closed with both addresses' 'on($fd) | calls("close") | .[0]
    | .local == "127.0.0.1:\($port)" and (.peer | port) > 0' accepted
if [ -n "$(n mapped)" ]; then
    checked 'a mapped address' 'on($fd) | calls("connect") | map(select(.family == "inet6")) | only
        | .peer == "[::ffff:127.0.0.1]:\($port)" and (.local | startswith("[::ffff:127.0.0.1]:"))' mapped
fi
if [ -n "$(n fast)" ]; then
    for way in fast fast_message; do
        checked 'connected by sending' 'on($fd) | map(select(.call | IN("sendto", "sendmsg", "close"))) | length > 1
            and all(.peer == "127.0.0.1:\($port)" and (.local | port) > 0)' $way
        check_rows connections 'and accepted' 'map(select(.a.fd == $fd)) | length == 1
            and (.[0] | .match == "names" and .a.bytes_out >= 5 and .opened < .closed)' --argjson fd "$(n $way)"
    done
    checked 'refused while sending' 'on($fd) | calls("sendmsg") | only
        | .errno == "ECONNREFUSED" and .peer == "127.0.0.1:\($nobody)" and .args.len == 5' refused
else
    echo "TCP Fast Open is off here: not looked at"
fi
check 'bound by the first datagram, by whatever call' 'calls("sendto") + calls("sendmsg") + calls("sendmmsg")
    | map(select(.peer == "127.0.0.1:\($port)")) | length == 5 and all((.local | port) > 0)' --arg port "$(n receiver_port)"
check 'a port that the stack took back is not told of again' 'calls("sendto") | map(select(.bytes == 5 and .type == "dgram")) | only
    | (.local | port) == ($port | tonumber)' --arg port "$(n apart_port)"
check_rows sockets 'nor in its row' 'any(.local == "0.0.0.0:\($port)")' --arg port "$(n apart_port)"
checked 'by whatever call it is peeked at' 'on($fd) | map(select(.call | startswith("recv"))) | map(.bytes) == [null, null, null, null, 7]' peeker
checked 'what comes back with an error has not come in' 'on($fd) | calls("recvmsg") | only | .ret == 4 and .bytes == null' in_error
checked 'interrupted: it goes on, from a port that is known' 'on($fd) | calls("connect") | last
    | .errno == "EINTR" and (.local | port) > 0 and (.peer | port) > 0' interrupted
checked 'an unknown family as raw bytes' 'calls("connect") | last
    | .errno == "EAFNOSUPPORT" and .peer == "family77:0102030400000000000000000000"' unknown
check 'a family beyond all numbers is none that we know' 'calls("socket") | last
    | .errno != null and .family == null and .type == null and .args.domain != "AF_INET"'
"$spy" sockets --format=jsonl "$SOCKSPY_RING" >sockets || fail "sockets"
jq -es 'map(.bytes_in) | add == 12' sockets >/dev/null ||
    fail "peeked bytes were counted: $(cat sockets)"

# What a connect has come to is told by SO_ERROR, by getpeername, by another connect,
# and by what goes through; nobody recorded is at the other end.
if command -v /usr/bin/python3 >/dev/null; then
    cat >ends.py <<'PYTHON'
import select, signal, socket, sys
if len(sys.argv) == 1:
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    accepted = [listening.accept() for _ in range(4)]
    signal.pause()
def under_way(port):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    select.select([], [client], [], 5)
    return client
port, nobody = int(sys.argv[1]), int(sys.argv[2])
clients = [under_way(port) for _ in range(4)] + [under_way(nobody)]
clients[0].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
clients[1].getpeername()
clients[2].connect_ex(("127.0.0.1", port))
clients[3].send(b"x")
clients[4].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
print(*[client.fileno() for client in clients], flush=True)
signal.pause()
PYTHON
    start /usr/bin/python3 -I ends.py >there
    wait_until test -s there
    rm -f "$SOCKSPY_RING"
    start_recorded /usr/bin/python3 -I ends.py "$(cat there)" "$(free_port)" >here
    wait_until test -s here
    check_rows sockets 'connected, by whatever tells it' 'map({(.fd | tostring): .state}) | add as $states
        | ($fds | split(" ")) as $fds | ($fds[0:4] | map($states[.])) == ["connected", "connected", "connected", "connected"]
        and $states[$fds[4]] == "failed"' --arg fds "$(cat here)"
    check_rows connections 'and the one that was refused is none' 'map(select(.open | not)) | only | .errno == "ECONNREFUSED"'
fi
