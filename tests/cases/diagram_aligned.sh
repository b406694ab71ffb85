#!/usr/bin/env bash
# The diagram fits its window, at 80 and at 120 columns, its lines stay in their
# columns with Korean text among them, and wider windows show more.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
export SOCKSPY_DATA=64
serve windows_server 0 2
server=$pid
recorded "$samples/http_client" "$port" >/dev/null &
recorded "$samples/http_client" "$port" >/dev/null
wait "$server" "$!"

# Says in which columns the lines of the diagram stand; each row must have its sign
# there.
cat >columns.py <<'END'
import sys, unicodedata
def cells(line):
    row = []
    for c in line:
        if unicodedata.combining(c):
            continue
        row.append(c)
        if unicodedata.east_asian_width(c) in 'WF':
            row.append('')
    return row
rows = [cells(line.rstrip('\n')) for line in sys.stdin]
legend = next(i for i, row in enumerate(rows) if not row)
body = rows[1:legend]
width = max(map(len, rows))
free = [r for r in body if '▶' not in r and '◀' not in r]  # a label may cover the line that its arrow crosses
lines = [x for x in range(width) if all(len(r) > x and r[x] in '│┊├┤●×' for r in free)]
print(width, len(body), *lines)
END
for columns in 80 120; do
    for language in en ko; do
        COLUMNS=$columns "$spy" diagram --lang=$language "$SOCKSPY_RING" >"$language.$columns" || fail "diagram"
        read -r width rows lanes < <(python3 columns.py <"$language.$columns")
        [ "$width" -le $columns ] || fail "$width columns for a window of $columns: $(cat $language.$columns)"
        [ "$rows" -gt 20 ] || fail "$rows rows"
        assert_eq "$lanes" "3 $(((columns - 7) / 2 + 3)) $((columns - 4))" "the columns of three lanes in $language at $columns"
    done
done
assert_grep '상대가 연결을 끊음' ko.120
assert_grep '① 소켓 작성   ② 접속   ③ 송수신   ④ 연결 끊기' ko.80
assert_grep 'write 35 "GET / HTTP/1\.0\\r\\nHost: localhost\\r\\n\\r\\n"' en.120
grep -q 'localhost\\r\\n\\r\\n"' en.80 && fail "80 columns show as much as 120"
for text in '● 3 socket' '├ 3 :[0-9]+╌+.* connect .*╌:[0-9]+▶ │' 'accept\(3\) 4 ●' '× 3 close' 'read 0: the other side has gone'; do
    assert_grep "$text" en.120
done
# By socket: a lane for each, with its descriptor over it.
COLUMNS=120 "$spy" diagram --by=socket "$SOCKSPY_RING" >socket
assert_eq "$(sed -n 2p socket | grep -o 'descriptor [0-9]' | sort | uniq -c | tr -s ' ' | tr '\n' ',')" \
    " 3 descriptor 3, 1 descriptor 4, 1 descriptor 5," "descriptors over the lanes"
# A peer that was left out, or not recorded, has its lane, too.
"$spy" diagram --comm=http_client "$SOCKSPY_RING" | head -n 1 | grep -q elsewhere || fail "no lane for those left out"
