#!/usr/bin/env bash
# All lessons again, the viewer under valgrind: no error, nothing leaked, in time.
# timeout: 240
# alone
. "$(dirname "$0")/../lib.sh" || exit 1
need valgrind
for lesson in 1 2 3 4 5 6 7 8 9 10 11 12; do
    began=$SECONDS
    valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect "$spy" lesson $lesson \
        --lang=both --deep --show-code >out 2>err || fail "lesson $lesson: $(cat err)"
    [ $((SECONDS - began)) -lt 15 ] || fail "lesson $lesson took $((SECONDS - began)) s"
    assert_grep '^눈여겨볼 점' out
    [ -s err ] && fail "lesson $lesson: $(cat err)"
done
exit 0
