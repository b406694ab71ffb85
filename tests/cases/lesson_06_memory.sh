#!/usr/bin/env bash
# Lesson 6: static data, stack and heap; a descriptor leads to socket:[inode]; dup:
# two numbers, one socket; fork: two processes, one socket.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 6
check 'where the buffers lie' 'of_program("memory") | calls("write") | map(.args.buf)[0:3] == ["static", "stack", "heap"]'
check 'dup: another number, the same inode' 'of_program("memory") | calls("dup") | only | .ret != .fd and .inode > 0'
check 'the first number is closed, the socket lives on under the second' '
    of_program("memory") | (calls("dup") | only) as $dup
    | (calls("close") | .[0].fd) == $dup.fd
      and (calls("write") | last | .fd == $dup.ret and .inode == $dup.inode and .ret > 0)'
check 'the server notices only the last close' '
    (of_program("memory") | calls("close") | last | .time) as $last
    | of_program("tcp_echo_server") | calls("recv") | map(select(.ret == 0)) | .[0] | .time + .dur_ns / 1e9 >= $last'
check 'fork: the same number and the same inode in two processes' '
    of_program("fork_client") | (calls("connect") | only) as $parent | calls("write") | only
    | .pid != $parent.pid and .fd == $parent.fd and .inode == $parent.inode'
inode=$(value 'of_program("memory") | calls("dup") | only | .inode')
assert_eq "$(grep -c "descriptor [0-9]* -> socket:\[$inode\]" out)" 2 "lines of /proc/PID/fd with this inode"
assert_grep 'fork_client\[[0-9]+\], descriptor 3\)' out
assert_grep "dup: two numbers and one socket, socket:\[$inode\]\." flat
