/* place.h - where a piece of the program's memory lies, and whether it may be
 * looked at. */
#ifndef SOCKSPY_PLACE_H
#define SOCKSPY_PLACE_H

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

/* May these bytes (1 to 4096) be read before the kernel has read them? False where
 * that is not known: a program may pass anything and be told EFAULT. Asks the
 * kernel once for each page that is not of the stack, libc's heap or the program's
 * variables; not in a sandbox. errno stays. */
bool place_readable(const void *pointer, size_t size);

/* The length of a text that nobody has read yet; -1 where it has no end within
 * `room` bytes, or may not be read. Asks the kernel as above. */
ssize_t place_text_length(const char *text, size_t room);

#endif
