#!/usr/bin/env bash
# timeout: 120
# The library for aarch64: it builds, and a program runs under it in an emulator
# as it does without, fork, vfork and syscall() among its calls.
. "$(dirname "$0")/../lib.sh" || exit 1
need aarch64-linux-gnu-gcc qemu-aarch64
root=/usr/aarch64-linux-gnu
[ -e $root/lib/libc.so.6 ] && [ -e $root/include/stdio.h ] || skip "no C library for aarch64"
mkdir tree
cp -r "$top/Makefile" "$top/preload" tree
make -s -C tree libsockspy.so CC=aarch64-linux-gnu-gcc >make.out 2>&1 || fail "make: $(tail -n 20 make.out)"
grep -i warning make.out && fail "warnings"
for name in t07_libc t22_syscall; do
    aarch64-linux-gnu-gcc -std=gnu17 -D_GNU_SOURCE -O1 -o $name "$top/tests/programs/$name.c" -pthread || fail "$name.c"
    qemu-aarch64 -L $root ./$name >without 2>&1
    status=$?
    qemu-aarch64 -L $root -E LD_PRELOAD="$TMP/tree/libsockspy.so" -E SOCKSPY_RING="$SOCKSPY_RING" ./$name >with 2>&1
    assert_eq "$?" "$status" "exit status of $name"
    assert_eq "$(sed 's/[0-9]\{3,\}/N/g' with)" "$(sed 's/[0-9]\{3,\}/N/g' without)" "output of $name"
done
check 'calls are recorded' '(calls("connect") | any(.ret == 0 and .local != null)) and (calls("close") | length > 3)'
check 'a forked child has its own number' '(calls("fork") | .[0].ret) == (calls("send") | map(select(.bytes == 14)) | .[0].pid)'
check 'vfork' 'calls("vfork") | length > 0'
