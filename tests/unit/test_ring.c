/* test_ring.c - the ring's format, and one writer after the other. */
#include "../../preload/ring.c"
#include "../../preload/ring_layout.c"

#include "ring_fixture.h"

#include <errno.h>

static void every_size_can_be_formatted_and_attached(void **state)
{
    (void)state;
    for (uint64_t bytes = RING_SIZE_MIN; bytes <= 16u << 20; bytes += bytes / 3) {
        for (uint32_t cpus = 1; cpus <= 512; cpus = cpus * 2 + 1) {
            const uint64_t size = ring_file_size(bytes, cpus);
            void *const memory = calloc(1, size);
            struct ring ring;
            ring_format(memory, bytes, cpus, RING_CLOCK_MONOTONIC);
            assert_null(ring_attach(&ring, memory, size));
            const struct ring_header *const header = memory;
            assert_true(header->chunks * CHUNK_SLOTS * SLOT_SIZE <= bytes);
            assert_true(header->chunks * CHUNK_SLOTS * SLOT_SIZE * 2 > bytes);
            assert_true(header->lanes == 1 || header->lanes <= header->chunks / 4);
            assert_true(header->lanes >= cpus || header->lanes == LANES_MAX || header->lanes * 8 > header->chunks);
            assert_true(header->owners_at >= header->lanes_at + header->lanes * sizeof(struct ring_lane));
            assert_true(header->processes_at >= header->owners_at + 8 * header->chunks);
            assert_true(header->chunks_at >= header->processes_at + sizeof(struct ring_process) * RING_PROCESSES);
            assert_int_equal(header->chunks_at % 4096, 0);
            assert_string_equal(ring_attach(&ring, memory, size - 1), "truncated");
            free(memory);
        }
    }
}

static void a_bad_header_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at, size;
        uint64_t value;
    } damages[] = {
#define DAMAGE(field, value) {offsetof(struct ring_header, field), sizeof(((struct ring_header *)0)->field), value}
        DAMAGE(magic, 0),
        DAMAGE(version, RING_VERSION + 1),
        DAMAGE(calls, 0),
        DAMAGE(record_size, 0),
        DAMAGE(slot_size, 0),
        DAMAGE(chunk_slots, CHUNK_SLOTS * 2),
        DAMAGE(chunks, 0),
        DAMAGE(chunks, 3),
        DAMAGE(chunks, 1u << 31),
        DAMAGE(lanes, 0),
        DAMAGE(lanes, 2 * LANES_MAX),
        DAMAGE(processes, 1u << 31),
        DAMAGE(lanes_at, UINT64_MAX - 7),
        DAMAGE(lanes_at, 1),
        DAMAGE(owners_at, UINT64_MAX - 63),
        DAMAGE(processes_at, UINT64_C(1) << 63),
        DAMAGE(chunks_at, UINT64_MAX - 4095),
        DAMAGE(chunks_at, 1u << 20),
        DAMAGE(file_size, UINT64_MAX),
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct fixture *const f = fixture_new(64u << 10, 2);
        memcpy((char *)f->memory + damages[i].at, &damages[i].value, damages[i].size);
        assert_non_null(ring_attach(&f->ring, f->memory, f->size));
        fixture_free(f);
    }
    struct fixture *const f = fixture_new(64u << 10, 2);
    for (uint64_t size = 0; size < f->size; size += 509)
        assert_non_null(ring_attach(&f->ring, f->memory, size));
    f->ring.header->chunks = 1u << 30; /* a file full of holes may be that large */
    assert_non_null(ring_attach(&f->ring, f->memory, UINT64_C(1) << 62));
    fixture_free(f);
}

static void a_record_comes_back_as_it_was(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    errno = EXDEV;
    for (uint64_t seed = 1; seed <= 20; seed++)
        write_seeded(&f->ring, 0, seed, 5);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(read_all(f), 0);
    assert_int_equal(f->found, 20);
    for (unsigned i = 0; i < 20; i++) {
        assert_true(was_found(f, i + 1));
        assert_int_equal(f->sequences[i], f->seeds[i] - 1);
    }
    fixture_free(f);
}

/* Keeps the last record that a reader saw. */
static void keep(void *context, uint32_t lane, const union found *found)
{
    (void)lane;
    *(union found *)context = *found;
}

