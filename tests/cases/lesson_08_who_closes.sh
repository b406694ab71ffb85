#!/usr/bin/env bash
# Lesson 8: four endings: the server first, one half, the client first, never.
. "$(dirname "$0")/../lesson.sh" || exit 1
play 8
words='def servers: of_program("count_server") | group_by(.pid) | sort_by(.[0].time);
    def leavers: of_program("leave_client") | group_by(.pid) | sort_by(.[0].time);
    def accepted: calls("accept") | only | .ret;'
check 'HTTP/1.0: the server closes, the read of the client returns 0' "$words"'
    (of_program("http_server") | calls("close") | .[0].time) < (of_program("http_client") | calls("close") | only | .time)
    and (of_program("http_client") | calls("read") | last | .ret) == 0'
check 'half: shutdown, and the answer comes all the same' "$words"'
    leavers[0] | (calls("shutdown") | only | .args.how == "SHUT_WR" and .ret == 0)
    and (calls("shutdown") | only | .time) < (calls("read") | map(select(.ret > 0)) | .[0].time)
    and (calls("read") | map(select(.ret > 0)) | length) >= 1'
check 'half: the server has read 0 before it answers' "$words"'
    servers[0] | (calls("read") | last | .ret) == 0 and (calls("send") | only | .ret) > 0'
check 'first: the client closes without reading' "$words"'
    leavers[1] | (calls("read") | length) == 0 and (calls("close") | length) == 1'
check 'first: now it is the read of the server that returns 0' "$words"' servers[1] | calls("read") | last | .ret == 0'
check 'never: the accepted descriptor is not closed' "$words"'
    servers[2] | accepted as $fd | (calls("read") | last | .ret) == 0 and (calls("close") | all(.fd != $fd))'
"$spy" sockets "$SOCKSPY_RING" >rows || fail "sockets"
assert_grep 'count_server.* 4 .*left open' rows
for text in 'read\(4\) → 0: the client sends no more' 'close\(4\): the other half is closed, too' \
    'send\(4\): 7 bytes handed over, but the client has gone' '④ disconnecting the program ends: descriptor 4 is erased'; do
    assert_grep "$text" flat
done
# Each pair has a diagram of its own, with both its programs.
assert_eq "$(grep -cE '^(http|leave)_client\[[0-9]+\] +(http|count)_server\[[0-9]+\]$' out)" 8 "diagrams and pipes of two programs"
assert_grep 'read 0: the other side sends no more 4' out
