#!/usr/bin/env bash
# T11: other libraries' constructors call our hooks before our own has run, and
# their destructors after; there may be no environment yet. All is recorded, by
# whatever way the program ends.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
shared early
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -o order "$top/tests/programs/shared/t11_order.c" ./early.so || fail "t11_order.c"

# said WAY - the lengths of what was sent, in order: 9 too early, 11 constructor,
# 4 main, 7 at exit, 10 destructor.
said() {
    rm -f "$SOCKSPY_RING"
    (recorded ./order "$1" >/dev/null 2>&1)
    value 'map(select(.call == "write" or .call == "send")) | map(.bytes) | join(" ")'
}
assert_eq "$(said return)" "9 11 4 7 10" "recorded with return"
check 'the end is recorded' 'calls("exit") | length == 1'
check 'each program is set up once' 'calls("exec") | length == 2'
assert_eq "$(said _exit)" "9 11 4" "recorded with _exit"
check '_exit is recorded' 'calls("exit") | only | .args.status == 3'
assert_eq "$(said quick_exit)" "9 11 4 7" "recorded with quick_exit"
assert_eq "$(said abort)" "9 11 4" "recorded with abort"
assert_eq "$(said kill)" "9 11 4" "recorded with SIGKILL"
check 'the inherited socket was known from the first call on' \
    'calls("write") | .[0] | .inode > 0 and .family == "unix" and .type == "dgram"'
# What has a variable argument list has no stand-in before our start. Not all are recorded.
for first in fcntl=fcntl fcntl64=fcntl __fcntl=fcntl ioctl=ioctl prctl=write syscall=write vfork=vfork \
    clone=clone __clone=clone execl=execl posix_spawn=posix_spawn; do
    rm -f "$SOCKSPY_RING"
    EARLY_FIRST=${first%=*} with_and_without ./order return
    check "${first%=*} as the first call of all" 'any(.call == $call)' --arg call "${first#*=}"
done
export EARLY_NULL=1
assert_eq "$(said return)" "11 4 7 10" "recorded with no environment at first"
with_and_without sh -c './order return; echo $?'
assert_eq "$(cat with.err)" "errno 4711 at the end" "errno behind our destructor"

# A program that makes no call at all is there all the same: the constructor sees to it.
printf '#include <signal.h>\nint main(void) { raise(SIGKILL); }\n' >silent.c
"${CC:-cc}" -o silent silent.c || fail "silent.c"
rm -f "$SOCKSPY_RING"
(recorded ./silent >/dev/null 2>&1)
check 'a silent program' 'calls("exec") | only | .comm == "silent"'
