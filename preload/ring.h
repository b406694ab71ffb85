/* ring.h - writing records into shared memory, and the rules for reading them.
 *
 * The file is cut into chunks of CHUNK_SLOTS slots. Each CPU has a lane, and
 * each lane fills one chunk at a time; when it is full, the lane takes the next
 * one from the whole ring with one fetch-and-add on next_chunk. So a busy
 * thread alone has the whole ring for its history, and no line of memory is
 * shared by the CPUs more than once a chunk.
 *
 * Writing: reserve slots by compare-and-swap on the lane's cursor, then store
 * the record, word by word. There is no commit step to die before: the check
 * word, which covers every other word and the record's number, is what makes
 * the record valid. A writer that is killed, stopped, jumped out of or
 * overtaken leaves a slot that does not match, and nobody waits for it.
 *
 * A chunk that some lane is still filling is passed over when the ring comes
 * round to it, so a slow CPU loses nothing and is not written over; at most
 * `lanes` chunks are held back so.
 *
 * Reading (only loads; the mapping may be read-only):
 *   - owners[i] names the chunk that lies at i, and its lane. Slot s of chunk c
 *     has the number c * chunk_slots + s; the record there is valid if its id
 *     is that number, its slots stay within the chunk, and its check matches.
 *     Copy first, then check the copy: a copy that matches is whole.
 *   - Within a lane, records count up in `sequence` from 0. A reader knows how
 *     many were reserved in all from the lane's cursor and `written`
 *     (ring_lane_total), so whatever it did not see it can count: records read
 *     and records lost add up to records written, exactly.
 *   - Order between records is by time: `start` for calls that end a
 *     descriptor's life (record_ends), `end` for all others.
 */
#ifndef SOCKSPY_RING_H
#define SOCKSPY_RING_H

#include "record.h"

#include <stdbool.h>

#define RING_SIZE_MIN (64u << 10) /* bytes of slots */
#define RING_SIZE_MAX (64ull << 30)

/* A mapped ring; the pointers lead into the mapping and are checked once, in
 * ring_attach. */
struct ring {
    struct ring_header *header;
    struct ring_lane *lanes;
    uint64_t *owners;
    struct ring_process *processes;
    uint64_t *slots; /* eight words each */
    uint32_t lane_mask;
    uint32_t chunk_mask;
    uint32_t clock;
};

/* What follows a record: an item, or the pieces of one. */
struct ring_part {
    const void *bytes;
    uint32_t whole; /* length before cutting */
    uint16_t size;  /* bytes to copy */
    uint16_t kind;  /* enum item_kind */
};

/* The size of the file for `bytes` (RING_SIZE_MIN to RING_SIZE_MAX) of slots,
 * which is rounded down to a power of two, and `cpus` lanes at the most. */
uint64_t ring_file_size(uint64_t bytes, uint32_t cpus);

/* Makes `memory`, ring_file_size() zero bytes, an empty ring. */
void ring_format(void *memory, uint64_t bytes, uint32_t cpus, uint32_t clock);

/* Sets up `ring` over `memory`. Returns NULL, or what is wrong with the header:
 * a few words in English that live for ever. */
const char *ring_attach(struct ring *ring, void *memory, uint64_t size);

/* Writes `record` and its parts; fills in id, check, sequence and slots, and
 * cuts what does not fit. Wait-free but for other writers on the same lane,
 * async-signal-safe, no system call; errno is left alone. Where no slot can be
 * had, counts the record as unwritten. */
void ring_write(const struct ring *ring, uint32_t lane, struct record *record, const struct ring_part *parts,
                unsigned count);

/* Adds to one of the ring's counts. */
static inline void ring_count(const struct ring *ring, enum ring_count kind, uint64_t amount)
{
    __atomic_fetch_add(&ring->header->count[kind], amount, __ATOMIC_RELAXED);
}

/* A new number for a process; never 0. */
uint32_t ring_process_number(const struct ring *ring);

/* Puts `process` at its place in the table; its number becomes visible last. */
void ring_process_put(const struct ring *ring, const struct ring_process *process);

/* `hint` moved to the nearest number whose low 16 bits are `low`. */
static inline uint64_t ring_extend(uint64_t hint, uint64_t low)
{
    return hint + (uint64_t)(int64_t)(int16_t)(uint16_t)(low - hint);
}

/* How many records this lane has reserved since the ring began. */
static inline uint64_t ring_lane_total(const struct ring_lane *lane)
{
    const uint64_t cursor = __atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE);
    return ring_extend(__atomic_load_n(&lane->written, __ATOMIC_RELAXED), cursor & 0xffff);
}

/* Does this call end the life of a descriptor, so that its place is its start? */
static inline bool record_ends(uint16_t call)
{
    switch (call) {
    case CALL_close:
    case CALL___close:
    case CALL_dup2:
    case CALL___dup2:
    case CALL_dup3:
    case CALL_close_range:
    case CALL_closefrom:
    case CALL_fclose:
    case CALL_freopen:
    case CALL_freopen64:
    case CALL__exit:
    case CALL__Exit: return true;
    default: return false;
    }
}

#endif
