/* ring.h - writing records into shared memory, and the rules for reading them.
 *
 * The file is cut into chunks of CHUNK_SLOTS slots. Each CPU has a lane, and
 * each lane fills one chunk at a time; when it is full, the lane takes the next
 * one from the whole ring with one fetch-and-add on next_chunk. So a busy
 * thread alone has the whole ring for its history, and no line of memory is
 * shared by the CPUs more than once a chunk. tests/bench/layouts.c measures
 * this against the other ways, tests/model/ proves it on a small scale.
 *
 * Writing: reserve slots by compare-and-swap on the lane's cursor, then store
 * the record, word by word. There is no commit step to die before: the check
 * word, which covers every other word and the record's number, is what makes
 * the record valid. A writer that is killed, stopped, jumped out of or
 * overtaken leaves a slot that does not match, and nobody waits for it.
 *
 * A chunk that some lane is still filling is passed over when the ring comes
 * round to it, so a slow CPU loses nothing and is not written over; at most
 * `lanes` chunks are held back so. (A lane takes a chunk first and opens it
 * then. A writer that sleeps between the two for a whole lap may open a chunk
 * that is another's by now: what both write there is lost, and counted.)
 *
 * Reading (only loads; the mapping may be read-only):
 *   - owners[i] names the chunk that lies at i, and its lane. Slot s of chunk c
 *     has the number c * chunk_slots + s; the record there is valid if its id
 *     is that number, its slots stay within the chunk, and its check matches.
 *     Copy first, then check the copy: a copy that matches is whole.
 *   - Within a lane, records count up in `sequence` from 0. A reader knows how
 *     many were reserved in all from the lane's cursor and `written`
 *     (ring_lane_total), so whatever it did not see it can count: records read
 *     and records lost add up to records written, exactly. Those for which no
 *     slot could be had have no sequence and stand in COUNT_UNWRITTEN.
 *   - A record that is not there yet may still come: its writer sleeps. It is
 *     surely lost only when its chunk has gone to a later owner.
 *   - A process's row is valid if its check matches, like a record's.
 *   - Order between records is by time: `start` of what acts outwards, `end` of
 *     what learns or creates (viewer/source/order.h).
 */
#ifndef SOCKSPY_RING_H
#define SOCKSPY_RING_H

#include "record.h"

#include <stdbool.h>
#include <sys/uio.h>

#define RING_SIZE_MIN (2 * CHUNK_SLOTS * SLOT_SIZE) /* bytes of slots: one chunk to fill, one to keep */
#define RING_SIZE_MAX (UINT64_C(64) << 30)

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
    const void *bytes; /* with RING_GATHER: struct iovec[] of at least `size` bytes in all */
    uint32_t whole;    /* length before cutting */
    uint16_t size;     /* bytes to copy */
    uint16_t kind;     /* enum item_kind, perhaps | RING_GATHER */
};
#define RING_GATHER 0x8000u
#define RING_GUARDED 0x4000u /* bytes: a struct ring_guarded */

/* Bytes that may be overwritten at any time, but never before *stamp has ceased to
 * be `value`: a record that was made of others is not valid. */
struct ring_guarded {
    const void *bytes;
    uint32_t *stamp;
    uint32_t value;
};

static inline bool ring_guard_holds(const struct ring_guarded *guarded)
{
    /* Not a plain load: the bytes must have been read before it. */
    return __atomic_fetch_add(guarded->stamp, 0, __ATOMIC_ACQ_REL) == guarded->value;
}

/* The size of the file for `bytes` (RING_SIZE_MIN to RING_SIZE_MAX) of slots,
 * which is rounded down to a power of two, and `cpus` lanes at the most. */
uint64_t ring_file_size(uint64_t bytes, uint32_t cpus);

/* Makes `memory`, ring_file_size() zero bytes, an empty ring. */
void ring_format(void *memory, uint64_t bytes, uint32_t cpus, uint32_t clock);

/* Sets up `ring` over `memory`. Returns NULL, or what is wrong with the header:
 * a few words in English that live for ever. */
const char *ring_attach(struct ring *ring, void *memory, uint64_t size);

/* Writes `record` and its parts; the ring puts in check, sequence and slots, tells
 * the id in record->id, and cuts what does not fit. Wait-free but for other
 * writers on the same lane, async-signal-safe, no system call; errno is left
 * alone. Where no slot can be had, counts the record as unwritten. */
void ring_write(const struct ring *ring, uint32_t lane, struct record *record, const struct ring_part *parts,
                unsigned count);

/* Adds to one of the ring's counts. */
static inline void ring_count(const struct ring *ring, enum ring_count kind, uint64_t amount)
{
    __atomic_fetch_add(&ring->header->count[kind], amount, __ATOMIC_RELAXED);
}

/* A new number for a process; never 0. Its row in the table is none that `lives` for
 * `self`, as long as there is another. */
typedef bool ring_row_lives(const struct ring_process *row, const struct ring_process *self);
uint32_t ring_process_number(const struct ring *ring, ring_row_lives *lives, const struct ring_process *self);

/* Fills in the check of `process` and puts it at its place in the table. */
void ring_process_put(const struct ring *ring, struct ring_process *process);

/* Reads a process's row. False where it is not (or no longer, or not yet) there. */
static inline bool ring_process_get(const struct ring *ring, uint32_t number, struct ring_process *process)
{
    const ring_word *const from = (const ring_word *)&ring->processes[number % RING_PROCESSES];
    ring_word *const words = (ring_word *)process;
    for (size_t i = 0; i < sizeof *process / 8; i++)
        words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    /* cppcheck-suppress uninitvar - written just above, as words */
    return number != 0 && process->number == number && process->check == process_check(words);
}

/* `known` moved forward to the next number with the low bits of `low`. */
static inline uint64_t ring_extend(uint64_t known, uint64_t low)
{
    return known + CURSOR_COUNT(low - known);
}

/* How many records this lane has reserved since the ring began, and in
 * *position the number of the slot behind the last of them. `written` is never
 * ahead of the cursor's count and at most a chunk behind it, so it need only
 * stand still while the cursor is read. */
static inline uint64_t ring_lane_count(const struct ring_lane *lane, uint64_t *position)
{
    uint64_t cursor, after, before = __atomic_load_n(&lane->written, __ATOMIC_ACQUIRE);
    *position = 0;
    for (int tries = 0; tries < 1000; tries++, before = after) {
        cursor = __atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE);
        after = __atomic_load_n(&lane->written, __ATOMIC_ACQUIRE);
        if (after == before) {
            *position = CURSOR_POSITION(cursor);
            return ring_extend(before, cursor);
        }
    }
    return before; /* a damaged ring */
}

static inline uint64_t ring_lane_total(const struct ring_lane *lane)
{
    uint64_t position;
    return ring_lane_count(lane, &position);
}

#endif
