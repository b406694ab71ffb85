/* ring.c - writing into a ring; see ring.h for the protocol. */
#include "ring.h"

#include <string.h>

/* Is the chunk that `owner` names still being filled by its lane? */
static bool is_open(const struct ring *ring, uint64_t owner)
{
    const struct ring_lane *const lane = &ring->lanes[OWNER_LANE(owner) & ring->lane_mask];
    const uint64_t position = CURSOR_POSITION(__atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE));
    return position % CHUNK_SLOTS != 0 && position / CHUNK_SLOTS == OWNER_CHUNK(owner);
}

/* Takes the next free chunk for the lane whose cursor was `cursor`. Returns the
 * number of its first slot, or 0 where the cursor moved, or none could be had. */
static uint64_t take_chunk(const struct ring *ring, uint32_t number, uint64_t cursor)
{
    const struct ring_lane *const lane = &ring->lanes[number];
    const uint32_t enough = 2 * ring->lane_mask + 16; /* every lane's open chunk, and some races */
    for (uint32_t tries = 0; tries < enough && __atomic_load_n(&lane->cursor, __ATOMIC_RELAXED) == cursor; tries++) {
        const uint64_t chunk = __atomic_fetch_add(&ring->header->next_chunk, 1, __ATOMIC_RELAXED);
        uint64_t *const owner = &ring->owners[chunk & ring->chunk_mask];
        uint64_t seen = __atomic_load_n(owner, __ATOMIC_ACQUIRE);
        if (OWNER_CHUNK(seen) >= chunk || is_open(ring, seen))
            continue;
        if (__atomic_compare_exchange_n(owner, &seen, OWNER(chunk, number), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return chunk * CHUNK_SLOTS;
    }
    return 0;
}

/* Raises lane->written to `count`, which belongs to `cursor`. Only before the
 * cursor moves into a new chunk, so that a writer that dies in between leaves
 * nothing undone; only upwards and only if the cursor still stands, so that one
 * that slept cannot put an old number or a wrong one there. */
static void raise_written(struct ring_lane *lane, uint64_t cursor, uint64_t count)
{
    uint64_t written = __atomic_load_n(&lane->written, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE) != cursor)
        return;
    while (written < count &&
           !__atomic_compare_exchange_n(&lane->written, &written, count, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

static __attribute__((noinline)) uint64_t next_chunk(const struct ring *ring, uint32_t number, uint64_t cursor,
                                                     uint64_t count)
{
    raise_written(&ring->lanes[number], cursor, count);
    return take_chunk(ring, number, cursor);
}

/* Reserves `slots` slots in a row. Returns the number of the first, 0 for none,
 * and in *sequence the record's number within the lane. */
static inline uint64_t reserve(const struct ring *ring, uint32_t number, uint32_t slots, uint32_t *sequence)
{
    struct ring_lane *const lane = &ring->lanes[number];
    uint64_t cursor = __atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE);
    for (;;) {
        const uint64_t count = ring_extend(__atomic_load_n(&lane->written, __ATOMIC_ACQUIRE), cursor);
        uint64_t position = CURSOR_POSITION(cursor);
        const uint64_t used = position % CHUNK_SLOTS;
        if (__builtin_expect(used == 0 || used + slots > CHUNK_SLOTS, 0)) {
            position = next_chunk(ring, number, cursor, count);
            if (position == 0) {
                const uint64_t now = __atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE);
                if (now == cursor)
                    return 0;
                cursor = now;
                continue;
            }
        }
        const uint64_t next = (position + slots) << CURSOR_SHIFT | CURSOR_COUNT(cursor + 1);
        if (__atomic_compare_exchange_n(&lane->cursor, &cursor, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            *sequence = (uint32_t)count;
            return position;
        }
    }
}

#define INLINE static inline __attribute__((always_inline)) /* so that the sink stays in registers */

/* The words of a record on their way into the ring, and their check. Each word
 * is stored once, so that a reader never sees half of one. */
struct sink {
    uint64_t *at;
    uint64_t sum, factor;
};

INLINE void put(struct sink *sink, uint64_t word)
{
    __atomic_store_n(sink->at++, word, __ATOMIC_RELAXED);
    sink->sum += word * sink->factor;
    sink->factor += CHECK_STEP;
}

/* Fewer than eight bytes as a word. */
INLINE uint64_t short_word(const char *from, size_t size)
{
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)(unsigned char)from[i] << 8 * i;
    return word;
}

INLINE void put_bytes(struct sink *sink, const char *from, size_t size)
{
#pragma GCC unroll 4
    for (; size >= 8; size -= 8, from += 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        put(sink, word);
    }
    if (size != 0)
        put(sink, short_word(from, size));
}

/* The first `size` bytes of several buffers, of any lengths, one after another. */
INLINE void put_gathered(struct sink *sink, const struct iovec *from, size_t size)
{
    uint64_t word = 0;
    unsigned fill = 0;
    for (; size > 0; from++) {
        const unsigned char *at = from->iov_base;
        size_t some = from->iov_len < size ? from->iov_len : size;
        size -= some;
        while (some > 0) {
            uint64_t next = 0;
            const size_t take = some < 8 - fill ? some : 8 - fill;
            memcpy(&next, at, take);
            word |= next << 8 * fill;
            at += take;
            some -= take;
            fill += (unsigned)take;
            if (fill == 8) {
                put(sink, word);
                word = 0;
                fill = 0;
            }
        }
    }
    if (fill != 0)
        put(sink, word);
}

static bool put_guarded(struct sink *sink, const struct ring_guarded *from, size_t size)
{
    put_bytes(sink, from->bytes, size);
    return ring_guard_holds(from);
}

static inline uint64_t item_word(const struct ring_part *part)
{
    return (part->kind & ~(RING_GATHER | RING_GUARDED)) | (uint64_t)part->size << 16 | (uint64_t)part->whole << 32;
}

static inline size_t part_size(const struct ring_part *part)
{
    return sizeof(struct item) + ((part->size + 7u) & ~7u);
}

/* How many of the parts fit into one chunk behind the record; adds to *size. */
static inline unsigned fitting(const struct ring_part *parts, unsigned count, size_t *size)
{
    for (unsigned i = 0; i < count; i++) {
        const size_t bytes = part_size(&parts[i]);
        if (*size + bytes > CHUNK_SLOTS * SLOT_SIZE)
            return i;
        *size += bytes;
    }
    return count;
}

/* The record's own words, with what only the ring knows put in. Returns their
 * share of the check. Each is read and written as a whole, and all is kept in
 * registers: this is the hot path. */
INLINE uint64_t put_head(uint64_t *to, const ring_word *words, uint64_t position, uint32_t sequence,
                         uint64_t slots_and_marks)
{
    uint64_t sum = CHECK_SEED;
#pragma GCC unroll 16
    for (unsigned i = 0; i < RECORD_WORDS; i++) {
        if (i == WORD_CHECK)
            continue;
        uint64_t word = i == WORD_ID ? position : words[i];
        if (i == WORD_PLACE)
            word = (uint32_t)word | (uint64_t)sequence << 32;
        else if (i == WORD_KIND)
            word = (word & ~(UINT64_C(0xff) << 16)) | slots_and_marks << 16;
        __atomic_store_n(&to[i], word, __ATOMIC_RELAXED);
        sum += word * (CHECK_SEED + i * CHECK_STEP);
    }
    return sum;
}

/* What stands behind the record, up to the end of its last slot. */
static __attribute__((noinline)) uint64_t put_parts(uint64_t *to, const uint64_t *end, const struct ring_part *parts,
                                                    unsigned count, uint64_t sum)
{
    struct sink sink = {to, sum, CHECK_SEED + RECORD_WORDS * CHECK_STEP};
    bool spoilt = false; /* then the check is wrong, and the record lost */
    for (unsigned i = 0; i < count; i++) {
        put(&sink, item_word(&parts[i]));
        if ((parts[i].kind & RING_GATHER) != 0)
            put_gathered(&sink, parts[i].bytes, parts[i].size);
        else if ((parts[i].kind & RING_GUARDED) != 0)
            spoilt |= !put_guarded(&sink, parts[i].bytes, parts[i].size);
        else
            put_bytes(&sink, parts[i].bytes, parts[i].size);
    }
    while (sink.at < end)
        put(&sink, 0);
    return sink.sum + spoilt;
}

/* The same for the one part that most records have: a payload in one piece. Its
 * first slot is done without a loop, each word with its own constant. */
INLINE uint64_t put_part(uint64_t *to, const uint64_t *end, const struct ring_part *part, uint64_t sum)
{
    const char *from = part->bytes;
    size_t size = part->size;
    uint64_t word = item_word(part);
    __atomic_store_n(&to[0], word, __ATOMIC_RELAXED);
    sum += word * (CHECK_SEED + RECORD_WORDS * CHECK_STEP);
    uint64_t rest = size < SLOT_SIZE - 8 ? short_word(from + (size & ~(size_t)7), size & 7) : 0;
#pragma GCC unroll 8
    for (unsigned i = 1; i < SLOT_SIZE / 8; i++) {
        if (size >= 8 * i) {
            memcpy(&word, from + 8 * (i - 1), 8);
        } else {
            word = rest;
            rest = 0;
        }
        __atomic_store_n(&to[i], word, __ATOMIC_RELAXED);
        sum += word * (CHECK_SEED + (RECORD_WORDS + i) * CHECK_STEP);
    }
    if (size <= SLOT_SIZE - 8)
        return sum;
    struct sink sink = {to + 8, sum, CHECK_SEED + (RECORD_WORDS + 8) * CHECK_STEP};
    put_bytes(&sink, from + SLOT_SIZE - 8, size - (SLOT_SIZE - 8));
    while (sink.at < end)
        put(&sink, 0);
    return sink.sum;
}

void ring_write(const struct ring *ring, uint32_t lane, struct record *record, const struct ring_part *parts,
                unsigned count)
{
    size_t size = sizeof *record;
    const unsigned fit = fitting(parts, count, &size);
    const uint32_t slots = (uint32_t)((size + SLOT_SIZE - 1) / SLOT_SIZE);
    uint32_t sequence;
    const uint64_t position = reserve(ring, lane & ring->lane_mask, slots, &sequence);
    if (__builtin_expect(position == 0, 0)) {
        ring_count(ring, COUNT_UNWRITTEN, 1);
        return;
    }

    const uint64_t slot = position & ((uint64_t)ring->chunk_mask * CHUNK_SLOTS + CHUNK_SLOTS - 1);
    uint64_t *const to = ring->slots + slot * (SLOT_SIZE / 8);
    const uint64_t slots_and_marks = slots | (fit < count ? MARK_CUT << 8 : 0);
    uint64_t sum = put_head(to, (const ring_word *)record, position, sequence, slots_and_marks);
    if (fit == 1 && (parts->kind & (RING_GATHER | RING_GUARDED)) == 0)
        sum = put_part(to + RECORD_WORDS, to + slots * (SLOT_SIZE / 8), parts, sum);
    else if (fit != 0)
        sum = put_parts(to + RECORD_WORDS, to + slots * (SLOT_SIZE / 8), parts, fit, sum);
    __atomic_store_n(&to[WORD_CHECK], sum, __ATOMIC_RELEASE);
    record->id = position;
}

uint32_t ring_process_number(const struct ring *ring, ring_row_lives *lives, const struct ring_process *self)
{
    uint32_t number;
    unsigned tries = 0;
    do
        number = __atomic_fetch_add(&ring->header->next_process, 1, __ATOMIC_RELAXED);
    while (number == 0 || (tries++ < RING_PROCESSES && lives(&ring->processes[number % RING_PROCESSES], self)));
    return number;
}

void ring_process_put(const struct ring *ring, struct ring_process *process)
{
    const ring_word *const words = (const ring_word *)process;
    process->check = process_check(words);
    ring_word *const to = (ring_word *)&ring->processes[process->number % RING_PROCESSES];
    for (size_t i = 0; i < sizeof *process / 8; i++)
        __atomic_store_n(&to[i], words[i], __ATOMIC_RELAXED);
}
