#!/usr/bin/env bash
# What could not be seen is said: a static child, one whose environment leaves the
# library out, a static one that still lives; --strict fails on it.
. "$(dirname "$0")/../lib.sh" || exit 1
need cc
echo 'int main(int argc, char **argv) { (void)argv; if (argc > 1) __builtin_trap(); return 0; }' >quiet.c
cc -static -o quiet quiet.c 2>/dev/null || skip "no static C library"
printf '#include <unistd.h>\nint main(void) { pause(); return 0; }\n' >lasting.c
cc -static -o lasting lasting.c || fail "cc"

recorded "$samples/http_client" "$(free_port)" 2>/dev/null
assert_status 0 "$spy" audit --strict "$SOCKSPY_RING"
assert_eq "$(grep -c '^not seen: .*blind' out)" 0 "blind spots"

recorded sh -c "$TMP/quiet; true"
assert_status 0 "$spy" audit "$SOCKSPY_RING"
assert_grep "^not seen: sh ran $TMP/quiet, which is static: it cannot be recorded\$" out
assert_status 1 "$spy" audit --strict "$SOCKSPY_RING"
assert_grep '^# 1 blind spot$' out

rm "$SOCKSPY_RING"
recorded sh -c 'env -i /bin/true; true'
assert_status 1 "$spy" audit --strict "$SOCKSPY_RING"
assert_grep '^not seen: .* started /bin/true, which is not recorded: the environment leaves the library out' out

# An exec that fails is no end of sight; of a child that vfork made it is told once.
rm "$SOCKSPY_RING"
recorded sh -c 'env -i /nowhere/program; LD_PRELOAD= /bin/true; true' 2>/dev/null
assert_status 0 "$spy" audit "$SOCKSPY_RING"
assert_grep '^not seen: sh started /bin/true, which is not recorded: the environment leaves the library out$' out
assert_eq "$(grep -c '^not seen: .*record' out)" 1 "blind spots of one program: $(cat out)"

rm "$SOCKSPY_RING"
start_recorded sh -c "$TMP/lasting; true"
shell=$pid
child() { pgrep -P "$shell" >child; }
wait_until child
told() { "$spy" audit "$SOCKSPY_RING" >out; grep -q "lasting\[$(cat child)\]" out; }
wait_until told
assert_grep "^not seen: $TMP/lasting\[$(cat child)\], .* is not recorded: it is static" out
kill "$(cat child)"
