/* place.h - where a piece of the program's memory lies, and whether it may be
 * looked at before the kernel has done so. */
#ifndef SOCKSPY_PLACE_H
#define SOCKSPY_PLACE_H

#include "process.h"
#include "real.h"
#include "record.h"

static inline bool place_within(const struct real_range *range, uintptr_t at)
{
    return at >= range->from && at < range->to;
}

/* Told by its address alone. The stack of a thread ends at its thread pointer;
 * the main thread's lies above everything. */
static inline uint8_t place_of(const void *buffer)
{
    const uintptr_t at = (uintptr_t)buffer;
    const uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
    const uintptr_t end = (uintptr_t)__builtin_thread_pointer();
    if (at >= stack && (stack > end || at < end))
        return PLACE_STACK;
    if (place_within(&real_program, at) || place_within(&real_libraries, at))
        return PLACE_STATIC;
    if (at >= real_program.to && real_data.program_break != NULL && at < (uintptr_t)*real_data.program_break)
        return PLACE_HEAP;
    return PLACE_MAPPED;
}

/* Could this be a pointer at all? */
static inline bool place_plausible(const void *pointer)
{
    return (uintptr_t)pointer >= 4096 && (uintptr_t)pointer >> 47 == 0;
}

/* The program takes this memory away, or makes it unreadable: where we would have
 * known it, nothing but the stack is known any more. */
extern bool place_doubted;
void place_revoke(const void *address, size_t size);

/* Is it known without a question that these bytes can be read: of the stack that we
 * run on, malloc's first heap, this thread's variables or the program's own data? */
#define PLACE_NEAR 65536u
static inline bool place_is_known(uintptr_t from, size_t size)
{
    const uintptr_t stack = (uintptr_t)__builtin_frame_address(0), self = (uintptr_t)__builtin_thread_pointer();
    const uintptr_t to = from + size;
    if (to < from)
        return false;
    if (from >= stack &&
        (process_stack - stack < PROCESS_STACK_MAX ? to <= process_stack : to - stack < PLACE_NEAR && to <= self))
        return true;
    if (UNLIKELY(place_doubted))
        return false;
    if ((ptrdiff_t)(from - self) >= real_data.tls_from && (ptrdiff_t)(to - self) <= real_data.tls_to)
        return true;
    if (from >= process_heap && process_heap != 0 && real_data.program_break != NULL &&
        to <= (uintptr_t)*real_data.program_break)
        return true;
    if (from >= real_program.to || to <= real_program.from)
        return false;
    for (unsigned i = 0; i < REAL_SEGMENTS; i++) {
        if (from >= real_segments[i].from && to <= real_segments[i].to)
            return true;
    }
    return false;
}

/* May these bytes (1 to 16384) be read now, although the kernel has not read them
 * yet? False where that is not known: a program may pass anything and be told
 * EFAULT. Known without a question are the stack, malloc's heaps and the program's
 * own segments; of each other page the kernel is asked anew, for what was readable
 * once may not be so now; in a sandbox it is not asked. errno stays. */
bool place_readable(const void *pointer, size_t size);

/* Copies `size` bytes (0 to 16384) where they may be read; returns whether. */
bool place_copy(void *to, const void *from, size_t size);

/* The length of a text that nobody has read yet; -1 where it has no end within
 * `room` bytes, or may not be read. Asks the kernel as above. */
ssize_t place_text_length(const char *text, size_t room);

#endif
