#!/usr/bin/env bash
# T25: thread-local storage is small and there from the start, so that LD_AUDIT
# and late loading find room for it; and nothing of a thread is kept over the
# real call, for a coroutine may come back in another one.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need readelf
size=$((0x$(readelf -lW "$lib" | awk '$1 == "TLS" { print substr($6, 3) }')))
[ "$size" -gt 0 ] && [ "$size" -le 64 ] || fail "$size bytes of thread-local storage"
readelf -rW "$lib" | grep -q 'DTPMOD\|TLSDESC' && fail "another model than initial-exec"
readelf -dW "$lib" | grep -q STATIC_TLS || fail "no mark for initial-exec"

shared t25_fiber
LD_PRELOAD="$lib $TMP/t25_fiber.so" "$programs/t25_migrates" >calls || fail "t25_migrates ended with $?"
assert_eq "$(grep -c . calls)" 15 "calls"
while read -r call from to error; do
    [ "$from" != "$to" ] || fail "$call did not change its thread"
    assert_eq "$error" EPROTO "errno of the program after $call"
    check "$call: who came back, and with what" 'calls($call) | only | .ret == -1 and .errno == "EPROTO" and .tid == $to' \
        --arg call "$call" --argjson to "$to"
done <calls

# An audit library has a libc of its own beside ours.
"${CC:-cc}" -shared -fPIC -x c -o audit.so - <<'PROGRAM' || fail "the audit library does not compile"
unsigned la_version(unsigned version) { return version; }
PROGRAM
rm -f "$SOCKSPY_RING"
LD_AUDIT=$TMP/audit.so with_and_without "$programs/transfers"
check 'recorded under LD_AUDIT' 'calls("send") | length > 0'
