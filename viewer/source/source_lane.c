/* source_lane.c - copying records out of chunks, and counting those that are
 * not there. The rules are those of ring.h. */
#include "source/source_lane.h"

#include "../preload/clock.h"

#define HEAD_WORDS (sizeof(struct record) / 8)
#define SLOT_WORDS (SLOT_SIZE / 8)
#define RECORD_SLOTS (sizeof(struct record) / SLOT_SIZE)

static uint64_t load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

bool lane_look(struct source *source, uint32_t number)
{
    struct lane *const lane = &source->lanes[number];
    uint64_t position;
    const uint64_t total = ring_lane_count(&source->ring.lanes[number], &position);
    if (total > lane->total) { /* less: a damaged ring */
        lane->total = total;
        lane->position = position;
    }
    return lane->counted < lane->total;
}

/* Copies the record that should lie at `slot` of `chunk` to `words`. Returns its
 * length in slots, or 0 where there is none. */
static uint32_t copy_record(const struct ring *ring, uint64_t chunk, uint32_t slot, uint64_t *words)
{
    const uint64_t *const from = ring->slots + ((chunk & ring->chunk_mask) * CHUNK_SLOTS + slot) * SLOT_WORDS;
    if (load(from) != chunk * CHUNK_SLOTS + slot || slot + RECORD_SLOTS > CHUNK_SLOTS)
        return 0;
    for (size_t i = 0; i < HEAD_WORDS; i++)
        words[i] = load(from + i);
    const struct record *const record = (const struct record *)(const void *)words;
    const uint32_t slots = record->slots;
    if (record->id != chunk * CHUNK_SLOTS + slot || slots < RECORD_SLOTS || slot + slots > CHUNK_SLOTS)
        return 0;
    for (size_t i = HEAD_WORDS; i < slots * SLOT_WORDS; i++)
        words[i] = load(from + i);
    return record->check == record_check(words, slots * SLOT_WORDS) ? slots : 0;
}

/* A record's number within its lane, from the low half of it: the last one that
 * the lane has given out. */
static uint64_t whole_sequence(const struct lane *lane, uint32_t sequence)
{
    const uint64_t last = lane->total - 1;
    return last - (uint32_t)((uint32_t)last - sequence);
}

/* Can a record that is missing behind the last one read still come? Not where
 * the place of that last one has gone to a later chunk. */
static bool may_come(const struct source *source, uint32_t number)
{
    const struct lane *const lane = &source->lanes[number];
    const uint64_t *const owner = &source->ring.owners[lane->chunk & source->ring.chunk_mask];
    return lane->chunk == 0 || load(owner) == OWNER(lane->chunk, number);
}

/* Takes in the record that lies in the batch's room. */
static void take(struct source *source, uint32_t number, uint64_t *words, uint64_t sequence)
{
    struct lane *const lane = &source->lanes[number];
    struct record *const record = (struct record *)(void *)words;
    if (record->call >= CALL_COUNT)
        record->call = CALL_UNKNOWN;
    const uint64_t id = record->id, slots = record->slots, moment = record_moment(record), end = record->end;
    batch_add(&source->batch, moment, slots * SLOT_WORDS);
    if (sequence > lane->counted) {
        /* What was overwritten lay anywhere since the last one read; of what never became whole the writer is dead. */
        const uint64_t since = lane->fresh || !may_come(source, number) ? lane->moment : moment;
        batch_add_lost(&source->batch, since, end, id - 1, sequence - lane->counted);
    }
    lane->counted = sequence + 1;
    lane->read++;
    lane->moment = moment;
    lane->fresh = false;
}

/* Slots of the chunk in which there is something to read. */
static uint32_t slots_of(const struct lane *lane, uint64_t chunk)
{
    const uint64_t begin = chunk * CHUNK_SLOTS;
    return lane->position < begin + CHUNK_SLOTS ? (uint32_t)(lane->position - begin) : CHUNK_SLOTS;
}

void lane_read(struct source *source, uint32_t number, uint64_t chunk, bool patient)
{
    struct lane *const lane = &source->lanes[number];
    uint32_t slot = chunk == lane->chunk ? lane->slot : 0;
    const uint32_t limit = slots_of(lane, chunk);
    while (slot < limit && !lane->waiting) {
        uint64_t *const words = batch_room(&source->batch);
        const uint32_t slots = copy_record(&source->ring, chunk, slot, words);
        const uint64_t sequence = slots != 0 ? whole_sequence(lane, ((struct record *)(void *)words)->sequence) : 0;
        if (slots == 0 || sequence < lane->counted || sequence >= lane->total) {
            slot++;
            continue;
        }
        if (sequence > lane->counted && patient && !lane->fresh && may_come(source, number)) {
            lane->waiting = true;
            return;
        }
        take(source, number, words, sequence);
        slot += slots;
        lane->chunk = chunk;
        lane->slot = slot;
    }
}

