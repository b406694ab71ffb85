#!/usr/bin/env bash
# A connect to no address at all goes to this host: the peer is as the kernel has it.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
recorded python3 -c "
import socket as S
from socket import *
l = S.socket(); l.bind(('127.0.0.1', 0)); l.listen(); port = l.getsockname()[1]
c = S.socket(); c.connect(('0.0.0.0', port)); s, _ = l.accept()
c.sendall(b'x'); s.recv(1); c.close(); s.close()
u = S.socket(AF_INET, SOCK_DGRAM); u.bind(('127.0.0.1', 0)); at = u.getsockname()[1]
v = S.socket(AF_INET, SOCK_DGRAM); v.sendto(b'dg', ('0.0.0.0', at)); u.recv(9)
w = S.socket(AF_INET, SOCK_DGRAM); w.connect(('0.0.0.0', at)); w.send(b'dgc'); u.recv(9)
" || fail "python3"
check_rows connections "each peer is this host's address" '
    map(select(.family == "inet")) | length == 3
    and all((.b.local // .a.peer) | startswith("127.0.0.1:")) and all(.a.fd != null and .b.fd != null)'
check "in each record, too" '(calls("connect") + calls("sendto")) | map(select(.family == "inet")) | length == 3
    and all(.peer | startswith("127.0.0.1:"))'
if has_ipv6; then
    rm -f "$SOCKSPY_RING"
    recorded python3 -c "
import socket as S
from socket import *
l = S.socket(AF_INET6); l.bind(('::', 0)); l.listen(); port = l.getsockname()[1]
c = S.socket(AF_INET6); c.connect(('::', port)); s, _ = l.accept(); c.sendall(b'x'); s.recv(1)
" || fail "python3 with IPv6"
    check "of IPv6 as well" 'calls("connect") | map(select(.family == "inet6")) | only | .peer | startswith("[::1]:")'
fi
