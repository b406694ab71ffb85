#!/usr/bin/env bash
# No file of the viewer depends on another in a loop, neither by what it calls nor
# by what it includes.
. "$(dirname "$0")/../lib.sh" || exit 1
need nm python3

"$top/tests/loops.py" "$top"/build/viewer/*.o >"$TMP/loops" || fail "these depend on each other: $(cat "$TMP/loops")"

# tsort names loops among the headers.
(cd "$top/viewer" && grep -H '^#include "' -- *.h ../preload/*.h) |
    sed -nE 's/^(\.\.\/preload\/)?([^:]*):#include "(\.\.\/preload\/)?([^"]*)".*/\2 \4/p' >"$TMP/includes"
[ -s "$TMP/includes" ] || fail "no header includes another"
tsort "$TMP/includes" >/dev/null 2>"$TMP/loops" || true
[ ! -s "$TMP/loops" ] || fail "headers include each other: $(cat "$TMP/loops")"

# The check itself can tell.
printf 'int b(void); int a(void) { return b(); }\n' >a.c
printf 'int a(void); int b(void) { return a(); }\n' >b.c
cc -c a.c b.c || exit 1
"$top/tests/loops.py" a.o b.o >"$TMP/loops" && fail "two files that call each other were not found"
assert_grep '^a -> b: b$' "$TMP/loops"
