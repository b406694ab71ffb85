/* test_ring_races.c - writers that die, sleep, overtake and collide. Where a race
 * would be luck, the steps of ring_write are taken by hand in the bad order. */
#include "../../preload/ring.c"
#include "../../preload/ring_layout.c"

#include "ring_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

/* The words that write_seeded would store for a record of `slots` slots, and
 * where; reserves its place in the ring. */
struct pending {
    uint64_t *to;
    uint64_t words[CHUNK_WORDS];
    size_t count;
};

static struct pending reserve_seeded(const struct ring *ring, uint32_t lane, uint64_t seed)
{
    struct pending pending = {.count = RECORD_WORDS};
    struct record record = seeded_record(seed, 5);
    record.id = reserve(ring, lane, 2, &record.sequence);
    assert_int_not_equal(record.id, 0);
    record.slots = 2;
    memcpy(pending.words, &record, sizeof record);
    pending.words[1] = record_check(pending.words, RECORD_WORDS);
    pending.to = ring->slots + (record.id & (ring->chunk_mask * CHUNK_SLOTS + CHUNK_SLOTS - 1)) * (SLOT_SIZE / 8);
    return pending;
}

static void store(const struct pending *pending, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        __atomic_store_n(&pending->to[i], pending->words[i], __ATOMIC_RELAXED);
}

/* Seeds of records without payload: two slots each. */
static uint64_t short_seed(uint64_t *seed)
{
    do
        ++*seed;
    while (payload_size(*seed) != 0);
    return *seed;
}

static void a_writer_that_dies_costs_its_record_only(void **state)
{
    (void)state;
    for (size_t step = 0; step < RECORD_WORDS; step++) {
        struct fixture *const f = fixture_new(64u << 10, 1);
        uint64_t seed = 0, written = 0;
        for (int lap = 0; lap < 3; lap++) {
            while (written % 512 != 200) /* the same slots in each lap */
                write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
            const uint64_t victim = short_seed(&seed);
            const struct pending dead = reserve_seeded(&f->ring, 0, victim);
            store(&dead, 0, 1); /* ring_write stores the check, word 1, last */
            store(&dead, 2, step + 1);
            write_seeded(&f->ring, 0, short_seed(&seed), 5);
            written += 2;
            assert_int_equal(read_all(f) + f->found, written);
            assert_false(was_found(f, victim));
            assert_true(was_found(f, seed));
        }
        for (int i = 0; i < 1000; i++)
            write_seeded(&f->ring, 0, short_seed(&seed), 5);
        read_all(f);
        assert_true(f->found >= 7 * 64); /* every slot is in use again */
        fixture_free(f);
    }
}

static void a_writer_that_comes_late_spoils_but_never_mixes(void **state)
{
    (void)state;
    for (size_t before = 0; before < RECORD_WORDS; before++) {
        for (size_t after = before; after <= RECORD_WORDS; after++) {
            struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
            uint64_t seed = 0, written = 1;
            const uint64_t victim = short_seed(&seed);
            const struct pending late = reserve_seeded(&f->ring, 0, victim);
            store(&late, 0, before);
            do /* until the place has another record; then the rest of the late one */
                write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
            while (__atomic_load_n(late.to, __ATOMIC_RELAXED) == late.words[0] || written < 130);
            store(&late, before, after);
            const uint64_t lost = read_all(f); /* note_seed fails at a mixed record */
            assert_int_equal(lost + f->found, written);
            assert_false(was_found(f, victim));
            assert_true(was_found(f, seed));
            fixture_free(f);
        }
    }
}

/* Two records at one place, alike but for what differs in practice: every
 * mixture of their words is refused. */
