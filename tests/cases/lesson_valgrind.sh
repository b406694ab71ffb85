#!/usr/bin/env bash
# All lessons again, the viewer under valgrind; some with the sample programs and the
# library under it as well: no error, and nothing leaked.
# timeout: 240
# alone
. "$(dirname "$0")/../lib.sh" || exit 1
need valgrind
checked() { # LESSON OPTIONS OF VALGRIND...
    valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect "${@:2}" \
        "$spy" lesson "$1" --lang=both --deep --show-code >out 2>err || fail "lesson $1: $(cat err)"
    assert_grep '^눈여겨볼 점' out
    [ -s err ] && fail "lesson $1: $(cat err)"
    return 0
}
for lesson in 1 2 3 4 5 6 7 8 9 10 11 12; do
    checked $lesson
done
for lesson in 1 6 11; do
    checked $lesson --trace-children=yes
done
