#!/usr/bin/env bash
# T50: a thread that is renamed signs with the name of the moment, however it came by
# it; the program's row keeps its file.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
with_and_without "$programs/t50_names"
check 'the names' 'calls("send") | map({key: (.args.len | tostring), value: .comm}) | from_entries == {
    "1": "t50_names", "2": "t50_names", "3": "by-prctl", "4": "by-number", "5": "by-pthread", "6": "longer-than-the",
    "7": "t50_names", "8": "by-another", "9": "t50_names", "10": "the-main-one", "11": "the-main-one"}'
assert_eq "$("$spy" info --format=jsonl "$SOCKSPY_RING" | jq -r 'select(.process) | .comm')" t50_names "the program's name"

# Nobody asks for a name where none was ever given, and each thread once where one was.
if command -v strace >/dev/null; then
    strace -f -qq -e trace=prctl -o asked -E LD_PRELOAD="$lib" "$programs/t50_names"
    [ "$(grep -c PR_GET_NAME asked)" -le 6 ] || fail "asked for names: $(grep -c PR_GET_NAME asked) times"
    strace -f -qq -e trace=prctl -o asked -E LD_PRELOAD="$lib" "$programs/transfers" >/dev/null
    assert_eq "$(grep -c PR_GET_NAME asked)" 1 "times that a program without names asked for one"
fi
