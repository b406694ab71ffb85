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

/* May `pointer` be read before the kernel has read it? What it leads to must
 * not cross a page. False where that is not known: a program may pass anything
 * and be told EFAULT. Asks the kernel once for each page that is neither the
 * program's own nor near on the stack. errno stays. */
bool place_readable(const void *pointer);

/* The length of a path where it can be read without asking the kernel: near on
 * the stack, on libc's heap, the program's own data. -1: elsewhere, or no path. */
ssize_t place_path_length(const char *path);

#endif
