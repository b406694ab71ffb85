#!/usr/bin/env bash
# timeout: 180
# T15: a lock held over a call that is killed, cancelled or forked would hang the
# rest. Killed at every single instruction of a hook, and in a storm of kills,
# cancellations and forks, nobody hangs, and the ring's sums are exact.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
status=0
recorded "$programs/t15_kill_anywhere" >steps || status=$?
[ "$status" = 142 ] && fail "its parent hangs after a kill"
if [ "$status" = 0 ] && [ "$(uname -m)" = x86_64 ]; then
    [ "$(cat steps)" -ge 100 ] || fail "only $(cat steps) instructions of ours"
    check 'each call after a kill is recorded' 'calls("recv") | length == $steps' --argjson steps "$(cat steps)"
    assert_eq "$(($(count kept) + $(count lost)))" "$(count written)" "kept and lost records"
fi

rm -f "$SOCKSPY_RING"
SOCKSPY_SIZE=1M recorded timeout -k 5 100 "$programs/t15_storms" 5 5 >rounds || fail "a survivor hangs, or died: $?"
[ "$(cat rounds)" -ge 5 ] || fail "only $(cat rounds) rounds"
assert_eq "$(($(count kept) + $(count lost)))" "$(count written)" "kept and lost records after the storm"

# Handlers that call in the middle of a call: both are recorded.
rm -f "$SOCKSPY_RING"
made=$(SOCKSPY_SIZE=1M SOCKSPY_TRACE=send,recv recorded "$programs/t15_signals" 1 4) || fail "signals: $?"
assert_eq "$(count written)" "$made" "records of calls that handlers interrupt"
recorded "$samples/http_client" 1 2>/dev/null
check 'the ring is as good as new' 'calls("connect") | last | .errno == "ECONNREFUSED"'
