#!/usr/bin/env bash
# Lesson 1: the four phases of one HTTP/1.0 exchange, on both sides.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 1
check 'the calls of the client' 'of_program("http_client") | phases == ["socket", "connect", "write", "read", "read", "close"]'
check 'the calls of the server' 'of_program("http_server") | phases ==
    ["socket", "bind", "listen", "accept", "read", "write", "close", "close"]'
check 'one descriptor carries the client through all four' 'of_program("http_client") | sockets | map(.fd) | unique | length == 1'
check 'the port comes with connect, and accept learns it' '
    (of_program("http_client") | calls("socket") | only | has("local") | not)
    and (of_program("http_client") | calls("connect") | only | .local) == (of_program("http_server") | calls("accept") | only | .peer)'
check 'the server closes first; the last read of the client returns 0' '
    (of_program("http_server") | calls("close") | .[0].time) < (of_program("http_client") | calls("close") | only | .time)
    and (of_program("http_client") | calls("read") | last | .ret) == 0'
