/* ring.c - see ring.h for the protocol. */
#include "ring.h"

#include "clock.h"

#include <string.h>

#define HEADER_BYTES sizeof(struct ring_header)
#define OWNERS_BYTES(chunks) (((uint64_t)(chunks)*8 + 63) & ~UINT64_C(63))
#define PAGE_ROUND(bytes) (((bytes) + 4095) & ~UINT64_C(4095))

struct layout {
    uint32_t chunks, lanes;
    uint64_t lanes_at, owners_at, processes_at, chunks_at, end;
};

static uint64_t power_of_two_below(uint64_t number)
{
    return UINT64_C(1) << (63 - __builtin_clzll(number));
}

static struct layout layout_for(uint64_t bytes, uint32_t cpus)
{
    struct layout l;
    l.chunks = (uint32_t)(power_of_two_below(bytes) / (CHUNK_SLOTS * SLOT_SIZE));
    uint64_t lanes = cpus > 1 ? power_of_two_below(2 * (uint64_t)cpus - 1) : 1;
    if (lanes > LANES_MAX)
        lanes = LANES_MAX;
    if (lanes > l.chunks / 4) /* each lane holds a chunk; leave most to go round */
        lanes = l.chunks / 4;
    l.lanes = (uint32_t)lanes;
    l.lanes_at = HEADER_BYTES;
    l.owners_at = l.lanes_at + lanes * sizeof(struct ring_lane);
    l.processes_at = l.owners_at + OWNERS_BYTES(l.chunks);
    l.chunks_at = PAGE_ROUND(l.processes_at + RING_PROCESSES * sizeof(struct ring_process));
    l.end = l.chunks_at + (uint64_t)l.chunks * CHUNK_SLOTS * SLOT_SIZE;
    return l;
}

uint64_t ring_file_size(uint64_t bytes, uint32_t cpus)
{
    return layout_for(bytes, cpus).end;
}

void ring_format(void *memory, uint64_t bytes, uint32_t cpus, uint32_t clock)
{
    const struct layout l = layout_for(bytes, cpus);
    struct ring_header *const header = memory;

    header->version = RING_VERSION;
    header->record_size = sizeof(struct record);
    header->slot_size = SLOT_SIZE;
    header->chunk_slots = CHUNK_SLOTS;
    header->chunks = l.chunks;
    header->lanes = l.lanes;
    header->processes = RING_PROCESSES;
    header->clock = clock;
    header->ticks_per_second = clock == RING_CLOCK_MONOTONIC ? 1000000000 : 0;
    header->lanes_at = l.lanes_at;
    header->owners_at = l.owners_at;
    header->processes_at = l.processes_at;
    header->chunks_at = l.chunks_at;
    header->file_size = l.end;
    header->created = clock_moment(clock);
    header->next_chunk = 1; /* so that no record has the number 0 */
    header->next_process = 1;
    memcpy(header->magic, RING_MAGIC, sizeof header->magic);
}

static bool is_power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static bool lies_within(uint64_t at, uint64_t count, uint64_t each, uint64_t size)
{
    return at % 8 == 0 && at <= size && count <= (size - at) / each;
}

const char *ring_attach(struct ring *ring, void *memory, uint64_t size)
{
    struct ring_header *const header = memory;
    if (size < HEADER_BYTES || memcmp(header->magic, RING_MAGIC, sizeof header->magic) != 0)
        return "not a ring of sockspy";
    if (header->version != RING_VERSION)
        return "a ring of another version of sockspy";
    if (header->record_size != sizeof(struct record) || header->slot_size != SLOT_SIZE ||
        header->chunk_slots != CHUNK_SLOTS || header->processes != RING_PROCESSES)
        return "damaged: its sizes are not those of its version";
    const uint32_t chunks = header->chunks, lanes = header->lanes;
    if (!is_power_of_two(chunks) || !is_power_of_two(lanes) || lanes > LANES_MAX)
        return "damaged: impossible numbers of chunks or lanes";
    if (header->file_size > size)
        return "truncated";
    if (!lies_within(header->lanes_at, lanes, sizeof(struct ring_lane), size) ||
        !lies_within(header->owners_at, chunks, 8, size) ||
        !lies_within(header->processes_at, RING_PROCESSES, sizeof(struct ring_process), size) ||
        !lies_within(header->chunks_at, chunks, CHUNK_SLOTS * SLOT_SIZE, size))
        return "damaged: its parts lie outside the file";

    char *const base = memory;
    *ring = (struct ring){
        .header = header,
        .lanes = (struct ring_lane *)(base + header->lanes_at),
        .owners = (uint64_t *)(base + header->owners_at),
        .processes = (struct ring_process *)(base + header->processes_at),
        .slots = (uint64_t *)(base + header->chunks_at),
        .lane_mask = lanes - 1,
        .chunk_mask = chunks - 1,
        .clock = header->clock,
    };
    return NULL;
}

/* Is the chunk that `owner` names still being filled by its lane? */
static bool is_open(const struct ring *ring, uint64_t owner)
{
    const struct ring_lane *const lane = &ring->lanes[OWNER_LANE(owner) & ring->lane_mask];
    const uint64_t position = __atomic_load_n(&lane->cursor, __ATOMIC_ACQUIRE) >> 16;
    return position % CHUNK_SLOTS != 0 && position / CHUNK_SLOTS == OWNER_CHUNK(owner);
}

/* Takes the next free chunk for `lane`. Returns the number of its first slot,
 * or 0 where none could be had. */