/* When the first record was done that has taken the place of the lane's last chunk,
 * or 0 where that lies there still. Until now, where nothing can be read there yet;
 * who knows when, where the clock is not this machine's. */
static uint64_t overwritten_at(struct source *source, uint32_t number)
{
    const struct lane *const lane = &source->lanes[number];
    const uint64_t last = lane->position != 0 ? (lane->position - 1) / CHUNK_SLOTS : 0;
    const uint64_t chunk = OWNER_CHUNK(load(&source->ring.owners[last & source->ring.chunk_mask]));
    if (chunk == last)
        return 0;
    uint64_t *const words = batch_room(&source->batch);
    for (uint32_t slot = 0; slot < CHUNK_SLOTS; slot++) {
        if (copy_record(&source->ring, chunk, slot, words) != 0)
            return words[WORD_END];
    }
    const uint64_t now = clock_ticks(source->ring.clock);
    return now > lane->moment ? now : UINT64_MAX;
}

void lane_end(struct source *source, uint32_t number, bool patient)
{
    struct lane *const lane = &source->lanes[number];
    if (lane->waiting || lane->counted >= lane->total)
        return;
    if (patient && may_come(source, number)) {
        lane->waiting = true;
        return;
    }
    batch_add_lost(&source->batch, lane->moment, overwritten_at(source, number), UINT64_MAX,
                   lane->total - lane->counted);
    lane->counted = lane->total;
    if (lane->position != 0) {
        lane->chunk = (lane->position - 1) / CHUNK_SLOTS;
        lane->slot = (uint32_t)(lane->position - lane->chunk * CHUNK_SLOTS);
    }
}

/* The record is the first of its lane that there is. */
static void begin_with(struct source *source, struct lane *lane, const struct record *record)
{
    const uint64_t sequence = whole_sequence(lane, record->sequence), id = record->id, end = record->end;
    lane->surveyed = true;
    if (sequence <= lane->counted || sequence >= lane->total)
        return;
    batch_add_lost(&source->batch, 0, end, id - 1, sequence - lane->counted);
    lane->counted = sequence;
}

uint64_t lane_survey(struct source *source, uint32_t number, uint64_t chunk)
{
    struct lane *const lane = &source->lanes[number];
    const struct ring *const ring = &source->ring;
    const uint64_t *const slots = ring->slots + (chunk & ring->chunk_mask) * CHUNK_SLOTS * SLOT_WORDS;
    const uint32_t limit = slots_of(lane, chunk);
    uint64_t earliest = UINT64_MAX;
    for (uint32_t slot = 0; slot < limit; slot++) {
        const uint64_t *const from = slots + slot * SLOT_WORDS;
        /* Only what would be the earliest needs to be looked at as a whole. */
        if (load(from) != chunk * CHUNK_SLOTS + slot ||
            (lane->surveyed && load(from + WORD_START) >= earliest && load(from + WORD_END) >= earliest))
            continue;
        uint64_t *const words = batch_room(&source->batch);
        const uint32_t length = copy_record(ring, chunk, slot, words);
        if (length == 0)
            continue;
        const struct record *const record = (const struct record *)(const void *)words;
        const uint64_t moment = record_moment(record);
        earliest = moment < earliest ? moment : earliest;
        if (!lane->surveyed)
            begin_with(source, lane, record); /* overwrites the room */
        slot += length - 1;
    }
    return earliest;
}

uint64_t source_latest(const struct ring *ring)
{
    uint64_t words[CHUNK_SLOTS * SLOT_WORDS], latest = 0;
    for (uint32_t i = 0; i <= ring->lane_mask; i++) {
        uint64_t position;
        ring_lane_count(&ring->lanes[i], &position);
        const uint64_t chunk = position != 0 ? (position - 1) / CHUNK_SLOTS : 0;
        for (uint32_t slot = 0, slots; slot < CHUNK_SLOTS; slot += slots != 0 ? slots : 1) {
            slots = copy_record(ring, chunk, slot, words);
            if (slots != 0 && words[WORD_END] > latest)
                latest = words[WORD_END];
        }
    }
    return latest;
}
