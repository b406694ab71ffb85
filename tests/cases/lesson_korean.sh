#!/usr/bin/env bash
# All lessons in Korean: no sentence is left in English, and every particle fits the
# number that it follows.
. "$(dirname "$0")/../korean.sh" || exit 1
for lesson in 1 2 3 4 5 6 7 8 9 10 11 12; do
    "$spy" lesson $lesson --lang=ko --deep >out || fail "lesson $lesson"
    # Not what the programs print, between the question and the diagram, and not the
    # diagram, which cuts texts.
    sed -e '/^\$ /,/^$/d' -e '/[│┊]/d' out >text
    is_korean text
    assert_grep '^제[0-9]+강\. ' text
    assert_grep '^눈여겨볼 점$' text
done
exit 0
