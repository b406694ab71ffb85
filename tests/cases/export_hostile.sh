#!/usr/bin/env bash
# Names, paths and payload that are markup, terminal escapes, formulas, quotes,
# newlines or no UTF-8: every export holds them as text.
. "$(dirname "$0")/../lib.sh" || exit 1
need /usr/bin/python3

names=('=cmd|calc' '+1+1' '-2' '@SUM(A1)' '</script><b>' '"],[{"' "'; x" $'\x1b[31mred' $'two\nlines' $'\xff\xfe' 'a,b;c'
    $'tab\tbed' '한글' $'\u202eabc')
export SOCKSPY_DATA=256
serve udp_server 0 $((2 * ${#names[@]})) # two datagrams of each
server=$pid
mkdir bin
for name in "${names[@]}"; do
    file=bin/${name//\//|}
    cp "$samples/udp_client" "$file"
    recorded "$file" "$port" "$name" $'=1+1\r\n"\x1b]0;title\x07,\xff' >client.out || fail "udp_client as $name"
    recorded "$samples/unix_client" "$TMP/nowhere/$name" 2>/dev/null
done
wait "$server" # its last record comes after the client has its answer
recorded /usr/bin/python3 -c 'import socket, sys
for name in sys.argv[1:]:
    try: socket.getaddrinfo(name, 80)
    except (OSError, UnicodeError): pass' '=cmd()' '<img src=x>' '"quoted"' || fail python3
export_as() { # FORMAT
    "$spy" export --format="$1" -o "all.$1" "$SOCKSPY_RING" || fail "export as $1"
}

# No format holds a control character of theirs, or what turns the text around.
for format in csv jsonl perfetto mermaid; do
    export_as $format
    if LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]' all.$format; then fail "$format: a control character"; fi
    if grep -nP '\x{202e}' all.$format; then fail "$format: text that is turned around"; fi
    iconv -f UTF-8 -t UTF-8 all.$format >/dev/null || fail "$format is no UTF-8"
done

# CSV: cells that no spreadsheet runs, and none that is more than one.
/usr/bin/python3 - all.csv <<'END' || fail 'csv'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    head, *rows = csv.reader(file)
assert len(rows) > 100
comms = set()
for row in rows:
    assert len(row) == len(head), row
    cells = dict(zip(head, row))
    comms.add(cells["comm"])
    for name, cell in cells.items():
        if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell:
            assert name in ("ret", "fd") and int(cell) < 0, (name, cell)
for wanted in ("'=cmd|calc", "'+1+1", "'-2", "'@SUM(A1)", "<|script><b>", '"],[{"', "a,b;c", "two\\nlines", "\\xff\\xfe"):
    assert wanted in comms, (wanted, comms)
END

# JSON: what it was, byte by byte.
jq -es 'map(.comm // empty) | unique | ["=cmd|calc", "@SUM(A1)", "two\nlines", "\u001b[31mred", "한글", "\u202eabc"] - . == []' \
    all.jsonl >/dev/null || fail 'the names in jsonl'
jq -es 'map(.data // empty) | index("=1+1\r\n\"\u001b]0;title\u0007,ÿ") != null' all.jsonl >/dev/null || fail 'the payload in jsonl'
"$top/tests/trace_events.py" all.perfetto >/dev/null || fail 'the trace'
jq -e '[.traceEvents[] | select(.name == "process_name") | .args.name]
    | ["=cmd|calc", "two\nlines", "\"],[{\"", "<|script><b>"] - . == []' all.perfetto >/dev/null || fail 'the names in the trace'
# (Times may differ by a nanosecond: the clock is known better the later one asks.)
"$spy" log --format=csv "$SOCKSPY_RING" | cut -d, -f1,4- | cmp - <(cut -d, -f1,4- all.csv) || fail 'csv is not what log gives'

# Records that say they moved more than there is: sums do not overflow, and no file
# grows without end.
hostile=$SOCKSPY_RING
export SOCKSPY_RING=$TMP/ring-huge
recorded /usr/bin/python3 -c '
import socket
a, b = socket.socketpair()
for i in range(9):
    a.send(b"x" * (20 + i))
    b.recv(100)' || fail python3
for id in $(value 'calls("send") | map(.id) | .[0, 2, 4, 6]'); do
    "$top/tests/ring_edit.py" "$SOCKSPY_RING" "$id" 7 $((1 << 62)) || fail ring_edit.py # WORD_RET
done
check 'huge transfers' 'map(select(.bytes > 4000000000)) | length == 4'
for output in 'export --format=pcapng' 'export --format=perfetto' 'export --format=mermaid' report; do
    # shellcheck disable=SC2086 # a verb and its option
    timeout 50 "$spy" $output -o huge "$SOCKSPY_RING" || fail "$output of huge transfers: $?"
    [ "$(stat -c %s huge)" -lt 100000000 ] || fail "$output: $(stat -c %s huge) bytes"
done

# A capture: comments and names of hosts.
export SOCKSPY_RING=$hostile
command -v tshark >/dev/null || exit 0
. "$top/tests/capture.sh"
capture all.pcapng
sound all.pcapng
shark all.pcapng -T fields -e frame.comment >comments
for wanted in '=cmd|calc' '\x1b[31mred' 'two\nlines' '\xff\xfe' '<|script><b>' '한글' '\u{202e}abc'; do
    grep -qF -- "$wanted pid " comments || fail "no comment by '$wanted'"
done
