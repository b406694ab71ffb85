#!/usr/bin/env bash
# An HTTP exchange explained: the four phases in order, both ends, the real numbers,
# in each language and detail.
. "$(dirname "$0")/../lib.sh" || exit 1
need python3
serve http_server 0 1
server=$pid
SOCKSPY_DATA=64 recorded "$samples/http_client" "$port" >/dev/null || fail "http_client"
wait "$server"
client_port=$(value 'calls("connect") | only | .local | port')
explain() { COLUMNS=100 "$spy" explain "$@" "$SOCKSPY_RING"; }

explain >en || fail "explain"
tr '\n' ' ' <en | tr -s ' ' >flat
assert_grep "^━━ Pipe 1 \(tcp\) ━+$" en
assert_grep "^127\.0\.0\.1:$client_port ═+ 127\.0\.0\.1:$port$" en
assert_grep '^http_client\[[0-9]+\] +http_server\[[0-9]+\]$' en
assert_grep '^descriptor 3 +descriptor 4$' en
for text in '① creating the socket socket → descriptor 3' \
    "the descriptor, 3; the server's IP address, 127.0.0.1; the server's port number, $port" \
    "picks a port number for this socket \(before: none, after: $client_port\)" \
    "Descriptor 4 comes back, beside 3. Its peer is 127.0.0.1:$client_port" \
    'hands over 35 bytes for descriptor 3, from its memory \(stack\): "GET / HTTP/1.0' \
    'names its receive buffer: 4,096 bytes in its memory \(stack\)' \
    'returning 0' 'Descriptor 3 is erased'; do
    assert_grep "$text" flat
done
# The client's steps stand at the left, the server's at the right, each through its phases.
sed '/^━━ Pipe/,$d' en >waiting
sed '1,/^━━ Pipe/d' en >pipe
signs() { grep -oE "$1[①②③④] " "$2" | tr -d ' ' | uniq | tr -d '\n'; }
assert_eq "$(signs '^' waiting)" "①②④" "the phases of the listening socket"
assert_eq "$(signs '^' pipe)" "①②③④" "the phases of the client, at the left"
assert_eq "$(signs '^ {20,}' pipe)" "②③④" "the phases of the server, at the right"

explain --lang=ko >ko || fail "explain --lang=ko"
tr '\n' ' ' <ko | tr -s ' ' >flat
for text in '① 소켓 작성 socket → 디스크립터 3' '디스크립터 3을 돌려줍니다' '디스크립터 4를 돌려줍니다' \
    "없음 → $client_port" '데이터 35바이트를 건네줍니다' '0을 돌려주어 이 사실을 통지합니다' \
    '디스크립터 3은 말소되며' '④ 연결 끊기'; do
    assert_grep "$text" flat
done
explain --lang=both >both
for text in '^① creating the socket' '^① 소켓 작성' '^━━ Pipe · 파이프 1'; do
    assert_grep "$text" both
done

explain --brief >brief
assert_eq "$(grep -c '^ *- ' brief)" 0 "details with --brief"
assert_eq "$(grep -cE '^ *(·|①|②|③|④) ' brief)" "$(grep -cE '^ *(·|①|②|③|④) ' en)" "steps with --brief"
explain --deep | tr '\n' ' ' | tr -s ' ' >deep
inode=$(value 'calls("connect") | only | .inode')
assert_grep "in the kernel: inode $inode" deep
assert_grep 'the call took [0-9.]+ (µs|ms)' deep
# accept: the listening socket's inode, and the new one's.
inodes=$(value '(calls("accept") | only | .inode) as $listening
    | map(select(.comm == "http_server" and .call == "read")) | "\($listening) → \(.[0].inode)"')
assert_grep "in the kernel: inode $inodes" deep
explain --format=jsonl >jsonl
jq -es 'all(.[]; .phase >= 0 and (.en.head | length > 0) and (.ko.head | length > 0))
    and (map(select(.call == "connect")) | .[0] | .phase == 2 and .end == "client" and (.ko.stack | test("프로토콜 스택")))' jsonl >/dev/null ||
    fail "jsonl: $(head -n 3 jsonl)"
frozen same
"$spy" explain --format=jsonl same | jq -c '[.id, .pid, .comm, .call, .fd, .phase, .socket, .pipe, .end,
    (.en, .ko | .head, .asked, .stack, .noted)] | map(if . == null then "" else tostring end)' >jsonl.rows
"$spy" explain --format=csv same >csv
python3 -c '
import csv, json, sys
for row in list(csv.reader(sys.stdin))[1:]:
    del row[1] # the time, which JSON has as a number
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))' <csv >csv.rows
diff jsonl.rows csv.rows >differences || fail "csv and jsonl differ: $(head -n 6 differences)"
explain -e connect --lang=en >only
assert_eq "$(grep -cE '^ *(·|①|②|③|④) ' only)" 1 "steps with -e connect"