static void no_mixture_of_two_records_passes(void **state)
{
    (void)state;
    struct record pair[2];
    for (int i = 0; i < 2; i++) {
        pair[i] = (struct record){.id = 4096, .start = 81985529216486895, .pid = 100, .tid = 100, .comm = "nginx"};
        pair[i].end = pair[i].start + 7 - 5 * (uint64_t)i;
        pair[i].start += 7 * (uint64_t)i; /* 5 * 7 - 7 * 5 = 0, and the like */
        pair[i].tid += (uint32_t)i, pair[i].ret = 10 + i, pair[i].fd = 5 + 2 * i, pair[i].sequence = 3 + (uint32_t)i;
        pair[i].inode = 5 - (uint64_t)i, pair[i].local_port = (uint16_t)(80 + i);
        pair[i].arg[0] = 10 + 7 * (uint64_t)i, pair[i].arg[1] = 9 - (uint64_t)i, pair[i].arg[2] = (uint64_t)i;
        pair[i].check = record_check((const ring_word *)&pair[i], RECORD_WORDS);
    }
    const ring_word *const first = (const ring_word *)&pair[0], *const second = (const ring_word *)&pair[1];
    for (uint32_t choice = 0; choice < 1u << RECORD_WORDS; choice++) {
        ring_word mixed[RECORD_WORDS];
        for (size_t i = 0; i < RECORD_WORDS; i++)
            mixed[i] = choice >> i & 1 ? second[i] : first[i];
        if (memcmp(mixed, first, sizeof mixed) != 0 && memcmp(mixed, second, sizeof mixed) != 0)
            assert_int_not_equal(mixed[1], record_check(mixed, RECORD_WORDS));
    }
}

/* A writer that slept while opening a chunk and goes on long after: the count
 * must not go back to what it knew. */
static void a_sleeper_cannot_turn_the_count_back(void **state)
{
    (void)state;
    for (uint64_t sleep = 0; sleep < 140000; sleep = sleep * 3 + 1) {
        struct fixture *const f = fixture_new(64u << 10, 1);
        struct ring_lane *const lane = &f->ring.lanes[0];
        uint64_t seed = 0, written = 0;
        while (CURSOR_POSITION(lane->cursor) % CHUNK_SLOTS != 0 || written == 0)
            write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
        const uint64_t cursor = lane->cursor, count = ring_lane_total(lane);
        for (uint64_t i = 0; i < sleep; i++)
            write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
        const uint64_t wrong = ring_extend(lane->written, cursor); /* what it would make of an old cursor */
        raise_written(lane, cursor, count);
        raise_written(lane, cursor, wrong);
        if (sleep != 0)
            assert_int_equal(take_chunk(&f->ring, 0, cursor), 0);
        assert_int_equal(ring_lane_total(lane), written);
        for (int i = 0; i < 200; i++)
            write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
        assert_int_equal(read_all(f) + f->found, written);
        fixture_free(f);
    }
}

static void a_chunk_that_was_taken_but_not_opened_comes_back(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(64u << 10, 1);
    uint64_t seed = 0, written = 0;
    for (int i = 0; i < 10000; i++) {
        write_seeded(&f->ring, 0, short_seed(&seed), 5), written++;
        if (i % 10 == 0) { /* one that dies with a chunk in its hands */
            const uint64_t cursor = f->ring.lanes[0].cursor;
            next_chunk(&f->ring, 0, cursor, ring_lane_total(&f->ring.lanes[0]));
        }
        assert_int_equal(ring_lane_total(&f->ring.lanes[0]), written);
    }
    assert_int_equal(read_all(f) + f->found, written);
    assert_int_equal(f->ring.header->count[COUNT_UNWRITTEN], 0);
    assert_true(was_found(f, seed));
    for (int i = 0; i < 600; i++)
        write_seeded(&f->ring, 0, short_seed(&seed), 5);
    read_all(f);
    assert_true(f->found >= 7 * 64);
    fixture_free(f);
}

/* Two lanes believe that a chunk is theirs: the one slept, before it opened its
 * chunk, until the ring had come round. */
static void a_chunk_with_two_owners_shows_nothing_wrong(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(64u << 10, 2);
    uint64_t seed = 0, written = 0;
    const uint64_t position = take_chunk(&f->ring, 0, 0);
    do
        write_seeded(&f->ring, 1, ++seed, 5), written++;
    while (OWNER_CHUNK(f->ring.owners[position / CHUNK_SLOTS]) == position / CHUNK_SLOTS);
    f->ring.lanes[0].cursor = position << CURSOR_SHIFT;
    f->ring.lanes[0].cursor = (position + 2) << CURSOR_SHIFT | 1, written++; /* reserved, and dead */
    for (int i = 0; i < 400; i++, written++)
        write_seeded(&f->ring, (uint32_t)i % 2, ++seed, 5);
    assert_int_equal(read_all(f) + f->found, written);
    assert_true(was_found(f, seed));
    assert_true(was_found(f, seed - 1));
    fixture_free(f);
}

