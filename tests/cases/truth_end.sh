#!/usr/bin/env bash
# A read that gives 0 is the other side's end only where it is: not after one's own
# SHUT_RD, with room for nothing, for an empty message, on a socket that is its own
# peer, from the error queue, or where there is no connection.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
run() { # WHAT
    local status=0
    rm -f "$SOCKSPY_RING"
    recorded "$programs/truth_end" "$1" 2>err || status=$?
    [ "$status" != 3 ] || skip "another kernel: $(cat err)"
    assert_eq "$status" 0 "truth_end $1"
    "$spy" explain --brief --width=200 --lang=en >en 2>/dev/null || "$spy" explain --brief --lang=en >en
    "$spy" explain --brief --lang=ko >ko
    "$spy" explain --lang=both >both
}
sums() { "$spy" connections --format=jsonl | jq -c '[.a.out, .a.in, .b.out, .b.in]' | tr '\n' ' '; }
ends() { grep -Ec 'has disconnected|sends no more' en; }

run shut
assert_eq "$(ends)" 0 "ends by the other side after one's own SHUT_RD"
assert_eq "$(grep -c 'this end has' en)" 2 "reads after one's own SHUT_RD"
assert_eq "$(grep -c '이 방향은 이쪽에서' ko)" 2 "the same in Korean"
assert_grep 'with data' en # the close: a reset
assert_eq "$(grep -c 'there is no' en)" 1 "a read after the reset"

run empty
assert_eq "$(ends)" 1 "ends among empty messages: that of the SEQPACKET socket"
assert_eq "$(grep -c 'an empty' en)" 6 "empty messages"
assert_eq "$(grep -c '빈 메시지' ko)" 6 "the same in Korean"
assert_eq "$(grep -c '→ 0: nothing' en)" 3 "calls that moved nothing"
calls=$("$spy" export --format=pcapng -o out.pcapng && "$spy" stat --format=jsonl | jq -s 'length')
[ "$calls" -gt 3 ] || fail "stat: $calls rows"

run self
assert_eq "$("$spy" connections --format=jsonl | jq -c '[.a.fd == .b.fd, .a.local == .b.local]' | sort | uniq -c | tr -s ' ')" \
    " 2 [true,true]" "ends of sockets that are their own peers"
assert_eq "$(ends)" 0 "ends by the other side of oneself"

run notices
assert_eq "$(grep -c 'peeks' both)" 0 "peeks at the error queue"
assert_grep 'notice from the error' both
assert_grep '오류 대기열의 통지를 읽음' both

run refused
assert_eq "$(ends)" 0 "ends of a connection that never was"
assert_eq "$("$spy" connections --format=jsonl | jq -r .errno | sort | uniq -c | tr -s ' ')" " 2 ECONNREFUSED" "rows of refused connects"
assert_grep 'there is no connection' both
