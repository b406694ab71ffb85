/* hooks_uring.c - liburing makes its system calls by itself: that a program sets a
 * ring of the kernel's up is all that is seen of it. */
#include "event.h"
#include "real.h"

/* One of these may call another: told once. */
static uint64_t told(void)
{
    return __atomic_load_n(&ring.header->count[COUNT_IO_URING], __ATOMIC_RELAXED);
}

/* Returns descriptors and errors as the kernel does, or 0. */
static int set_up(int result, uint64_t told_before)
{
    if (result >= 0 && told() == told_before)
        event_hidden(-1, HIDDEN_IO_URING, COUNT_IO_URING, clock_ticks(ring.clock));
    return result;
}

#define SETS_UP(name, params, args)                                                                                    \
    EXPORT int name params;                                                                                            \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        const uint64_t before = told();                                                                                \
        return set_up(real.name args, before);                                                                         \
    }
SETS_UP(io_uring_queue_init, (unsigned entries, struct io_uring *queues, unsigned flags), (entries, queues, flags))
SETS_UP(io_uring_queue_init_params, (unsigned entries, struct io_uring *queues, struct io_uring_params *how),
        (entries, queues, how))
SETS_UP(io_uring_queue_init_mem,
        (unsigned entries, struct io_uring *queues, struct io_uring_params *how, void *memory, size_t size),
        (entries, queues, how, memory, size))
SETS_UP(io_uring_setup, (unsigned entries, struct io_uring_params *how), (entries, how))
