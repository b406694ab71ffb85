/* memory.h - memory or the end: the viewer cannot go on without. */
#ifndef SOCKSPY_MEMORY_H
#define SOCKSPY_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

static inline void *memory_checked(void *memory)
{
    if (memory == NULL) {
        fputs("sockspy: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* realloc(memory, count * size); never returns NULL. */
static inline void *memory_grow(void *memory, size_t count, size_t size)
{
    return memory_checked(reallocarray(memory, count != 0 ? count : 1, size));
}

/* `count` things of `size` bytes, all zero. */
static inline void *memory_new(size_t count, size_t size)
{
    return memory_checked(calloc(count != 0 ? count : 1, size));
}

#endif
