#!/usr/bin/env bash
# T23: liburing makes its system calls by itself. That a program sets up a ring of the
# kernel's is told all the same, once for each.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"
cat >uring.c <<'END'
struct io_uring;
int io_uring_queue_init_params(unsigned entries, struct io_uring *queues, void *how) { return entries == 0 ? -22 : 0; }
int io_uring_queue_init(unsigned entries, struct io_uring *queues, unsigned flags)
{
    return io_uring_queue_init_params(entries, queues, 0); /* as the real one does */
}
END
cat >uses.c <<'END'
int io_uring_queue_init(unsigned entries, void *queues, unsigned flags);
int main(void) { return io_uring_queue_init(8, 0, 0) != 0 || io_uring_queue_init(0, 0, 0) != -22; }
END
"${CC:-cc}" -shared -fPIC -Wl,-soname,liburing.so.9 -o liburing.so.9 uring.c || fail "uring.c"
"${CC:-cc}" -o uses uses.c ./liburing.so.9 -Wl,-rpath,"$TMP" || fail "uses.c"
with_and_without ./uses
assert_eq "$(count io_uring)" 1 "rings that are told"
"$spy" "$SOCKSPY_RING" >log
assert_grep '^# 1 io_uring was made' log
"$spy" info "$SOCKSPY_RING" >info
assert_grep io_uring info
"$spy" audit "$SOCKSPY_RING" >audit || true
assert_grep io_uring audit
