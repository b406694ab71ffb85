/* place.c - see place.h. */
#include "place.h"

#include "process.h"
#include "sys.h"

#include <errno.h>
#include <limits.h>

#define PAGE_BITS 12
#define STACK_NEAR 65536u

/* Pages that were readable once, by the low bits of their numbers. */
#define KNOWN_PAGES 64u
static uintptr_t known_pages[KNOWN_PAGES];

static bool is_near_on_stack(uintptr_t at)
{
    const uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
    const uintptr_t end = (uintptr_t)__builtin_thread_pointer();
    return at >= stack && at - stack < STACK_NEAR && (stack > end || at < end);
}

static bool is_on_heap(uintptr_t at)
{
    return process_heap != 0 && at >= process_heap && real_data.program_break != NULL &&
           at < (uintptr_t)*real_data.program_break;
}

static bool is_known(uintptr_t at)
{
    return is_near_on_stack(at) || place_within(&real_program, at) || is_on_heap(at);
}

bool place_readable(const void *pointer)
{
    const uintptr_t at = (uintptr_t)pointer, page = at >> PAGE_BITS;
    if (!place_plausible(pointer))
        return false;
    if (is_known(at))
        return true;
    uintptr_t *const known = &known_pages[page % KNOWN_PAGES];
    if (__atomic_load_n(known, __ATOMIC_RELAXED) == page)
        return true;
    /* There is no such way to change the signal mask, but the kernel reads the
     * set before it says so. */
    if (process_sandboxed || sys_call(SYS_rt_sigprocmask, -1, at & ~(uintptr_t)7, NULL, 8) == -EFAULT)
        return false;
    __atomic_store_n(known, page, __ATOMIC_RELAXED);
    return true;
}

ssize_t place_path_length(const char *path)
{
    for (ssize_t length = 0; length < PATH_MAX && is_known((uintptr_t)path + (size_t)length); length++) {
        if (path[length] == '\0')
            return length;
    }
    return -1;
}