static void parts_follow_in_order_or_are_cut(void **state)
{
    (void)state;
    uint8_t bytes[CHUNK_WORDS * 8];
    fill_payload(5, bytes, sizeof bytes);
    const uint32_t room = CHUNK_SLOTS * SLOT_SIZE - sizeof(struct record) - 2 * sizeof(struct item) - 16;
    for (uint16_t size = 0; size <= room + 8; size++) {
        struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
        union found found = {.record = {.id = 0}};
        struct ring_reader reader;
        const struct ring_part parts[] = {
            {bytes, 13, 13, ITEM_TEXT}, {bytes, size + 1u, size, ITEM_PAYLOAD}, {bytes, 0, 0, ITEM_VALUE}};
        struct record record = {.call = CALL_send};
        ring_write(&f->ring, 0, &record, parts, size > room ? 3 : 2);
        reader_open(&reader, &f->ring, keep, &found);
        reader_poll(&reader);
        assert_int_equal(reader.read, 1);
        assert_int_equal(found.record.marks, size > room ? MARK_CUT : 0);

        const uint8_t *at = (const uint8_t *)&found.words[RECORD_WORDS];
        const struct item text = {ITEM_TEXT, 13, 13}, payload = {ITEM_PAYLOAD, size, size + 1u};
        assert_memory_equal(at, &text, sizeof text);
        assert_memory_equal(at + 8, bytes, 13);
        assert_memory_equal(at + 8 + 13, "\0\0", 3);
        at += 8 + 16;
        if (size <= room) {
            assert_memory_equal(at, &payload, sizeof payload);
            assert_memory_equal(at + 8, bytes, size);
            at += 8 + (size + 7) / 8 * 8;
        }
        while (at < (const uint8_t *)found.words + found.record.slots * SLOT_SIZE)
            assert_int_equal(*at++, 0);
        reader_close(&reader);
        fixture_free(f);
    }
}

/* Writes one part and reads its bytes back. */
static void check_payload(const struct ring_part *part, const uint8_t *bytes)
{
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    struct record record = {.call = CALL_send};
    const struct item item = {ITEM_PAYLOAD, part->size, part->whole};
    union found found;
    memset(f->ring.slots, 0xff, RING_SIZE_MIN); /* no word is left as it was */
    ring_write(&f->ring, 0, &record, part, 1);
    assert_true(copy_record(&f->ring, record.id / CHUNK_SLOTS, record.id % CHUNK_SLOTS, &found));
    assert_int_equal(found.record.slots, (sizeof record + sizeof item + part->size + SLOT_SIZE - 1) / SLOT_SIZE);

    const uint8_t *const at = (const uint8_t *)&found.words[RECORD_WORDS];
    assert_memory_equal(at, &item, sizeof item);
    assert_memory_equal(at + sizeof item, bytes, part->size);
    for (const uint8_t *rest = at + sizeof item + part->size;
         rest < (const uint8_t *)found.words + found.record.slots * SLOT_SIZE; rest++)
        assert_int_equal(*rest, 0);
    fixture_free(f);
}

static void a_payload_comes_in_one_piece_or_in_several(void **state)
{
    (void)state;
    uint8_t *const bytes = malloc(PAYLOAD_MAX);
    fill_payload(5, bytes, PAYLOAD_MAX);
    for (uint16_t size = 0; size <= PAYLOAD_MAX; size += size < 200 ? 1 : 101) {
        uint8_t *const exactly = malloc(size + 1u); /* so that a sanitizer sees a byte too many */
        memcpy(exactly + 1, bytes, size);
        check_payload(&(struct ring_part){exactly + 1, size, size, ITEM_PAYLOAD}, bytes);
        struct iovec pieces[40];
        size_t begin = 0;
        for (size_t i = 0; i < 40; i++) {
            const size_t length = i == 39 ? size - begin : i % 7 * 3 < size - begin ? i % 7 * 3 : size - begin;
            pieces[i] = (struct iovec){exactly + 1 + begin, length};
            begin += length;
        }
        check_payload(&(struct ring_part){pieces, size, size, ITEM_PAYLOAD | RING_GATHER}, bytes);
        uint32_t use = 7;
        const struct ring_guarded guarded = {exactly + 1, &use, 7};
        check_payload(&(struct ring_part){&guarded, size, size, ITEM_PAYLOAD | RING_GUARDED}, bytes);
        free(exactly);
    }
    free(bytes);
}

