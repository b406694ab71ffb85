#!/usr/bin/env bash
# kill -9 of curl in mid-transfer: its log ends with the last call that came back.
. "$(dirname "$0")/../lib.sh" || exit 1
need curl /usr/bin/python3

# A page that never ends, a kilobyte at a time.
cat >server.py <<'END'
import socket, time
with socket.create_server(("127.0.0.1", 0)) as listening:
    print("port", listening.getsockname()[1], flush=True)
    client, _ = listening.accept()
    client.recv(4096)
    client.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    try:
        for _ in range(3000):
            client.sendall(b"x" * 1024)
            time.sleep(0.01)
    except OSError:
        pass
END
start /usr/bin/python3 server.py >server.out
wait_until grep -q '^port' server.out
port=$(sed -n 's/^port //p' server.out)
start_recorded curl -sN --noproxy '*' -o page "http://127.0.0.1:$port/"
has_twenty() { [ "$(stat -c %s page)" -ge 20000 ]; }
wait_until has_twenty
kill -KILL "$pid"
wait "$pid" 2>/dev/null

# What is in the page came out of a recv that is in the log; one that came back
# just before the end may not have got into the page.
written=$(stat -c %s page)
received=$(value 'map(select(.bytes and (.call | IN("recv", "read", "recvfrom"))) | .bytes) | add - 19')
[ "$received" -ge "$written" ] || fail "$written bytes in the page, but only $received in the log"
[ $((received - written)) -le 102400 ] || fail "$received bytes in the log, but only $written in the page"
check 'the end was sudden' 'map(.call) | index("exit") == null and (last | IN("recv", "poll", "close"))'
check 'nothing is missing' 'calls("lost") == []'
