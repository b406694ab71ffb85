/* ring_seeded.h - records whose every word follows from one number, their seed,
 * so that a reader can tell whether one is whole. */
#ifndef SOCKSPY_TESTS_RING_SEEDED_H
#define SOCKSPY_TESTS_RING_SEEDED_H

#include "ring_reader.h"

#define PAYLOAD_LIMIT 1200

static inline uint64_t scramble(uint64_t number)
{
    number = (number ^ number >> 31) * UINT64_C(0x7fb5d329728ea185);
    return (number ^ number >> 27) * UINT64_C(0x81dadef4bc2dd44d);
}

/* The bytes of payload that belong to a seed. */
static inline uint16_t payload_size(uint64_t seed)
{
    return (uint16_t)(scramble(seed) % 8 == 0 ? scramble(seed + 1) % PAYLOAD_LIMIT : 0);
}

static inline void fill_payload(uint64_t seed, uint8_t *bytes, uint16_t size)
{
    for (uint16_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(seed * 31 + i);
}

/* The record of a seed that was begun at `start`. */
static inline struct record seeded_record(uint64_t seed, uint64_t start)
{
    struct record record = {.call = CALL_send, .fd = (int32_t)(seed % 1000), .pid = 77, .start = start};
    record.end = start + seed % 1000;
    record.ret = payload_size(seed);
    record.inode = scramble(start);
    record.arg[0] = seed;
    record.arg[1] = scramble(seed);
    return record;
}

static inline void write_seeded(const struct ring *ring, uint32_t lane, uint64_t seed, uint64_t start)
{
    uint8_t payload[PAYLOAD_LIMIT];
    const uint16_t size = payload_size(seed);
    fill_payload(seed, payload, size);
    struct record record = seeded_record(seed, start);
    const struct ring_part part = {payload, size, size, ITEM_PAYLOAD};
    ring_write(ring, lane, &record, &part, size != 0);
}

/* Is this, to the last word, the record that write_seeded made? */
static inline bool is_seeded(const union found *found)
{
    const struct record *const record = &found->record;
    const uint64_t seed = record->arg[0];
    const uint16_t size = payload_size(seed);
    struct record expected = seeded_record(seed, record->start);
    expected.id = record->id;
    expected.check = record->check;
    expected.sequence = record->sequence;
    expected.slots = (uint8_t)(size == 0 ? 2 : (sizeof expected + sizeof(struct item) + ((size + 7u) & ~7u) + 63) / 64);
    if (memcmp(&expected, record, sizeof expected) != 0)
        return false;
    if (size == 0)
        return true;
    struct {
        struct item item;
        uint8_t bytes[PAYLOAD_LIMIT];
    } payload = {.item = {ITEM_PAYLOAD, size, size}};
    fill_payload(seed, payload.bytes, size);
    return memcmp(&payload, &found->words[RECORD_WORDS], sizeof payload.item + size) == 0;
}

#endif
