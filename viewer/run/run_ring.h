/* run_ring.h - the ring of a command that run starts: made before the start, so that
 * nothing makes another behind our back, and kept as long as somebody may write
 * into it.
 */
#ifndef SOCKSPY_RUN_RING_H
#define SOCKSPY_RUN_RING_H

#include "../preload/ring.h"

#include <limits.h>

struct run_ring {
    char path[PATH_MAX];        /* absolute, because the command may go elsewhere */
    bool kept;                  /* it is to stay whatever happens */
    uint32_t next_process;      /* as it was made */
    char wrong[PATH_MAX + 400]; /* why nothing can be recorded, and what to do; empty: it can */
};

/* Makes the ring `keep`, or one for this run alone where that is NULL; takes a ring
 * that is there. SOCKSPY_SIZE counts. */
void run_ring_make(struct run_ring *ring, const char *keep);

/* Has any program come to it since? */
bool run_ring_reached(const struct run_ring *ring, const struct ring *mapped);

/* At the command's end: says who goes on, or else removes a ring of this run alone. */
void run_ring_release(const struct run_ring *ring);

#endif
