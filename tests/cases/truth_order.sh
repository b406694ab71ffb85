#!/usr/bin/env bash
# What acts outwards has its place at its start, what learns or creates at its
# return: in 100 exchanges over loopback no accept stands above its connect, no read
# above its write and no end above the close that made it, in the log, while
# following, in the explanation and in the diagram.
. "$(dirname "$0")/../lib.sh" || exit 1
need jq
serve http_server 0 100
server=$pid
start "$spy" log -f --format=jsonl "$SOCKSPY_RING" >followed
follower=$pid
wait_until test -s followed
for ((i = 0; i < 100; i++)); do
    recorded "$samples/http_client" "$port" >/dev/null || fail "exchange $i"
done
wait "$server"
"$spy" log --format=jsonl >all
# By the client's port: connect, then accept; bytes sent are never less than bytes read.
cat >order.jq <<'E2'
def port: capture(":(?<p>[0-9]+)$").p;
[.[] | select(.call == "connect" or .call == "accept" or ((.call == "write" or .call == "read" or .call == "send" or .call == "recv") and .bytes > 0))
    | select(.local and .peer)
    | {call, bytes, client: (if .comm == "http_client" then .local else .peer end | port), from: .comm}]
| group_by(.client)
| map(reduce .[] as $r ({calls: [], sent: {}, bad: false};
      .calls += [$r.call]
    | if $r.call == "write" or $r.call == "send" then .sent[$r.from] += $r.bytes
      elif $r.call == "read" or $r.call == "recv" then
          (if $r.from == "http_client" then "http_server" else "http_client" end) as $other
        | .sent[$other] = (.sent[$other] // 0) - $r.bytes | .bad = (.bad or .sent[$other] < 0)
      else . end)
  | .bad or .calls[0] != "connect" or .calls[1] == "connect" or (.calls | index("accept")) == null)
| [length, (map(select(.)) | length)] | map(tostring) | join(" ")
E2
assert_eq "$(jq -rs -f order.jq all)" "100 0" "exchanges, and those out of order"
all_came() { [ "$(grep -c '"call":"exit"' followed)" = 101 ]; }
wait_until all_came
kill "$follower"
assert_eq "$(jq -rs -f order.jq followed)" "100 0" "exchanges followed, and those out of order"
"$spy" explain --brief --lang=en | awk '
    /^━━ / { pipe = / Pipe /; connected = 0 }
    pipe && / connect\(/ { connected = 1 }
    pipe && / accept\(/ { accepted++; if (!connected) bad++ }
    END { exit accepted != 100 || bad }' || fail "explain tells an accept before its connect"
