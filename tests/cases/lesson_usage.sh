#!/usr/bin/env bash
# The list of the lessons; wrong usage; nothing is left behind.
. "$(dirname "$0")/../lib.sh" || exit 1
"$spy" lesson >list || fail "lesson"
assert_eq "$(wc -l <list)" 12 "lessons"
assert_grep '^   2  The waiting socket stays$' list
"$spy" lesson --lang=ko >list
assert_grep '^  12  잘못되었을 때$' list
assert_eq "$("$spy" lesson --lang=both | wc -l)" 24 "lines in both languages"
assert_status 2 "$spy" lesson 13
assert_one_line err
assert_status 2 "$spy" lesson two
assert_status 2 "$spy" lesson 1 2
assert_status 2 "$spy" lesson 1 --format=jsonl
touch there
assert_status 1 "$spy" lesson 1 --ring=there
assert_grep 'there is there already' err
# Without --ring it uses one of its own, and takes it away.
"$spy" lesson 12 >out &
wait $! || fail "lesson 12"
find /dev/shm /tmp -maxdepth 1 \( -name "sockspy-*.run-$!" -o -name "sockspy-*.run-$!.*" \) 2>/dev/null >left
[ -s left ] && fail "left behind: $(cat left)"
# A reader that goes away is no error; --step without a terminal goes on alone.
"$spy" lesson 11 2>err | head -n 1 >/dev/null
assert_eq "${PIPESTATUS[0]} $(cat err)" "0 " "lesson into a closed pipe"
"$spy" lesson 11 --step </dev/null >out || fail "--step without input"
assert_grep 'What to notice' out
# Elsewhere the programs and their sources are found all the same.
(cd / && "$spy" lesson 12 --show-code) >out || fail "lesson from another directory"
assert_grep 'mistakes\.c:[0-9]+' out
