#!/usr/bin/env bash
# The text form: one line for a call, aligned, names instead of numbers; the
# time options; payload cut; no colour but on a terminal.
. "$(dirname "$0")/../lib.sh" || exit 1
serve http_server 0 1
server=$pid
SOCKSPY_DATA=256 recorded "$samples/http_client" "$port" >/dev/null
wait "$server"
text() { "$spy" log "$@" "$SOCKSPY_RING"; }
text >plain || fail "log"
assert_eq "$(wc -l <plain)" "$(records | wc -l)" "lines of text, against records"
assert_grep "http_client\[[0-9]+\] .*socket.*AF_INET.*SOCK_STREAM" plain
assert_grep "http_client\[[0-9]+\] .*connect.*127\.0\.0\.1:[0-9]+ (→|->) 127\.0\.0\.1:$port" plain
assert_grep "http_server\[$server\] .*setsockopt.*SO_REUSEADDR 1" plain
assert_grep 'GET / HTTP/1\.0\\r\\n' plain
grep -q "$(printf '\033')" plain && fail "colour in a file"
text --color=always | grep -q "$(printf '\033')" || fail "no colour with --color=always"
NO_COLOR=1 text --color=auto | grep -q "$(printf '\033')" && fail "colour with NO_COLOR"
assert_eq "$("$spy" --color=never -e connect "$SOCKSPY_RING" | wc -l)" 1 "no verb is log"

text -t -e connect >out && assert_grep '^[0-9]{2}:[0-9]{2}:[0-9]{2} ' out
text -tt -e connect >out && assert_grep '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} ' out
text -ttt -e connect >out && assert_grep '^[0-9]{10}\.[0-9]{6,9} ' out
text -r -e connect,close >out && assert_grep '^ *(\+)?0\.[0-9]{6}' out
text -T -e connect >out && assert_grep '<[0-9.]+( ?[num]?s)?>' out
text -s 4 -e write --comm=http_client >out && assert_grep '"GET "(…|\.\.\.)' out
text --format=csv -e connect >out && assert_eq "$(wc -l <out)" 2 "csv: a head and a line"
assert_eq "$(head -n 1 out | tr ',' '\n' | grep -cx -e id -e time -e pid -e call -e fd -e local -e peer)" 7 "csv's columns"
# A reader that goes away is no error.
text 2>err | head -n 1 >/dev/null
assert_eq "${PIPESTATUS[0]} $(cat err)" "0 " "log into a closed pipe"
