#!/usr/bin/env bash
# The four phases of one HTTP exchange, seen from both ends.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
server=$pid
SOCKSPY_DATA=64 recorded "$samples/http_client" "$port" >page || fail "http_client"
wait "$server"
assert_grep 'Hello from the server' page

words='def client: map(select(.comm == "http_client")); def server: map(select(.comm == "http_server"));
    def io: map(select(.call | IN("socket", "bind", "listen", "accept", "connect", "read", "write", "close")));'
check 'the calls of the client' "$words"' client | io | map(.call) == ["socket", "connect", "write", "read", "read", "close"]'
check 'the calls of the server' "$words"' server | io | map(.call) ==
    ["socket", "bind", "listen", "accept", "read", "write", "close", "close"]'
check 'socket gives the descriptor that connect, write, read and close use' \
    "$words"' client | io | map(.fd) | unique | length == 1'
check 'socket says family, type and its new descriptor' "$words"'
    client | calls("socket") | only | .family == "inet" and .type == "stream" and .ret == .fd and .fds == [.fd]'
check 'connect: the server as the peer, and a local port that the stack chose' "$words"'
    client | calls("connect") | only | .ret == 0 and .peer == "127.0.0.1:\($port)" and (.local | test("^127[.]0[.]0[.]1:[1-9]"))' \
    --arg port "$port"
check 'no local address before connect' "$words"' client | calls("socket") | only | has("local") | not'
check 'the port that connect got is the peer that accept saw' "$words"'
    (client | calls("connect") | only | .local) == (server | calls("accept") | only | .peer)'
check 'accept: a new descriptor beside the listening one' "$words"'
    (server | calls("listen") | only | .fd) as $listening
    | server | calls("accept") | only | .fd == $listening and .ret != $listening and .fds == [.ret]'
check 'the new descriptor carries the data, and both end' "$words"'
    (server | calls("accept") | only) as $accept
    | (server | map(select(.call | IN("read", "write"))) | all(.fd == $accept.ret and .peer == $accept.peer))
      and (server | calls("close") | map(.fd) == [$accept.ret, $accept.fd])'
check 'one socket keeps its inode, two have two' "$words"'
    (client | io | map(.inode) | unique | length == 1)
    and ((server | calls("accept") | only | .inode) != (server | calls("read") | .[0].inode))'
check 'bytes that one side wrote, the other read' "$words"'
    (client | calls("write") | only | .bytes) == (server | calls("read") | map(.bytes) | add)
    and (server | calls("write") | only | .bytes) == (client | calls("read") | map(.bytes) | add)'
check 'the end of the connection is a read of nothing' "$words"' client | calls("read") | last | .ret == 0'
check 'payload where it was asked for, and only there' "$words"'
    (client | calls("write") | only | .data | startswith("GET / HTTP/1.0\u000d\u000a"))
    and (server | calls("read") | all(has("data") | not))'
check 'where the buffers lie' "$words"'
    (client | calls("write") | only | .args.buf) == "stack" and (server | calls("write") | only | .args.buf) == "static"'
check 'the backlog' "$words"' server | calls("listen") | only | .args.backlog == 5'
check 'the option with its symbolic names' "$words"' server | calls("setsockopt") | only | .args
    | .level == "SOL_SOCKET" and .option == "SO_REUSEADDR" and .value == 1'
check 'times: real, in order, with a duration' '
    map(select(.call != "lost")) | all(.time > 1600000000 and .dur_ns >= 0)
    and (map(select(.pid == $pid)) | map(.time) | . == sort)' --argjson pid "$server"
check 'ids are unique' 'map(.id) | length == (unique | length)'
check_keys
