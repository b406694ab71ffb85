#!/usr/bin/env bash
# Addresses of every family, in the form that a person writes.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/families" "$TMP/path" >numbers || fail "families"
n() { sed -n "s/^$1 //p" numbers; }
if [ -n "$(n inet6)" ]; then
    check 'IPv6' 'map(select(.family == "inet6")) | calls("connect") | .[0] | .peer == "[::1]:\($port)"
        and (.local | test("^\\[::1\\]:[1-9]"))' --arg port "$(n inet6)"
    check 'IPv6 at accept' '(map(select(.family == "inet6")) | calls("connect") | .[0].local)
        == (map(select(.family == "inet6")) | calls("accept") | .[0].peer)'
    check 'IPv4 through IPv6' 'map(select(.family == "inet6")) | calls("connect") | .[1].peer == "[::ffff:127.0.0.1]:\($port)"' \
        --arg port "$(n mapped)"
fi
check 'a path' 'map(select(.family == "unix")) | calls("connect") | .[0].peer == "unix:\($path)"' --arg path "$TMP/path"
check 'an abstract name' 'map(select(.family == "unix"))
    | (calls("bind") | .[1].local) == "unix:@sockspy-test-\($n)" and (calls("connect") | .[1].peer) == "unix:@sockspy-test-\($n)"' \
    --arg n "$(n pid)"
check 'netlink' 'map(select(.family == "netlink")) | map(.call) == ["socket", "bind", "close"]'
check 'its address' 'map(select(.family == "netlink")) | .[1].local | contains("netlink")'
check 'whose port the kernel chose' 'map(select(.family == "netlink")) | calls("bind") | only | .args.port != null'
if [ -n "$(n vsock)" ]; then
    check 'vsock, whose port nobody chose for it' 'map(select(.family == "vsock")) | calls("bind") | only
        | .local == "vsock:*:\($port)" and (.args.port == null)' --arg port "$(n vsock)"
fi
check 'what was written' 'calls("write") | length > 1 and all(.bytes == 3)'
check_keys