static void where_no_slot_can_be_had_the_record_is_counted(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    for (size_t i = 0; i <= f->ring.chunk_mask; i++)
        f->ring.owners[i] = OWNER(UINT64_C(1) << 40, 0); /* damaged: all from the future */
    for (uint64_t seed = 1; seed <= 10; seed++)
        write_seeded(&f->ring, 0, seed, 5);
    assert_int_equal(records_written(&f->ring), 10);
    assert_int_equal(f->ring.header->count[COUNT_UNWRITTEN], 10);
    fixture_free(f);
}

/* Threads on few lanes of a small ring, and a reader that follows. */
struct crowd {
    struct fixture *fixture;
    uint64_t each;
    unsigned arrived;
};

static void *write_in_a_crowd(void *context)
{
    struct crowd *const crowd = context;
    const unsigned number = __atomic_fetch_add(&crowd->arrived, 1, __ATOMIC_RELAXED);
    for (uint64_t i = 1; i <= crowd->each; i++)
        write_seeded(&crowd->fixture->ring, (uint32_t)(number + i / 1000), (uint64_t)number << 32 | i, 5);
    return NULL;
}

static void check_seed(void *context, uint32_t lane, const union found *found)
{
    (void)context, (void)lane;
    if (!is_seeded(found))
        fail_msg("a wrong record");
}

static void gather_a_crowd(uint64_t bytes, uint32_t lanes, uint64_t each)
{
    enum { THREADS = 8 };
    struct crowd crowd = {fixture_new(bytes, lanes), each, 0};
    const struct ring *const ring = &crowd.fixture->ring;
    struct ring_reader reader;
    pthread_t threads[THREADS];
    reader_open(&reader, ring, check_seed, NULL);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_in_a_crowd, &crowd), 0);
    while (records_written(ring) < THREADS * each) {
        reader_poll(&reader);
        assert_true(reader.read <= records_written(ring));
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    reader_poll(&reader);
    assert_int_equal(records_written(ring), THREADS * each);
    assert_true(reader.read > 0 && reader.read <= THREADS * each);
    reader_close(&reader);
    fixture_free(crowd.fixture);
}

static void many_threads_and_a_reader(void **state)
{
    (void)state;
    gather_a_crowd(RING_SIZE_MIN, 1, 20000);
    gather_a_crowd(64u << 10, 2, 20000);
    gather_a_crowd(4u << 20, 8, 5000); /* nothing is lost here: */
    struct crowd crowd = {fixture_new(4u << 20, 8), 400, 0};
    for (int i = 0; i < 8; i++)
        write_in_a_crowd(&crowd);
    assert_int_equal(read_all(crowd.fixture), 0);
    assert_int_equal(crowd.fixture->found, 8 * 400);
    fixture_free(crowd.fixture);
}

static const struct ring *interrupted_ring;
static volatile sig_atomic_t interruptions;

static void write_in_a_handler(int signal)
{
    (void)signal;
    write_seeded(interrupted_ring, 0, (uint64_t)1 << 32 | (uint64_t)++interruptions, 5);
}

static void a_signal_handler_may_write_too(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN, 1);
    interrupted_ring = &f->ring;
    struct sigaction action = {.sa_handler = write_in_a_handler}, before;
    sigaction(SIGALRM, &action, &before);
    const struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &often, NULL);
    uint64_t seed = 0;
    while (interruptions < 300 && seed < 100000000)
        write_seeded(&f->ring, 0, ++seed, 5);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(records_written(&f->ring), seed + (uint64_t)interruptions);
    assert_int_equal(read_all(f) + f->found, seed + (uint64_t)interruptions);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_that_dies_costs_its_record_only),
        cmocka_unit_test(a_writer_that_comes_late_spoils_but_never_mixes),
        cmocka_unit_test(no_mixture_of_two_records_passes),
        cmocka_unit_test(a_sleeper_cannot_turn_the_count_back),
        cmocka_unit_test(a_chunk_that_was_taken_but_not_opened_comes_back),
        cmocka_unit_test(a_chunk_with_two_owners_shows_nothing_wrong),
        cmocka_unit_test(where_no_slot_can_be_had_the_record_is_counted),
        cmocka_unit_test(many_threads_and_a_reader),
        cmocka_unit_test(a_signal_handler_may_write_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
