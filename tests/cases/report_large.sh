#!/usr/bin/env bash
# A report of 100,000 records is there within three seconds, and draws again in no
# time.
# timeout: 120
# alone
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/browser.sh"

export SOCKSPY_SIZE=64M SOCKSPY_DATA=32
recorded /usr/bin/python3 - <<'END' || fail python3
import socket
server = socket.create_server(("127.0.0.1", 0), backlog=500)
pairs = []
for _ in range(400):
    client = socket.create_connection(server.getsockname())
    pairs.append((client, server.accept()[0]))
for i in range(61):
    for client, peer in pairs:
        client.sendall(b"GET /%d HTTP/1.0\r\n\r\n" % i)
        peer.recv(100)
        peer.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        client.recv(100)
for client, peer in pairs:
    client.close()
    peer.close()
END
report page.html
records=$(value length)
[ "$records" -gt 100000 ] || fail "only $records records"
draw='(() => { const begin = performance.now();
    for (let i = 0; i < 10; i++) { timeline.zoom(0.5); drawing.repaint(); }
    timeline.fit(); drawing.repaint();
    return (performance.now() - begin) / 11; })()'
choose='(() => { const begin = performance.now(); change({connection: 300}); return performance.now() - begin; })()'
filter='(() => { const begin = performance.now(); byId("filter").value = "127";
    byId("filter").dispatchEvent(new Event("input")); return performance.now() - begin; })()'
browse page.html eval "Number(document.documentElement.dataset.ready)" eval "data.records.length" \
    eval "$draw" eval "$choose" eval "$filter" >figures
read -r ready shown drawn chosen filtered < <(paste -sd" " figures)
assert_eq "$shown" "$records" 'the records of the page'
size=$(stat -c %s page.html)
echo "ready after $ready ms, drawn in $drawn ms, a connection chosen in $chosen ms, filtered in $filtered ms, $size bytes"
[ "$ready" -lt 3000 ] || fail "ready only after $ready ms"
[ "${drawn%.*}" -lt 200 ] || fail "drawing takes $drawn ms"
