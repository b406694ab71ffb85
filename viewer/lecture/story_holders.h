/* story_holders.h - the descriptors that a call concerns without naming them: what a
 * child has from its parent, and what a sweep closes. Part of story.c.
 */
#ifndef SOCKSPY_STORY_HOLDERS_H
#define SOCKSPY_STORY_HOLDERS_H

#include "scan/history.h"

struct holders {
    const struct history *history;
    struct map first;             /* by process: the number, from 1, of its first holding that may still count... */
    size_t *next;                 /* ...and by holding: that of the process's next one; 0: none */
    const struct holder **closed; /* those that a call closed, in the order in which it did */
    size_t closed_count;
    size_t looked, found; /* there is an end to what a ring can ask for */
};

void holders_begin(struct holders *holders, const struct history *history);
void holders_end(struct holders *holders);

typedef void holders_visit(void *context, const struct holder *holder);

/* Visits what `process` held at `time`, in the order in which it came to be; to be
 * asked in the order of time, give or take a second. */
void holders_at(struct holders *holders, const struct process *process, int64_t time, holders_visit *visit,
                void *context);

/* Visits what calls of `process` closed from `from` to `to`. */
void holders_closed(struct holders *holders, const struct process *process, int64_t from, int64_t to,
                    holders_visit *visit, void *context);

#endif
