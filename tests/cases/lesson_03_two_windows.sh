#!/usr/bin/env bash
# Lesson 3: two sockets at once: two descriptors, two client ports, one server port.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 3
check 'both are open at the same time, in one program' '
    of_program("windows_client") | (map(.pid) | unique | length) == 1
    and (calls("connect") | .[1].time) < (calls("close") | .[0].time)'
check 'two descriptors and two ports here, one port there' '
    of_program("windows_client") | calls("connect") | length == 2
    and (map(.fd) | unique | length) == 2 and (map(.local) | unique | length) == 2 and (map(.peer) | unique | length) == 1'
check 'two descriptors on the server, beside the listening one' '
    of_program("windows_server") | (calls("accept") | map(.ret) | unique | length) == 2
    and (calls("accept") | .[1].time) < (calls("close") | .[0].time)'
check 'each window gets the answer to its own request' '
    of_program("windows_client") | calls("write") as $asked | calls("read") | map(select(.ret > 0)) as $got
    | ($asked | length) == 2 and all($got[]; .data | test("Hello, window"))
      and ([$asked[] | {fd, n: (.data | capture("window(?<n>[0-9])").n)}] | sort_by(.fd)) ==
          ([$got[] | {fd, n: (.data | capture("window (?<n>[0-9])").n)}] | sort_by(.fd))'
