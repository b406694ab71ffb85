#!/usr/bin/env bash
# T39: a hook that calls a lock through the linkage table may call the program's own,
# which sends, and so calls a hook: for ever. No hook calls anything that programs
# commonly have their own of; and each thread has its true number all the same.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
need nm
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -O1 -rdynamic -o locks "$top/tests/programs/shared/t39_lock.c" -pthread -ldl || fail "t39_lock.c"
with_and_without ./locks
assert_eq "$(cat with.out)" 2 "calls of the program's lock, by itself"
check 'five threads' 'calls("send") | map(select(.args.len == 6)) | length == 4 and (map(.tid) | unique | length == 4)
    and (map(select(.tid == .pid)) | length == 1)'
check 'the numbers are those of the kernel' '(calls("fork") | only | .ret) as $child
    | calls("send") | map(select(.tid == $child)) | length == 1'

# The same from a preloaded lock, before us and behind.
shared calling_lock
for order in "$lib $TMP/calling_lock.so" "$TMP/calling_lock.so $lib"; do
    rm -f "$SOCKSPY_RING"
    LD_PRELOAD=$order "$programs/t20_forks" libc >said || fail "$order: t20_forks ended with $?"
    assert_eq "$("$spy" info --format=jsonl "$SOCKSPY_RING" | jq 'select(.process) | .pid' | sort)" \
        "$(awk '{ print $2 }' said | sort)" "the processes, with $order"
    check 'no hook has locked' 'calls("send") | all(.args.len != 4)'
done

# Where the clock is libc's, it is so, too: a ring that counts by CLOCK_MONOTONIC, and a
# preloaded clock that sends.
shared t39_clock
rm -f "$SOCKSPY_RING"
recorded /bin/true
printf '\2' | dd of="$SOCKSPY_RING" bs=1 seek=36 conv=notrunc status=none                     # ring_header.clock
printf '\1\0\0\0\0\0\0\0' | dd of="$SOCKSPY_RING" bs=1 seek=88 conv=notrunc status=none # .created.ticks
for order in "$lib $TMP/t39_clock.so" "$TMP/t39_clock.so $lib"; do
    LD_PRELOAD=$order "$programs/transfers" >/dev/null || fail "$order: transfers ended with $?"
done
check 'recorded by that clock' 'calls("send") | length > 0 and all(.args.len != 77)'

# Whatever else we want of libc: its memory and string functions, and what is known to
# take no lock and to be nobody's to replace.
assert_eq "$(nm -D --undefined-only "$lib" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -vxE '(mem|str|stp)[a-z]+|_ITM_.*|__gmon_start__|__cxa_finalize|(__)?environ|__(h_)?errno_location|dl_iterate_phdr|getauxval|fileno|dirfd|__fbufsize' |
    paste -sd' ')" "" "what else is wanted"
