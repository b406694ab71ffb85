#!/usr/bin/env bash
# Lesson 4: one pipe, different numbers at its ends; two clients with the same number.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 4
check 'two programs hold the same number for two sockets, at the same time' '
    of_program("http_client") | calls("connect") | (map(.pid) | unique | length) == 2
    and (map(.fd) | unique | length) == 1 and (map(.inode) | unique | length) == 2'
check 'both are connected before either leaves' '
    of_program("http_client") | (calls("connect") | map(.time) | max) < (calls("close") | map(.time) | min)'
check 'the other end of each has another number' '
    (of_program("http_client") | calls("connect") | map({key: .local, value: .fd}) | from_entries) as $client
    | of_program("windows_server") | calls("accept") | length == 2 and all($client[.peer] != null and $client[.peer] != .ret)'
