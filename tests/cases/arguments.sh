#!/usr/bin/env bash
# What was passed to a call stands in `args`, in symbols.
. "$(dirname "$0")/../lib.sh" || exit 1
recorded "$programs/arguments" || fail "arguments"
check 'socket' 'calls("socket") | only | .args
    | .domain == "AF_INET6" and .type == "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK" and .protocol == "IPPROTO_TCP"'
check 'flags are no part of the type' 'calls("socket") | only | .type == "stream" and .family == "inet6"'
check 'socketpair: both descriptors, and no single one' 'calls("socketpair") | only
    | (.fds | length) == 2 and (has("fd") | not) and .type == "seqpacket" and .ret == 0'
check 'options with levels' 'calls("setsockopt") | map(.args | [.level, .option]) == [["SOL_SOCKET", "SO_KEEPALIVE"],
    ["SOL_SOCKET", "SO_LINGER"], ["IPPROTO_TCP", "TCP_NODELAY"], ["SOL_SOCKET", "0x1267"]]'
check 'values' 'calls("setsockopt") | map(.args.value) | .[0] == 1 and .[1] == {"onoff": 1, "linger": 5} and .[2] == 1'
check 'an unknown option fails' 'calls("setsockopt") | .[3] | .ret == -1 and .errno == "ENOPROTOOPT"'
check 'what getsockopt gave' 'calls("getsockopt") | only | .args | .option == "SO_TYPE" and .value == "SOCK_STREAM"'
check 'ioctl' 'calls("ioctl") | map(.args.request) == ["FIONBIO", "FIONREAD"]'
check 'fcntl' 'calls("fcntl") | map([.args.cmd, .args.arg]) == [["F_SETFL", "O_NONBLOCK"], ["F_SETFD", "FD_CLOEXEC"]]'
check 'listen' 'calls("listen") | only | .args.backlog == 77'
check 'accept4' 'calls("accept4") | only | .args.flags == "SOCK_CLOEXEC" and .errno == "EAGAIN" and (has("fds") | not)'
check 'send' 'calls("send") | only | .args.len == 5 and (.args.flags | split("|") | sort) == ["MSG_DONTWAIT", "MSG_NOSIGNAL"]'
check 'a vector that the kernel has read' 'calls("recvmsg") | .[0] | .errno == "EAGAIN" and .args.len == 16 and .args.iov == 1'
check 'a vector that it has not read holds nobody knows what' '(calls("recvmsg")[1:] + calls("sendmsg") + calls("readv"))
    | map([.errno, .args.len, .args.iov]) == [["EMSGSIZE", null, null], ["EMSGSIZE", null, null], ["EINVAL", null, 1025]]'
"$spy" explain -e sendmsg "$SOCKSPY_RING" | tr -s '\n ' ' ' >explained
assert_grep 'hands over some bytes for descriptor' explained
check 'a peek moves no bytes' 'calls("recv") | map([.ret, .bytes, .args.flags]) == [[5, null, "MSG_PEEK"], [5, 5, null]]
    or map([.ret, .bytes, .args.flags]) == [[5, 0, "MSG_PEEK"], [5, 5, null]]'
check 'shutdown' 'calls("shutdown") | map(.args.how) == ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"]'
check_keys
