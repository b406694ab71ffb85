#!/usr/bin/env bash
# T24: others want to be first, bend the clock, bring their own malloc or run the
# program by hand. Beside each of them the program does the same, and is recorded
# with the times of this world.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
program=$programs/transfers
"$program" >plain || fail "transfers"

# beside WHAT COMMAND... - COMMAND, which preloads us itself, must say the same as
# without us; and be recorded now, whatever it believes.
tried=0
beside() {
    local what=$1 status=0 now
    shift
    rm -f "$SOCKSPY_RING"
    "$@" >said 2>complaints || status=$?
    assert_eq "$status" 0 "status beside $what ($(tail -n 3 complaints))"
    cmp -s said plain || fail "another output beside $what: $(diff plain said | head -n 5)"
    now=$(date +%s)
    check "recorded beside $what" 'calls("send") | length > 0 and all(.time > $now - 60 and .time < $now + 60)' --argjson now "$now"
    tried=$((tried + 1))
}

# One that lies before us, and counts: nothing goes through it twice, or at all where
# it would not without us; not even what is called before our constructor.
shared early
shared t24_counts
"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -o order "$top/tests/programs/shared/t24_order.c" ./early.so || fail "t24_order.c"
LD_PRELOAD=$TMP/t24_counts.so ./order 2>without || fail "order"
LD_PRELOAD="$TMP/t24_counts.so $lib" ./order 2>with || fail "order with the library"
assert_grep '^write 2, read 0, send 0, close 1, ' without
cmp -s with without || fail "another lot of calls: $(cat with), not: $(cat without)"
LD_PRELOAD="$lib $TMP/t24_counts.so" ./order 2>with || fail "order before another"
assert_grep '^write 2, read 0, send 0, close 1, ' with # none of ours, with which we set up

# AddressSanitizer: linked in, and as a library that insists on being the first.
if "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -g -fsanitize=address -static-libasan -o with_asan "$top/tests/programs/transfers.c" \
    -pthread 2>/dev/null; then
    beside 'AddressSanitizer, linked in' env LD_PRELOAD="$lib" ./with_asan
    [ ! -s complaints ] || fail "AddressSanitizer found: $(head -n 20 complaints)"
fi
if "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -g -fsanitize=address -o with_asan "$top/tests/programs/transfers.c" -pthread 2>/dev/null; then
    asan=$(ldd ./with_asan | sed -n 's/.*libasan[^ ]* => \([^ ]*\).*/\1/p')
    beside 'AddressSanitizer, before us' env LD_PRELOAD="$asan $lib" ./with_asan
    beside 'AddressSanitizer, before us under run' env LD_PRELOAD="$asan" "$spy" run -q -w "$SOCKSPY_RING" -- ./with_asan
    beside 'AddressSanitizer, behind us' env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$lib" ./with_asan
fi
for library in /usr/lib/*/libjemalloc.so.2; do
    [ -e "$library" ] || continue
    beside 'jemalloc, before us' env LD_PRELOAD="$library $lib" "$program"
    beside 'jemalloc, behind us' env LD_PRELOAD="$lib $library" "$program"
done
# The first ring is also created with its clock.
for library in /usr/lib/*/faketime/libfaketime.so.1; do
    [ -e "$library" ] || continue
    beside 'faketime, before us' env FAKETIME=-1000d LD_PRELOAD="$library $lib" "$program"
    beside 'faketime, behind us' env FAKETIME=-1000d LD_PRELOAD="$lib $library" "$program"
done
if command -v valgrind >/dev/null; then
    beside valgrind env LD_PRELOAD="$lib" valgrind -q "$program"
    # It minds what a look of ours would read behind the end of a block, and has a
    # stack of its own, on which all can be read.
    "${CC:-cc}" -std=gnu17 -g -o looks -x c - <<'PROGRAM' || fail "the program does not compile"
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
int main(void)
{
    struct sockaddr_in *const name = calloc(1, sizeof *name), from;
    socklen_t *const length = malloc(sizeof *length), room = sizeof from;
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    char byte = 'x';
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *length = sizeof *name;
    return bind(fd, (struct sockaddr *)name, sizeof *name) != 0 || getsockname(fd, (struct sockaddr *)name, length) != 0 ||
           sendto(fd, &byte, 1, 0, (struct sockaddr *)name, sizeof *name) != 1 ||
           recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &room) != 1;
}
PROGRAM
    rm -f "$SOCKSPY_RING"
    LD_PRELOAD=$lib valgrind -q ./looks 2>complaints || fail "looks under valgrind"
    [ ! -s complaints ] || fail "valgrind found: $(head -n 20 complaints)"
    check 'who sent it, read from the stack' 'calls("recvfrom") | only | .peer == .local and (.peer | port) > 0'
fi
[ "$tried" -gt 0 ] || skip "neither AddressSanitizer, jemalloc, faketime nor valgrind"
