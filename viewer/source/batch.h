/* batch.h - records copied out of the ring, and the order in which to tell them.
 *
 * Records come lane by lane, each lane nearly in order; they go out by the
 * moment at which they count (see record_moment), over all lanes.
 */
#ifndef SOCKSPY_BATCH_H
#define SOCKSPY_BATCH_H

#include "../preload/ring.h"

/* Values of record.call that no library writes. */
enum {
    CALL_LOST = CALL_COUNT, /* `ret` records are missing, from start (0: not known) to before end */
    CALL_UNKNOWN,           /* a number that calls.def does not know */
    CALLS_TOLD
};

struct batch_entry {
    uint64_t moment; /* ticks */
    uint64_t at;     /* where the record lies in words[] */
};

struct batch {
    uint64_t *words;
    size_t used, room; /* of words[] */
    struct batch_entry *entries;
    size_t count, entry_room;
    size_t next;     /* entries before this one have been taken */
    uint64_t told;   /* moment of the last one taken */
    uint64_t *spare; /* what batch_compact moves to */
    size_t spare_room;
    struct record lost; /* what batch_take gives for a run of lost ones */
};

/* When a record counts: a call that ends a descriptor's life at its start, all
 * others at their end. */
static inline uint64_t record_moment(const struct record *record)
{
    return record_ends(record->call) ? record->start : record->end;
}

/* Room for a record of at most a chunk, to be filled by the caller; valid until
 * the next call. */
uint64_t *batch_room(struct batch *batch);

/* Takes in the record that was put there. */
void batch_add(struct batch *batch, uint64_t moment, uint64_t words);

/* Takes in that `count` records are missing, somewhere from that place, which is
 * told by moment and id, to before the moment `until`. */
void batch_add_lost(struct batch *batch, uint64_t moment, uint64_t until, uint64_t id, uint64_t count);

/* Puts what has not been taken yet in order: by moment, then by id. */
void batch_sort(struct batch *batch);

/* The next record whose moment is not after `horizon`, or NULL. A run of lost
 * ones comes as one. It stays until the next call of any of these. */
const struct record *batch_take(struct batch *batch, uint64_t horizon);

/* Is there one? */
bool batch_has(const struct batch *batch, uint64_t horizon);

/* Begins again with the first. */
void batch_rewind(struct batch *batch);

/* Forgets what was taken; what follows can still be taken. */
void batch_compact(struct batch *batch);

/* Takes over what has not been taken from `before`, which is empty then. To be
 * sorted. */
void batch_follow(struct batch *batch, struct batch *before);

void batch_free(struct batch *batch);

#endif
