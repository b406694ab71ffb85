#!/usr/bin/env bash
# The library exports what calls.def and unrecorded.def name and nothing else, needs libc and
# nothing else, and asks for nothing that a hardened system refuses.
. "$(dirname "$0")/../lib.sh" || exit 1
need nm readelf
cat >names.c <<'END'
#define UNRECORDED_TOO
#define CALL(ret, name, params, args, class, api, schema) NAME name
#define VARIADIC(ret, name, params, class, api, schema) NAME name
#define EVENT(name, class, schema)
#include "calls.def"
END
"${CC:-cc}" -E -P -I "$top/preload" names.c | grep -o 'NAME [A-Za-z0-9_]*' | cut -d' ' -f2 | sort >wanted
[ "$(wc -l <wanted)" -gt 100 ] || fail "calls.def gives only $(wc -l <wanted) names"
assert_eq "$(uniq -d wanted)" "" "names that calls.def has twice"
nm -D --defined-only "$lib" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' | sort -u >exported
assert_eq "$(comm -23 wanted exported | paste -sd' ')" "" "names of calls.def that are not exported"
assert_eq "$(comm -13 wanted exported | paste -sd' ')" "" "exported names that are not in calls.def"
readelf -dW "$lib" >dynamic
assert_eq "$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' dynamic | grep -vx 'libc\.so\.6\|libdl\.so\.2' | paste -sd' ')" "" "needed libraries"
assert_grep '\(SONAME\).*libsockspy\.so' dynamic
assert_grep 'BIND_NOW|FLAGS.*NOW' dynamic
grep -q TEXTREL dynamic && fail "text relocations"
readelf -lW "$lib" | awk '/GNU_STACK/ { print $7 }' | grep -q E && fail "an executable stack"
exit 0
