/* place.c - see place.h. */
#include "place.h"

#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define PAGE 4096u

/* --- heaps of glibc's threads ------------------------------------------------
 * All but the first thread have such. Each begins at a multiple of ARENA_BYTES with its head, and its memory is
 * readable up to `size`. The first of an arena is never given back. Which
 * multiples are such is remembered, and sometimes asked again of those that
 * were not. */

#define ARENA_BYTES (UINT64_C(64) << 20) /* HEAP_MAX_SIZE */
#define ARENAS 64u

struct arena_head { /* malloc/arena.c, struct _heap_info */
    uintptr_t arena, previous;
    size_t size;
};

static uintptr_t arenas[ARENAS];      /* known ones, by the low bits of their numbers */
static uint32_t other_places[ARENAS]; /* looks at places that are none */

static bool ask(uintptr_t at)
{
    char byte;
    if (UNLIKELY(process_watched)) { /* valgrind complains of the other question */
        const struct iovec to = {&byte, 1}, from = {(void *)at, 1};
        return sys_call(SYS_process_vm_readv, sys_call(SYS_getpid, 0), &to, 1, &from, 1, 0) == 1;
    }
    /* There is no such way to change the signal mask, but the kernel reads the
     * set before it says so. */
    return sys_call(SYS_rt_sigprocmask, -1, at & ~(uintptr_t)7, NULL, 8) == -EINVAL;
}

static bool is_in_arena(uintptr_t at)
{
    const uintptr_t base = at & ~(ARENA_BYTES - 1);
    return !place_doubted && __atomic_load_n(&arenas[base / ARENA_BYTES % ARENAS], __ATOMIC_RELAXED) == base &&
           base != 0 && at - base < __atomic_load_n(&((const struct arena_head *)base)->size, __ATOMIC_RELAXED);
}

static void learn_arena(uintptr_t at)
{
    if (here->pid == 0 || thread.tid == here->pid || process_is_stranger())
        return;
    const uintptr_t base = at & ~(ARENA_BYTES - 1);
    const unsigned i = base / ARENA_BYTES % ARENAS;
    const uint32_t looks = __atomic_fetch_add(&other_places[i], 1, __ATOMIC_RELAXED);
    if (real_data.program_break == NULL || (looks & (looks - 1)) != 0 || !ask(base) || !ask(base + PAGE - 8))
        return;
    const struct arena_head *const head = (const struct arena_head *)base;
    if (head->arena > base && head->arena - base < 256 && head->previous == 0 && head->size % PAGE == 0 &&
        head->size > PAGE && head->size <= ARENA_BYTES)
        __atomic_store_n(&arenas[i], base, __ATOMIC_RELAXED);
}

bool place_doubted;

void place_revoke(const void *address, size_t size)
{
    const uintptr_t from = (uintptr_t)address, to = from + size - 1, heap = process_heap,
                    base = to & ~(ARENA_BYTES - 1);
    const uintptr_t end = heap != 0 && real_data.program_break != NULL ? (uintptr_t)*real_data.program_break : heap;
    if (size == 0 || to < from)
        return;
    const bool of_heap = from < end && to >= heap;
    const bool of_program = from < real_program.to && to >= real_program.from;
    const bool of_arena = arenas[base / ARENA_BYTES % ARENAS] == base && base != 0;
    if (of_heap || of_program || of_arena)
        place_doubted = true;
}

static bool is_readable(uintptr_t at)
{
    if (place_is_known(at, 1) || is_in_arena(at))
        return true;
    if (!ask(at))
        return false;
    learn_arena(at);
    return true;
}

bool place_readable(const void *pointer, size_t size)
{
    const uintptr_t at = (uintptr_t)pointer, last = at + size - 1;
    if (!place_plausible(pointer))
        return false;
    if (place_is_known(at, size))
        return true;
    if (!is_readable(at))
        return false;
    for (uintptr_t page = (at | (PAGE - 1)) + 1; page <= last; page += PAGE) {
        if (!is_readable(page))
            return false;
    }
    return true;
}

bool place_copy(void *to, const void *from, size_t size)
{
    if (size == 0)
        return true;
    if (!place_readable(from, size))
        return false;
    memcpy(to, from, size);
    return true;
}

ssize_t place_text_length(const char *text, size_t room)
{
    if (!place_plausible(text))
        return -1;
    for (size_t length = 0; length < room;) {
        const uintptr_t at = (uintptr_t)text + length;
        const size_t rest = PAGE - at % PAGE, most = rest < room - length ? rest : room - length;
        if (!is_readable(at))
            return -1;
        const size_t some = strnlen(text + length, most);
        length += some;
        if (some < most)
            return (ssize_t)length;
    }
    return -1;
}
