#!/usr/bin/env bash
# Sockets of the Internet families that speak neither TCP nor UDP are not called so:
# ICMP where a user may, MPTCP (whose pipe is TCP), UDP-Lite, as far as the kernel
# has them.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
recorded python3 - >have <<'END' || fail "the sockets"
import errno, socket

def make(word, family, type, protocol):
    try:
        made = socket.socket(family, type, protocol)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.ENOPROTOOPT, errno.EINVAL):
            raise
        return None
    print(word)
    return made

make("udplite", socket.AF_INET, socket.SOCK_DGRAM, 136)
make("tcp", socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
make("udp", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
listening = make("mptcp", socket.AF_INET, socket.SOCK_STREAM, 262)
if listening is not None:
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    client = make("mptcp", socket.AF_INET, socket.SOCK_STREAM, 262)
    client.connect(listening.getsockname())
    accepted = listening.accept()[0]
    client.send(b"hello")
    accepted.recv(100)
END
# In a network of our own we may say who may ping.
LD_PRELOAD=$lib unshare -rn sh -c 'echo 0 0 >/proc/sys/net/ipv4/ping_group_range && exec "$@"' sh \
    python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP); print("icmp")' \
    2>/dev/null >>have
rows sockets | jq -r 'select(.role != "server") | .transport // {stream: "tcp", dgram: "udp"}[.type]' | sort >told
diff <(sort have) told || fail "the sockets: $(rows sockets)"
"$spy" sockets "$SOCKSPY_RING" | awk 'NR > 1 && /python3/ { print $3 }' | sort -u >kinds
diff <(sort -u have) kinds || fail "the column: $(cat kinds)"
if grep -q mptcp have; then
    check_rows connections 'a pipe of MPTCP' 'only | .transport == null and .type == "stream" and .a.bytes_out == 5 and .agree'
    rows audit | jq -e 'select(.does == "listen" and .kind == "mptcp")' >/dev/null || fail "the audit: $(rows audit)"
fi
exit 0
