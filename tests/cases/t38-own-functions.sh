#!/usr/bin/env bash
# T38: a library of the program that has its own `daemon` or `listen`, of other types
# than libc's, gets its calls as they were made: all registers, whatever comes back.
# That is said. What only wraps libc's functions, in front of us or behind, is still
# recorded.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
"${CC:-cc}" -std=gnu17 -fno-builtin -O1 -w -shared -fPIC -o t38_own.so "$top/tests/programs/shared/t38_own.c" || fail "t38_own.c"
"${CC:-cc}" -std=gnu17 -fno-builtin -O1 -w -o uses "$top/tests/programs/shared/t38_uses.c" ./t38_own.so || fail "t38_uses.c"
with_and_without ./uses
assert_eq "$(sort -u with.out)" "busy 7 12 2 3 295 35 41 5" "what they gave back"
check 'each is named' 'calls("hidden") | map(.args.name) | sort == ["daemon", "execl", "listen", "prctl", "select", "send", "vfork"]'
assert_eq "$(count own_functions)" 7 "functions of other libraries"
"$spy" log "$SOCKSPY_RING" >said
assert_grep '^# 7 functions of programs. own libraries stand behind ours' said
"$spy" audit "$SOCKSPY_RING" >said
assert_grep '7 functions of programs. own libraries' said
SOCKSPY_RING=/nowhere/ring with_and_without ./uses # unrecorded, too
LD_PRELOAD="$TMP/t38_own.so" ./uses >preloaded.out || fail "uses, preloaded"

# A wrapper keeps libc's types: preloaded, or linked to and known by its name.
cat >wrapper.c <<'LIBRARY'
#include <dlfcn.h>
#include <sys/types.h>
ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
    ssize_t (*const next)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    return next(fd, buffer, size, flags);
}
LIBRARY
"${CC:-cc}" -D_GNU_SOURCE -shared -fPIC -o libwraps.so wrapper.c -ldl && cp libwraps.so libsocks.so.1 || fail "wrapper.c"
sends='calls("send") | length > 0'
for order in "$lib $TMP/libwraps.so" "$TMP/libwraps.so $lib" "$lib:$TMP/libwraps.so"; do
    rm -f "$SOCKSPY_RING"
    LD_PRELOAD=$order "$programs/transfers" >/dev/null || fail "transfers with $order"
    check "recorded with $order" "$sends"
    assert_eq "$(count own_functions)" 0 "functions of other libraries, with $order"
done
for known in libsocks.so.1 libwraps.so; do
    "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wl,--no-as-needed -o linked "$top/tests/programs/transfers.c" "./$known" -pthread || fail "linked"
    rm -f "$SOCKSPY_RING"
    recorded ./linked >/dev/null || fail "linked to $known"
    [ $known = libwraps.so ] || check "recorded, linked to $known" "$sends"
    [ $known != libwraps.so ] || check "passed on, linked to $known" 'calls("send") | length == 0'
done

for library in /usr/lib/*/libsocket_wrapper.so /usr/lib/*/torsocks/libtorsocks.so /usr/lib/*/libproxychains.so.4; do
    [ -e "$library" ] || continue
    for order in "$lib $library" "$library $lib"; do
        rm -f "$SOCKSPY_RING"
        mkdir -p wrapped
        env SOCKET_WRAPPER_DIR="$TMP/wrapped" PROXYCHAINS_QUIET_MODE=1 LD_PRELOAD="$order" "$programs/transfers" >out 2>err ||
            fail "transfers with $order: $(cat err)"
        # In front of us, socket_wrapper takes libc's functions from a handle (T48).
        [ "${order%socket_wrapper.so "$lib"}" != "$order" ] || check "recorded with $order" "$sends"
        assert_eq "$(count own_functions)" 0 "functions of other libraries, with $order"
    done
done
