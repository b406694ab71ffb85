/* processes.h - the programs that a ring knows, and what its ticks mean in
 * Unix time: both come from the ring's header and its table of processes.
 */
#ifndef SOCKSPY_PROCESSES_H
#define SOCKSPY_PROCESSES_H

#include "../preload/ring.h"

struct processes {
    struct ring_process rows[RING_PROCESSES]; /* number 0: none */
    uint32_t next;                            /* header.next_process at that time */
};

/* Copies the rows that are whole; their strings end within their fields. */
void processes_read(struct processes *processes, const struct ring *ring);

/* Has the ring got processes that are not here yet? */
bool processes_stale(const struct processes *processes, const struct ring *ring);

/* One run of one program by its number, or NULL. */
const struct ring_process *processes_find(const struct processes *processes, uint32_t number);

/* Ticks to Unix time, by straight lines between the moments at which both were
 * read. Never goes back; good to a microsecond or so. */
struct timeline {
    struct moment moments[RING_PROCESSES + 3];
    double rates[RING_PROCESSES + 3]; /* ns per tick behind each moment */
    size_t count;                     /* 0: nothing is known of the time */
    size_t near;                      /* the moment before the last ticks asked for */
    double rate;                      /* ns per tick, over all */
};

/* `latest`: when the youngest record ended, in ticks, or 0. What is not later gets
 * the same time however often it is read, as far as the clock's own pace allows. */
void timeline_read(struct timeline *timeline, const struct ring *ring, const struct processes *processes,
                   uint64_t latest);

/* No time is later (it is in the year 2116) and no length of time longer than half
 * of it, whatever a ring says: so sums of a time and some lengths are numbers still. */
#define TIME_MAX (INT64_MAX / 2)

/* Unix time in ns; 0 where it is not known. */
int64_t timeline_unix(struct timeline *timeline, uint64_t ticks);

/* A length of time in ns; 0 if it would be negative. */
uint64_t timeline_ns(const struct timeline *timeline, uint64_t from, uint64_t to);

/* Was the ring made since this machine was started? */
bool ring_is_of_this_boot(const struct ring *ring);

#endif
