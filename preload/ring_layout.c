/* ring_layout.c - what lies where in a ring: laid out by who makes one, checked by
 * who uses it. */
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

/* A number for calls.def as it was compiled in: FNV-1a over its rows, in order. */
static uint64_t calls_fingerprint(void)
{
    static const char *const rows[] = {
#define CALL(ret, name, params, args, class, api, schema) #name ":" schema,
#define VARIADIC(ret, name, params, class, api, schema) #name ":" schema,
#define EVENT(name, class, schema) #name ":" schema,
#include "calls.def"
    };
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        for (const char *at = rows[i]; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    return hash;
}

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
        lanes = l.chunks < 4 ? 1 : l.chunks / 4;
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
    header->calls = calls_fingerprint();
    header->created = clock_moment(clock);
    header->next_chunk = 1; /* so that no record has the number 0 */
    header->next_process = 1;
    memcpy(header->magic, RING_MAGIC, sizeof header->magic);
}

static bool is_power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

/* Do `count` things of `each` bytes lie at `at`, within `size` bytes? */
static bool lies_within(uint64_t at, uint64_t count, uint64_t each, uint64_t size)
{
    return at % 8 == 0 && at <= size && count <= (size - at) / each;
}

/* Others can write to the header while we look at it: read once, then judge. */
#define READ_ONCE(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

const char *ring_attach(struct ring *ring, void *memory, uint64_t size)
{
    struct ring_header *const header = memory;
    if (size < HEADER_BYTES || memcmp(header->magic, RING_MAGIC, sizeof header->magic) != 0)
        return "not a ring of sockspy";
    if (READ_ONCE(header->version) != RING_VERSION || READ_ONCE(header->calls) != calls_fingerprint())
        return "a ring of another version of sockspy";
    if (READ_ONCE(header->record_size) != sizeof(struct record) || READ_ONCE(header->slot_size) != SLOT_SIZE ||
        READ_ONCE(header->chunk_slots) != CHUNK_SLOTS || READ_ONCE(header->processes) != RING_PROCESSES)
        return "damaged: its sizes are not those of its version";
    const uint32_t chunks = READ_ONCE(header->chunks), lanes = READ_ONCE(header->lanes);
    if (!is_power_of_two(chunks) || !is_power_of_two(lanes) || lanes > LANES_MAX ||
        chunks > RING_SIZE_MAX / (CHUNK_SLOTS * SLOT_SIZE))
        return "damaged: impossible numbers of chunks or lanes";
    if (READ_ONCE(header->file_size) > size)
        return "truncated";
    const uint64_t lanes_at = READ_ONCE(header->lanes_at), owners_at = READ_ONCE(header->owners_at);
    const uint64_t processes_at = READ_ONCE(header->processes_at), chunks_at = READ_ONCE(header->chunks_at);
    if (!lies_within(lanes_at, lanes, sizeof(struct ring_lane), size) || !lies_within(owners_at, chunks, 8, size) ||
        !lies_within(processes_at, RING_PROCESSES, sizeof(struct ring_process), size) ||
        !lies_within(chunks_at, chunks, CHUNK_SLOTS * SLOT_SIZE, size))
        return "damaged: its parts lie outside the file";

    char *const base = memory;
    *ring = (struct ring){
        .header = header,
        .lanes = (struct ring_lane *)(base + lanes_at),
        .owners = (uint64_t *)(base + owners_at),
        .processes = (struct ring_process *)(base + processes_at),
        .slots = (uint64_t *)(base + chunks_at),
        .lane_mask = lanes - 1,
        .chunk_mask = chunks - 1,
        .clock = READ_ONCE(header->clock),
    };
    return NULL;
}
