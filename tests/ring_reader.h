/* ring_reader.h - the smallest reader that keeps the rules of ring.h, for the
 * tests of the ring. (The viewer's own is viewer/source.c.)
 *
 * It can read once or again and again: each record is visited once, and what
 * was never visited is known from the lanes' totals.
 */
#ifndef SOCKSPY_TESTS_RING_READER_H
#define SOCKSPY_TESTS_RING_READER_H

#include "../preload/ring.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_WORDS (CHUNK_SLOTS * SLOT_SIZE / 8)

/* A copy of a record that was found whole, with its items behind it. */
union found {
    struct record record;
    ring_word words[CHUNK_WORDS];
};

typedef void visit_record(void *context, uint32_t lane, const union found *found);

struct ring_reader {
    const struct ring *ring;
    visit_record *visit;
    void *context;
    uint64_t read; /* records visited */
    struct chunk_seen {
        uint64_t owner;
        uint64_t slots[CHUNK_SLOTS / 64]; /* bits: a record that begins here was visited */
    } * seen;                             /* one for each place in the ring */
};

static inline void reader_open(struct ring_reader *reader, const struct ring *ring, visit_record *visit, void *context)
{
    *reader = (struct ring_reader){.ring = ring, .visit = visit, .context = context};
    reader->seen = calloc((size_t)ring->chunk_mask + 1, sizeof *reader->seen);
    if (reader->seen == NULL)
        abort();
}

static inline void reader_close(struct ring_reader *reader)
{
    free(reader->seen);
}

/* Copies the record that should lie at `slot` of `chunk`. False where none does. */
static inline bool copy_record(const struct ring *ring, uint64_t chunk, uint32_t slot, union found *found)
{
    const uint64_t at = (chunk & ring->chunk_mask) * CHUNK_SLOTS + slot;
    const uint64_t *const from = ring->slots + at * (SLOT_SIZE / 8);
    if (slot + RECORD_WORDS / (SLOT_SIZE / 8) > CHUNK_SLOTS)
        return false;
    for (size_t i = 0; i < RECORD_WORDS; i++)
        found->words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    const uint32_t slots = found->record.slots;
    if (found->record.id != chunk * CHUNK_SLOTS + slot || slots * SLOT_SIZE < sizeof(struct record) ||
        slot + slots > CHUNK_SLOTS)
        return false;
    for (size_t i = RECORD_WORDS; i < slots * (SLOT_SIZE / 8); i++)
        found->words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    return found->record.check == record_check(found->words, slots * (SLOT_SIZE / 8));
}

static inline void read_chunk(struct ring_reader *reader, struct chunk_seen *seen)
{
    const uint32_t lane = OWNER_LANE(seen->owner);
    union found found;
    for (uint32_t slot = 0; slot < CHUNK_SLOTS;) {
        if (!copy_record(reader->ring, OWNER_CHUNK(seen->owner), slot, &found)) {
            slot++;
            continue;
        }
        const uint64_t bit = UINT64_C(1) << slot % 64;
        if ((seen->slots[slot / 64] & bit) == 0) {
            seen->slots[slot / 64] |= bit;
            reader->read++;
            reader->visit(reader->context, lane, &found);
        }
        slot += found.record.slots;
    }
}

/* Visits every record that is there and was not visited yet. */
static inline void reader_poll(struct ring_reader *reader)
{
    for (size_t i = 0; i <= reader->ring->chunk_mask; i++) {
        struct chunk_seen *const seen = &reader->seen[i];
        const uint64_t owner = __atomic_load_n(&reader->ring->owners[i], __ATOMIC_ACQUIRE);
        if (owner != seen->owner)
            *seen = (struct chunk_seen){.owner = owner};
        if (owner != 0)
            read_chunk(reader, seen);
    }
}

/* All records that were reserved, or refused for want of a slot. */
static inline uint64_t records_written(const struct ring *ring)
{
    uint64_t total = __atomic_load_n(&ring->header->count[COUNT_UNWRITTEN], __ATOMIC_RELAXED);
    for (uint32_t lane = 0; lane <= ring->lane_mask; lane++)
        total += ring_lane_total(&ring->lanes[lane]);
    return total;
}

#endif
