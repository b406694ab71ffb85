#!/usr/bin/env bash
# On a real terminal (tmux), of 80 and of 120 columns, with Korean text: no line is
# wrapped, and the lifelines stand in their columns.
. "$(dirname "$0")/../lib.sh" || exit 1
need tmux python3
export SOCKSPY_DATA=64
serve windows_server 0 2
server=$pid
recorded "$samples/http_client" "$port" /소켓 >/dev/null &
recorded "$samples/http_client" "$port" /포트/번호 >/dev/null
wait "$server" "$!"

# The pane as the terminal has it, line by line; each lane's sign where it should be.
cat >lanes.py <<'END_OF_LANES'
import sys, unicodedata
width = int(sys.argv[1])
def cells(line):
    row = []
    for c in line:
        if unicodedata.combining(c):
            continue
        row += [c, ''] if unicodedata.east_asian_width(c) in 'WF' else [c]
    return row
rows = [cells(line.rstrip('\n')) for line in sys.stdin]
rows = rows[1:rows.index([])]  # between the titles and the legend
lanes = [3, (width - 7) // 2 + 3, width - 4]
for row in rows:
    arrow = '▶' in row or '◀' in row
    for x in lanes:
        # The middle lane may be covered by what stands on an arrow that crosses it.
        if not (len(row) > x and row[x] in '│┊├┤●×┼') and not (arrow and x == lanes[1]):
            sys.exit('no line in column %d of: %s' % (x, ''.join(row)))
if len(rows) < 20 or not any('읽' in row or '끊' in row for row in rows):
    sys.exit('%d rows, or no Korean' % len(rows))
END_OF_LANES
# Each its own server: one that was told to go takes its socket along later, or the next one's.
terminal() { tmux -u -S "$TMP/tmux.$columns" -f /dev/null "$@"; }
trap 'terminal kill-server 2>/dev/null; at_end' EXIT
is_drawn() { # COLUMNS
    terminal capture-pane -p >"pane.$1" && grep -q '④ 연결 끊기$' "pane.$1"
}
for columns in 80 120; do
    terminal new-session -d -x $columns -y 60 \
        "LC_ALL=C.UTF-8 '$spy' diagram --lang=ko --color=always '$SOCKSPY_RING'; sleep 60"
    wait_until is_drawn $columns
    terminal kill-server
    python3 lanes.py $columns <"pane.$columns" 2>err || fail "$columns columns: $(cat err "pane.$columns")"
done
assert_grep '"GET /포트/번호 HTTP' pane.120
