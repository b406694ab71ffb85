#!/usr/bin/env bash
# T7: a library that wants symbols only glibc has would kill a program linked
# against musl at its start. It runs, and is recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need musl-gcc
musl-gcc -D_GNU_SOURCE -o program "$top/tests/programs/t07_libc.c" || fail "musl-gcc"
with_and_without ./program
cmp without.out <("$programs/t07_libc") || fail "the program says another thing with glibc"
check 'its calls are recorded' '
    (calls("connect") | only | .ret == 0 and .local != null) and (calls("accept") | only | .peer != null)
    and (calls("write") | only | .ret == 5) and (calls("close") | length == 3)'
check 'its child, too' 'calls("send") | only | .ret == 14'
check 'with its own number' '(calls("fork") | only | .ret) == (calls("send") | only | .pid)'
check 'names' 'calls("getaddrinfo") | only | .args.answers | index("127.0.0.1") != null'
nm -D --undefined-only "$lib" | awk '{ print $NF }' | sed 's/@.*//' | sort -u >wanted
nm -D --defined-only "$(sed -n 's/.*interpreter: \(.*\)\]/\1/p' <(readelf -lW program))" | awk '{ print $3 }' | sort -u >musl
missing=$(comm -23 wanted musl | grep -vx '__cxa_finalize\|_ITM_.*\|__gmon_start__' | paste -sd' ')
assert_eq "$missing" "" "symbols that musl does not have"
