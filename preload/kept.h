/* kept.h - payload on its way out, copied before the call: as soon as the kernel
 * has it, another thread may free, unmap or overwrite what it came from. */
#ifndef SOCKSPY_KEPT_H
#define SOCKSPY_KEPT_H

#include "api.h"
#include "library.h"
#include "place.h"
#include "ring.h"

#define KEPT_HERE 96u /* bytes on the stack of the hook; longer payloads lie in a pool */

struct kept {
    uint32_t size;               /* bytes copied */
    struct ring_guarded guarded; /* where the copy lies, if not here: its place in the pool may be taken */
    unsigned char here[KEPT_HERE];
};

/* Makes the pool that is needed for `most` bytes a call (settings.data); once, at
 * start-up. Where it cannot be had, KEPT_HERE bytes are kept. */
void kept_start(uint32_t most);

/* Copies what is to be kept of a buffer, or of several in a row, as far as they
 * can be read without a fault. Lock-free, async-signal-safe; errno stays. */
void kept_take_slow(struct kept *kept, const void *buffer, size_t size);
static inline void kept_take(struct kept *kept, const void *buffer, size_t size)
{
    const size_t some = size < settings.data ? size : settings.data;
    if (UNLIKELY(some == 0 || some > KEPT_HERE || !place_is_known((uintptr_t)buffer, some))) {
        kept_take_slow(kept, buffer, size);
        return;
    }
    const unsigned char *const from = buffer;
    size_t i = 0;
#pragma GCC unroll 4
    for (; i + 8 <= some; i += 8)
        __builtin_memcpy(&kept->here[i], &from[i], 8);
#pragma GCC unroll 1
    for (; i < some; i++)
        kept->here[i] = from[i];
    kept->size = (uint32_t)some;
    kept->guarded.stamp = NULL;
}
void kept_take_parts(struct kept *kept, const struct iovec *parts, size_t count);

/* Its record is written: the place in the pool is free. */
void kept_give_back(const struct kept *kept);
static inline void kept_done(const struct kept *kept)
{
    if (UNLIKELY(settings.data != 0) && kept->guarded.stamp != NULL)
        kept_give_back(kept);
}

/* The first `moved` bytes of it, as the part of a record; lives as long as `kept`.
 * Its size is 0 where nothing is there any more. */
struct ring_part kept_part(const struct kept *kept, size_t moved);

#endif