static void a_payload_that_was_overwritten_makes_no_record(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    uint32_t use = 8; /* another's by now */
    const struct ring_guarded guarded = {"payload", &use, 7};
    const struct ring_part part = {&guarded, 7, 7, ITEM_PAYLOAD | RING_GUARDED};
    struct record record = {.call = CALL_send};
    union found found;
    ring_write(&f->ring, 0, &record, &part, 1);
    assert_false(copy_record(&f->ring, record.id / CHUNK_SLOTS, record.id % CHUNK_SLOTS, &found));
    assert_int_equal(read_all(f), 1); /* counted as lost */
    fixture_free(f);
}

static void no_record_crosses_a_chunks_end(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1u << 20, 1);
    uint8_t bytes[4096] = {0};
    for (uint16_t size = 0; size < sizeof bytes; size += 29) {
        const struct ring_part part = {bytes, size, size, ITEM_PAYLOAD};
        const uint32_t slots = (uint32_t)(sizeof(struct record) + sizeof(struct item) + size + 63) / SLOT_SIZE;
        struct record record = {.call = CALL_send};
        ring_write(&f->ring, 0, &record, &part, 1);
        assert_int_equal(record.id / CHUNK_SLOTS, (record.id + slots - 1) / CHUNK_SLOTS);
        union found found = {.record = {.id = 0}};
        assert_true(copy_record(&f->ring, record.id / CHUNK_SLOTS, record.id % CHUNK_SLOTS, &found));
        assert_int_equal(found.record.slots, slots);
        assert_int_equal(found.record.sequence, size / 29);
    }
    fixture_free(f);
}

static void the_newest_survive_and_the_lost_are_counted(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(64u << 10, 1); /* eight chunks */
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        write_seeded(&f->ring, 0, seed, 5);
        if (seed % 97 != 0)
            continue;
        assert_int_equal(read_all(f) + f->found, seed);
        for (unsigned i = 0; i < f->found; i++)
            assert_true(was_found(f, seed - i)); /* no gap */
        assert_true(f->found == seed || f->found > 90);
        assert_int_equal(f->ring.header->count[COUNT_UNWRITTEN], 0);
    }
    fixture_free(f);
}

static void a_slow_lane_is_not_written_over(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(64u << 10, 2);
    assert_int_equal(f->ring.lane_mask, 1);
    write_seeded(&f->ring, 1, 1, 5);
    for (uint64_t seed = 2; seed <= 5000; seed++)
        write_seeded(&f->ring, 0, seed, 5);
    write_seeded(&f->ring, 1 + 2 * 5, 5001, 5); /* lanes wrap as well */
    assert_int_equal(read_all(f) + f->found, 5001);
    assert_true(was_found(f, 1));
    assert_true(was_found(f, 5000));
    assert_true(was_found(f, 5001));
    fixture_free(f);
}

static void sequences_count_on_past_every_width(void **state)
{
    (void)state;
    static const uint64_t beginnings[] = {250, 65530, 0xfffffff0, 0xfffffffffff0};
    for (size_t b = 0; b < sizeof beginnings / sizeof beginnings[0]; b++) {
        struct fixture *const f = fixture_new(64u << 10, 1);
        const uint64_t begin = beginnings[b];
        f->ring.lanes[0].written = begin;
        f->ring.lanes[0].cursor = CURSOR_COUNT(begin);
        for (uint64_t i = 0; i < 1000; i++) {
            struct record record = seeded_record(i, 5);
            union found found;
            ring_write(&f->ring, 0, &record, NULL, 0);
            assert_true(copy_record(&f->ring, record.id / CHUNK_SLOTS, record.id % CHUNK_SLOTS, &found));
            assert_int_equal(found.record.sequence, (uint32_t)(begin + i));
            assert_int_equal(ring_lane_total(&f->ring.lanes[0]), begin + i + 1);
        }
        fixture_free(f);
    }
}

static bool no_row_lives(const struct ring_process *row, const struct ring_process *self)
{
    (void)row;
    (void)self;
    return false;
}

