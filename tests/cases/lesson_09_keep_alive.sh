#!/usr/bin/env bash
# Lesson 9: three requests over one connection, against one connection for each.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 9
check 'kept: one connect, three requests, one close' '
    of_program("keep_alive_client") | (calls("connect") | length) == 1 and (calls("write") | length) == 3
    and (calls("read") | map(select(.ret > 0)) | length) == 3 and (calls("close") | length) == 1'
check 'for each: three connects, three ports' '
    of_program("http_client") | calls("connect") | length == 3 and (map(.local) | unique | length) == 3'
check 'kept: it is the client that closes first' '
    (of_program("keep_alive_client") | calls("close") | only | .time) < (of_program("keep_alive_server") | calls("close") | .[0].time)'
check 'for each: it is the server' '
    (of_program("http_server") | calls("close") | .[0].time) < (of_program("http_client") | calls("close") | .[0].time)'
