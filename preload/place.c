/* place.c - see place.h. */
#include "place.h"

#include "process.h"
#include "sys.h"

#include <errno.h>
#include <string.h>

#define PAGE 4096u
#define STACK_NEAR 65536u

/* Pages that were readable once, by the low bits of their numbers. */
#define KNOWN_PAGES 64u
static uintptr_t known_pages[KNOWN_PAGES];

/* Between here and the end of the stack that we run on, if that is libc's: a
 * thread's pointer lies at its end. */
static bool is_on_stack(uintptr_t at)
{
    const uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
    if (at < stack)
        return false;
    if (process_stack - stack < PROCESS_STACK_MAX)
        return at < process_stack;
    return at - stack < STACK_NEAR && at < (uintptr_t)__builtin_thread_pointer();
}

static bool is_on_heap(uintptr_t at)
{
    return process_heap != 0 && at >= process_heap && real_data.program_break != NULL &&
           at < (uintptr_t)*real_data.program_break;
}

static bool is_readable(uintptr_t at)
{
    if (is_on_stack(at) || place_within(&real_variables, at) || is_on_heap(at))
        return true;
    const uintptr_t page = at / PAGE;
    uintptr_t *const known = &known_pages[page % KNOWN_PAGES];
    if (__atomic_load_n(known, __ATOMIC_RELAXED) == page)
        return true;
    /* There is no such way to change the signal mask, but the kernel reads the
     * set before it says so. */
    if (process_sandboxed || process_watched ||
        sys_call(SYS_rt_sigprocmask, -1, at & ~(uintptr_t)7, NULL, 8) == -EFAULT)
        return false;
    __atomic_store_n(known, page, __ATOMIC_RELAXED);
    return true;
}

bool place_readable(const void *pointer, size_t size)
{
    const uintptr_t at = (uintptr_t)pointer;
    return place_plausible(pointer) && size <= PAGE && is_readable(at) && is_readable(at + size - 1);
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