static __attribute__((noinline)) uint64_t take_chunk(const struct ring *ring, uint32_t lane)
{
    for (uint32_t tries = 0; tries <= 2 * ring->chunk_mask; tries++) {
        const uint64_t chunk = __atomic_fetch_add(&ring->header->next_chunk, 1, __ATOMIC_RELAXED);
        uint64_t *const owner = &ring->owners[chunk & ring->chunk_mask];
        uint64_t seen = __atomic_load_n(owner, __ATOMIC_ACQUIRE);
        if (OWNER_CHUNK(seen) >= chunk || is_open(ring, seen))
            continue;
        if (__atomic_compare_exchange_n(owner, &seen, OWNER(chunk, lane), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return chunk * CHUNK_SLOTS;
    }
    return 0;
}

/* Reserves `slots` slots in a row. Returns the number of the first, 0 for none,
 * and in *sequence the record's number within the lane. */
static uint64_t reserve(const struct ring *ring, uint32_t number, uint32_t slots, uint32_t *sequence)
{
    struct ring_lane *const lane = &ring->lanes[number];
    uint64_t cursor = __atomic_load_n(&lane->cursor, __ATOMIC_RELAXED);
    for (;;) {
        const uint64_t hint = __atomic_load_n(&lane->written, __ATOMIC_RELAXED);
        uint64_t position = cursor >> 16;
        const uint64_t used = position % CHUNK_SLOTS;
        const bool opens = used == 0 || used + slots > CHUNK_SLOTS;
        if (__builtin_expect(opens, 0)) {
            position = take_chunk(ring, number);
            if (position == 0)
                return 0;
        }
        const uint64_t next = (position + slots) << 16 | ((cursor + 1) & 0xffff);
        if (__atomic_compare_exchange_n(&lane->cursor, &cursor, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            const uint64_t before = ring_extend(hint, cursor & 0xffff);
            if (opens)
                __atomic_store_n(&lane->written, before, __ATOMIC_RELAXED);
            *sequence = (uint32_t)before;
            return position;
        }
    }
}

/* The words of a record on their way into the ring, and their check. Each word
 * is stored once, so that a reader never sees half of one. */
struct sink {
    uint64_t *at;
    uint64_t sum, factor;
};

static inline __attribute__((always_inline)) void put(struct sink *sink, uint64_t word)
{
    __atomic_store_n(sink->at++, word, __ATOMIC_RELAXED);
    sink->sum += word * sink->factor;
    sink->factor += CHECK_STEP;
}

static void put_part(struct sink *sink, const struct ring_part *part)
{
    const struct item item = {part->kind, part->size, part->whole};
    uint64_t word;
    memcpy(&word, &item, sizeof word);
    put(sink, word);

    const char *from = part->bytes;
    size_t left = part->size;
    for (; left >= 8; left -= 8, from += 8) {
        memcpy(&word, from, 8);
        put(sink, word);
    }
    if (left != 0) {
        word = 0;
        memcpy(&word, from, left);
        put(sink, word);
    }
}

/* How many of the parts fit into one chunk behind the record; adds to *size. */
static unsigned fitting(const struct ring_part *parts, unsigned count, size_t *size)
{
    unsigned i;
    for (i = 0; i < count; i++) {
        const size_t bytes = sizeof(struct item) + ((parts[i].size + 7u) & ~7u);
        if (*size + bytes > CHUNK_SLOTS * SLOT_SIZE)
            break;
        *size += bytes;
    }
    return i;
}

void ring_write(const struct ring *ring, uint32_t lane, struct record *record, const struct ring_part *parts,
                unsigned count)
{
    size_t size = sizeof *record;
    const unsigned fit = fitting(parts, count, &size);
    if (fit < count)
        record->marks |= MARK_CUT;
    const uint32_t slots = (uint32_t)((size + SLOT_SIZE - 1) / SLOT_SIZE);
    const uint64_t position = reserve(ring, lane & ring->lane_mask, slots, &record->sequence);
    if (__builtin_expect(position == 0, 0)) {
        ring_count(ring, COUNT_UNWRITTEN, 1);
        return;
    }
    record->id = position;
    record->slots = (uint8_t)slots;

    const uint64_t slot = position & ((uint64_t)ring->chunk_mask * CHUNK_SLOTS + CHUNK_SLOTS - 1);
    uint64_t *const to = ring->slots + slot * (SLOT_SIZE / 8);
    uint64_t words[sizeof *record / 8];
    memcpy(words, record, sizeof words);

    struct sink sink = {to, CHECK_SEED, CHECK_SEED};
    put(&sink, words[0]);
    sink.at++, sink.factor += CHECK_STEP; /* the check itself */
#pragma GCC unroll 14
    for (size_t i = 2; i < sizeof words / sizeof words[0]; i++)
        put(&sink, words[i]);
    for (unsigned i = 0; i < fit; i++)
        put_part(&sink, &parts[i]);
    while (sink.at < to + slots * (SLOT_SIZE / 8))
        put(&sink, 0);
    __atomic_store_n(&to[offsetof(struct record, check) / 8], sink.sum, __ATOMIC_RELEASE);
}

uint32_t ring_process_number(const struct ring *ring)
{
    uint32_t number;
    do
        number = __atomic_fetch_add(&ring->header->next_process, 1, __ATOMIC_RELAXED);
    while (number == 0);
    return number;
}

void ring_process_put(const struct ring *ring, const struct ring_process *process)
{
    struct ring_process *const to = &ring->processes[process->number % RING_PROCESSES];
    __atomic_store_n(&to->number, 0, __ATOMIC_RELEASE);
    memcpy(&to->parent, &process->parent, sizeof *to - offsetof(struct ring_process, parent));
    __atomic_store_n(&to->number, process->number, __ATOMIC_RELEASE);
}
