#!/usr/bin/env bash
# SOCKSPY_ARGS: what is kept of command lines; by default no secret of them reaches the ring.
. "$(dirname "$0")/../lib.sh" || exit 1
kept() { # SETTING - the command lines of the records
    rm -f "$SOCKSPY_RING"
    SOCKSPY_ARGS=$1 recorded sh -c 'exec "$0" "$@"' "$programs/free_port" --password=hunter2 "http://joe:hunter2@h/" >/dev/null ||
        fail "free_port"
    ! grep -q hunter2 "$SOCKSPY_RING" || echo "the ring has it"
    "$spy" log --format=jsonl "$SOCKSPY_RING" | jq -r 'select(.call == "exec") | .args.args' | grep -v '^sh -c'
}
for setting in "" masked; do
    assert_eq "$(kept "$setting")" "$programs/free_port --password=*** http://***@h/" "SOCKSPY_ARGS=$setting"
done
assert_eq "$(kept none | tr -d '\n')" "" "SOCKSPY_ARGS=none"
assert_eq "$(kept all | tail -n 1)" "$programs/free_port --password=hunter2 http://joe:hunter2@h/" "SOCKSPY_ARGS=all"
kept some >/dev/null
"$spy" info "$SOCKSPY_RING" >info
assert_grep 'SOCKSPY_ARGS=some' info
