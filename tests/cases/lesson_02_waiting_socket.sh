#!/usr/bin/env bash
# Lesson 2: the listening descriptor accepts twice and is still open; each accepted
# one is born and erased, under the same number.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 2
check 'the same listening descriptor accepts twice' '
    (of_program("http_server") | calls("listen") | only | .fd) as $listening
    | of_program("http_server") | calls("accept") | length == 2 and all(.fd == $listening)'
check 'it is never closed' '
    (of_program("http_server") | calls("listen") | only | .fd) as $listening
    | of_program("http_server") | calls("close") | all(.fd != $listening)'
check 'it carries no data' '
    (of_program("http_server") | calls("listen") | only | .fd) as $listening
    | of_program("http_server") | map(select(.bytes > 0)) | all(.fd != $listening)'
check 'each accepted descriptor is erased, and its number comes again' '
    (of_program("http_server") | calls("accept") | map(.ret)) as $born
    | ($born | unique | length) == 1 and (of_program("http_server") | calls("close") | map(.fd)) == $born'
check 'the two clients are two programs with two ports' '
    of_program("http_client") | calls("connect") | (map(.pid) | unique | length) == 2 and (map(.local) | unique | length) == 2'
assert_grep 'descriptor 3: still open when the records end' out
assert_grep 'The listening descriptor 3 accepted 2 times and is still open' out
