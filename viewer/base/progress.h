/* progress.h - tells on a terminal how far a long reading is.
 *
 *     struct progress progress;
 *     progress_begin(&progress, records);
 *     while (…) progress_step(&progress);
 *     progress_end(&progress);
 *
 * Says nothing in the first second, and nothing at all where stderr is no terminal.
 */
#ifndef SOCKSPY_PROGRESS_H
#define SOCKSPY_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    uint64_t done, total; /* records */
    int64_t next;         /* when to say it again, in ns of CLOCK_MONOTONIC */
    bool shown;           /* a line stands there */
    bool wanted;
};

/* `total`: how many steps there are at most. */
void progress_begin(struct progress *progress, uint64_t total);

void progress_look(struct progress *progress);

static inline void progress_step(struct progress *progress)
{
    enum { STEPS = 8192 }; /* between two looks at the clock */
    if (++progress->done % STEPS == 0 && progress->wanted)
        progress_look(progress);
}

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
