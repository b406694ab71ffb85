#!/usr/bin/env bash
# A socket travels by SCM_RIGHTS: both records name it, its inode is the same.
. "$(dirname "$0")/../lib.sh" || exit 1
start_recorded "$samples/unix_server" "$TMP/meet" >out
server=$pid
wait_until listening_at "$TMP/meet"
recorded "$samples/unix_client" "$TMP/meet" || fail "unix_client"
wait "$server"
assert_grep '^written through descriptor' out
number=$(sed 's/.* //' out)

words='def client: map(select(.comm == "unix_client")); def server: map(select(.comm == "unix_server"));'
check 'what sendmsg passed on' "$words"'
    (server | calls("socketpair") | only | .fds) as $pair
    | server | calls("sendmsg") | only | .args.passed == [$pair[1]]'
check 'what recvmsg brought' "$words"' client | calls("recvmsg") | only | .fds == [$number]' --argjson number "$number"
check 'the same socket under another number' "$words"'
    (server | calls("close") | .[0].inode) as $inode
    | client | calls("write") | only | .fd == $number and .inode == $inode' --argjson number "$number"
check 'the path as the address' "$words"'
    (client | calls("connect") | only | .peer == "unix:\($path)" and .family == "unix")
    and (server | calls("bind") | only | .local == "unix:\($path)")' --arg path "$TMP/meet"
check_keys
check 'the passed one is closed on both sides' "$words"'
    (client | calls("close") | map(.fd) | index($number) != null)
    and (server | calls("sendmsg") | only | .args.passed[0]) as $fd
    | (server | calls("close") | map(.fd) | index($fd) != null)' --argjson number "$number"