static bool all_rows_live(const struct ring_process *row, const struct ring_process *self)
{
    (void)row;
    return self != NULL;
}

static const struct ring_process *rows;

static bool odd_rows_live(const struct ring_process *row, const struct ring_process *self)
{
    return self != NULL && (row - rows) % 2 == 1;
}

static void a_process_is_found_until_another_takes_its_place(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    struct ring_process process = {.pid = 12, .path = "/bin/true"}, got;
    process.number = ring_process_number(&f->ring, no_row_lives, NULL);
    assert_int_equal(process.number, 1);
    assert_false(ring_process_get(&f->ring, process.number, &got));
    assert_false(ring_process_get(&f->ring, 0, &got));
    ring_process_put(&f->ring, &process);
    assert_true(ring_process_get(&f->ring, process.number, &got));
    assert_memory_equal(&got, &process, sizeof got);

    f->ring.processes[1].pid = 13; /* as if two had written at once */
    assert_false(ring_process_get(&f->ring, 1, &got));
    ring_process_put(&f->ring, &process);
    process.number += RING_PROCESSES;
    ring_process_put(&f->ring, &process);
    assert_false(ring_process_get(&f->ring, 1, &got));
    assert_true(ring_process_get(&f->ring, 1 + RING_PROCESSES, &got));

    /* The rows of those that live are passed over, as long as there are others. */
    rows = f->ring.processes;
    f->ring.header->next_process = 4 * RING_PROCESSES + 1;
    assert_int_equal(ring_process_number(&f->ring, odd_rows_live, &process), 4 * RING_PROCESSES + 2);
    assert_int_equal(ring_process_number(&f->ring, odd_rows_live, &process), 4 * RING_PROCESSES + 4);
    assert_int_equal(ring_process_number(&f->ring, all_rows_live, &process), 5 * RING_PROCESSES + 5);

    f->ring.header->next_process = UINT32_MAX;
    assert_int_equal(ring_process_number(&f->ring, no_row_lives, NULL), UINT32_MAX);
    assert_int_equal(ring_process_number(&f->ring, no_row_lives, NULL), 1); /* never 0 */
    fixture_free(f);
}

/* Fills a ring's memory behind its header with noise, of several kinds. */
static void make_hostile(struct fixture *f, uint64_t seed)
{
    uint64_t *const words = f->memory;
    for (size_t i = offsetof(struct ring_header, next_chunk) / 8; i < f->size / 8; i++) {
        const uint64_t noise = scramble(seed * 1000003 + i);
        words[i] = seed % 4 == 0 ? UINT64_MAX : seed % 4 == 1 ? noise : seed % 4 == 2 ? noise % 64 : noise >> 40;
    }
}

static void a_damaged_ring_is_harmless(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct fixture *const f = fixture_new(64u << 10, seed % 3 + 1);
        make_hostile(f, seed);
        assert_null(ring_attach(&f->ring, f->memory, f->size));
        struct ring_reader reader;
        union found found;
        reader_open(&reader, &f->ring, keep, &found);
        reader_poll(&reader);
        assert_int_equal(reader.read, 0);
        for (uint64_t i = 0; i < 1000; i++)
            write_seeded(&f->ring, (uint32_t)i, i, 5); /* returns, and stays inside (see SAN=address) */
        reader_poll(&reader);
        records_written(&f->ring);
        reader_close(&reader);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_can_be_formatted_and_attached),
        cmocka_unit_test(a_bad_header_is_refused),
        cmocka_unit_test(a_record_comes_back_as_it_was),
        cmocka_unit_test(parts_follow_in_order_or_are_cut),
        cmocka_unit_test(a_payload_comes_in_one_piece_or_in_several),
        cmocka_unit_test(a_payload_that_was_overwritten_makes_no_record),
        cmocka_unit_test(no_record_crosses_a_chunks_end),
        cmocka_unit_test(the_newest_survive_and_the_lost_are_counted),
        cmocka_unit_test(a_slow_lane_is_not_written_over),
        cmocka_unit_test(sequences_count_on_past_every_width),
        cmocka_unit_test(a_process_is_found_until_another_takes_its_place),
        cmocka_unit_test(a_damaged_ring_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
