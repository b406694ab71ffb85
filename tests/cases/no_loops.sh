#!/usr/bin/env bash
# No file of the viewer depends on another in a loop, neither by what it calls nor
# by what it includes; and no folder on another.
. "$(dirname "$0")/../lib.sh" || exit 1
need nm python3

# The objects of today's sources: build/ may hold older ones.
objects=("$top"/build/viewer/{ring_layout,ring_file,settings}.o)
for source in "$top"/viewer/*.c "$top"/viewer/*/*.c; do
    source=${source#"$top"/}
    objects+=("$top/build/${source%.c}.o")
done
"$top/tests/loops.py" "${objects[@]}" >"$TMP/loops" || fail "these depend on each other: $(cat "$TMP/loops")"

# Each "FILE INCLUDED", as seen from viewer/.
(cd "$top/viewer" && awk -F'"' '/^#include "/ {
    folder = FILENAME ~ /preload/ && $2 !~ /preload/ ? "../preload/" : ""
    print substr(FILENAME, FILENAME ~ /^\.\// ? 3 : 1), folder $2 }' ./*.[ch] ./*/*.[ch] ../preload/*.h) >"$TMP/includes"

# acyclic WHAT - tsort names the loops among the pairs in its input.
acyclic() {
    sort -u >"$TMP/pairs"
    awk '$1 != $2 { differ++ } END { exit differ < 20 }' "$TMP/pairs" || fail "hardly one of the $1 includes another"
    tsort "$TMP/pairs" >/dev/null 2>"$TMP/loops" || true
    [ ! -s "$TMP/loops" ] || fail "$1 include each other: $(cat "$TMP/loops")"
}
acyclic headers < <(grep '^[^ ]*\.h ' "$TMP/includes")
# What stands beside a folder of its name, as model.h does, belongs to it.
acyclic folders < <(sed -E 's/\.\.\/preload[^ ]*/preload/g; s/[/.][^ ]*//g' "$TMP/includes")

# The check itself can tell.
printf 'int b(void); int a(void) { return b(); }\n' >a.c
printf 'int a(void); int b(void) { return a(); }\n' >b.c
cc -c a.c b.c || exit 1
"$top/tests/loops.py" a.o b.o >"$TMP/loops" && fail "two files that call each other were not found"
assert_grep '^a -> b: b$' "$TMP/loops"
