/* test_viewer_source.c - order, exact losses, laps. */
#include "viewer_fixture.h"

#include "../../preload/clock.h"

#include <pthread.h>
#include <stdatomic.h>

/* A record at a given moment that can be told by its arg[0]. */
static void write_at(struct fixture *f, uint32_t lane, enum call call, uint64_t start, uint64_t end, uint64_t mark)
{
    struct record record = plain_record(f, call);
    record.start = start;
    record.end = end;
    record.arg[0] = mark;
    write_record(f, lane, record, NULL, 0);
}

struct sum {
    uint64_t records, lost, lost_lines, disorder;
    uint64_t last;
};

static void take_all(struct fixture *f, struct sum *sum)
{
    const struct record *record;
    while ((record = source_next(&f->source)) != NULL) {
        if (record->call == CALL_LOST) {
            sum->lost += (uint64_t)record->ret;
            sum->lost_lines++;
            continue;
        }
        sum->records++;
        sum->disorder += record_moment(record) < sum->last;
        sum->last = record_moment(record);
        decoder_view(f->decoder, record);
    }
}

static struct sum read_once(struct fixture *f)
{
    struct sum sum = {0};
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    take_all(f, &sum);
    return sum;
}

static void an_empty_ring_has_nothing(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 4);
    const struct sum sum = read_once(f);
    assert_int_equal(sum.records + sum.lost, 0);
    source_read(&f->source, SOURCE_PASSING);
    assert_null(source_next(&f->source));
    fixture_free(f);
}

static void lanes_are_merged_by_their_moments(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 4);
    uint64_t seed = 1;
    for (uint64_t i = 1; i <= 3000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1;
        const uint64_t end = 1000 * i + (seed >> 33) % 5000; /* lanes and neighbours out of step */
        write_at(f, (uint32_t)(seed >> 40) % 4, CALL_send, end - 10, end, i);
    }
    const struct sum sum = read_once(f);
    assert_int_equal(sum.records, 3000);
    assert_int_equal(sum.lost, 0);
    assert_int_equal(sum.disorder, 0);
    fixture_free(f);
}

static void a_close_comes_at_its_start(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 2);
    write_at(f, 0, CALL_socket, 20, 30, 2); /* got the number that the close had freed */
    write_at(f, 1, CALL_close, 10, 40, 1);
    write_at(f, 0, CALL_recv, 25, 35, 3);
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    for (uint64_t want = 1; want <= 3; want++)
        assert_int_equal(source_next(&f->source)->arg[0], want);
    assert_null(source_next(&f->source));

    source_rewind(&f->source);
    assert_int_equal(source_next(&f->source)->arg[0], 1);
    fixture_free(f);
}

/* Nothing is received before it was sent, nobody accepted before he connects. */
static void what_acts_outwards_comes_at_its_start(void **state)
{
    static const enum call acting[] = {CALL_connect, CALL_send, CALL_writev, CALL_shutdown, CALL_dup2};
    static const enum call learning[] = {CALL_accept, CALL_recv, CALL_readv, CALL_poll, CALL_fork};
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 2);
    for (size_t i = 0; i < sizeof acting / sizeof acting[0]; i++) {
        write_at(f, 0, acting[i], 10 * i, 1000 + i, i);
        write_at(f, 1, learning[i], 1, 10 * i + 5, i);
    }
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    for (size_t i = 0; i < sizeof acting / sizeof acting[0]; i++) {
        assert_int_equal(source_next(&f->source)->call, acting[i]);
        assert_int_equal(source_next(&f->source)->call, learning[i]);
    }
    assert_null(source_next(&f->source));
    fixture_free(f);
}

static void equal_moments_come_in_a_stable_order(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 2);
    for (uint64_t i = 0; i < 500; i++)
        write_at(f, (uint32_t)i % 2, CALL_send, 5, 5, i);
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    uint64_t before = 0;
    for (const struct record *record; (record = source_next(&f->source)) != NULL; before = record->id)
        assert_true(record->id > before);
    fixture_free(f);
}

static void what_was_overwritten_is_one_line_at_the_front(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 8, 4);
    for (uint64_t i = 1; i <= 100000; i++)
        write_at(f, (uint32_t)i % 4, CALL_send, i, i + 1, i);
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    const struct record *record = source_next(&f->source);
    assert_int_equal(record->call, CALL_LOST);
    assert_true(record->end != 0); /* the moment of the one behind it */
    const struct sum sum = read_once(f);
    assert_int_equal(sum.lost_lines, 1);
    assert_int_equal(sum.records + sum.lost, 100000);
    assert_true(sum.records > 300);
    assert_int_equal(sum.disorder, 0);
    fixture_free(f);
}

/* Lane 0 keeps its first records, for its chunk is open; lane 1 goes on for laps.
 * What it lost may have lain anywhere up to the first of it that is there. */
static void a_loss_reaches_to_the_first_record_of_its_lane(void **state)
{
    (void)state;
    static const enum source_mode modes[] = {SOURCE_ONCE, SOURCE_PASSING};
    struct fixture *const f = fixture_new(128 << 20, 2);
    for (uint64_t i = 1; i <= 1500000; i++)
        write_at(f, i > 20, CALL_recv, i, i + 1, i);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        fixture_open_source(f);
        source_read(&f->source, modes[i]);
        const struct record lost = *source_next(&f->source);
        assert_int_equal(lost.call, CALL_LOST);
        assert_int_equal(lost.start, 2);
        for (uint64_t early = 1; early <= 20; early++)
            assert_int_equal(source_next(&f->source)->arg[0], early);
        assert_int_equal(source_next(&f->source)->end, lost.end);
    }
    fixture_free(f);
}

/* Where a lane's chunks are all overwritten, it ends before what lies in their place. */
static void a_lane_that_is_gone_ended_before_its_heir(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 4, 2);
    for (uint64_t i = 1; i <= 64 + 8 * 64; i++) /* a chunk, and eight */
        write_at(f, i > 64, CALL_send, i, i + 1, i);
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    const struct record lost = *source_next(&f->source);
    assert_int_equal(lost.call, CALL_LOST);
    assert_int_equal(lost.ret, 64);
    assert_int_equal(lost.end, 64 + 7 * 64 + 2);
    fixture_free(f);
}

/* What comes out of the ring, as one number; *lost: how many records did not. */
static uint64_t order_of(struct fixture *f, enum source_mode mode, uint64_t *lost)
{
    const struct record *record;
    uint64_t order = 0;
    fixture_open_source(f);
    source_read(&f->source, mode);
    for (int i = 0; i < 5000 && source_at_hand(&f->source); i++) /* a look ahead is possible in all modes */
        source_next(&f->source);
    source_rewind(&f->source);
    for (*lost = 0; (record = source_next(&f->source)) != NULL;) {
        if (record->call == CALL_LOST)
            *lost += (uint64_t)record->ret;
        else
            order = order * UINT64_C(6364136223846793005) + record->id;
    }
    return order;
}

/* In passing, a large ring is read a part at a time: what comes out is the same. */
static void a_large_ring_comes_in_parts(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(128 << 20, 4);
    uint64_t seed = 1, lost, lost_in_passing;
    for (uint64_t i = 1; i <= 1500000; i++) { /* it is overwritten in the end, by half */
        seed = seed * UINT64_C(6364136223846793005) + 1;
        const uint64_t end = 1000 * i + (seed >> 33) % 5000;
        const bool long_close = i % 100000 == 0; /* it began long before it was told */
        write_at(f, (uint32_t)(seed >> 40) % 4, long_close ? CALL_close : CALL_send,
                 long_close ? 1000 * (i - 90000) : end - 10, end, i);
        if (i != 800000 && i != 1500000)
            continue;
        const uint64_t order = order_of(f, SOURCE_ONCE, &lost);
        assert_true(f->source.batch.room * 8 > 100 << 20);
        assert_int_equal(order_of(f, SOURCE_PASSING, &lost_in_passing), order);
        assert_int_equal(lost_in_passing, lost);
        assert_true((lost != 0) == (i == 1500000));
        assert_true(f->source.batch.room * 8 < 70 << 20);
    }
    const struct record *record;
    fixture_open_source(f);
    source_read(&f->source, SOURCE_PASSING);
    record = source_next(&f->source);
    assert_int_equal(record->call, CALL_LOST); /* all of it at the front */
    assert_int_equal(record->ret, lost);
    fixture_free(f);
}

/* Where the nth record of the ring lies. */
static struct record *record_at(struct fixture *f, uint64_t mark)
{
    const size_t slots = ((size_t)f->ring.chunk_mask + 1) * CHUNK_SLOTS;
    for (size_t slot = 0; slot + 2 <= slots; slot++) {
        struct record *const record = (struct record *)(void *)(f->ring.slots + slot * 8);
        if (record->arg[0] == mark && record->slots != 0)
            return record;
    }
    return NULL;
}

static void a_broken_record_is_counted_at_its_place(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    for (uint64_t i = 1; i <= 1000; i++)
        write_at(f, 0, CALL_send, i * 10, i * 10 + 1, i);
    for (uint64_t mark = 500; mark < 503; mark++)
        record_at(f, mark)->ret ^= 1;
    record_at(f, 1000)->ret ^= 1; /* the last: its writer died */
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    for (uint64_t want = 1; want < 500; want++)
        assert_int_equal(source_next(&f->source)->arg[0], want);
    const struct record *record = source_next(&f->source);
    assert_int_equal(record->call, CALL_LOST);
    assert_int_equal(record->ret, 3);
    assert_int_equal(record->end, 5031);
    for (uint64_t want = 503; want < 1000; want++)
        assert_int_equal(source_next(&f->source)->arg[0], want);
    record = source_next(&f->source);
    assert_int_equal(record->call, CALL_LOST);
    assert_int_equal(record->ret, 1);
    assert_null(source_next(&f->source));
    fixture_free(f);
}

/* The chunk that has taken the place of a lane's last one has nothing to read yet:
 * nobody need be in doubt for longer than until now. */
static void an_heir_that_is_silent_is_no_doubt_for_ever(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 4, 2);
    const uint64_t last = 64 + 7 * 64 + 1; /* the first record of the heir */
    for (uint64_t i = 1; i <= last; i++)
        write_at(f, i > 64, CALL_send, i, i + 1, i);
    record_at(f, last)->ret ^= 1;
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    const struct record lost = *source_next(&f->source);
    assert_int_equal(lost.call, CALL_LOST);
    assert_true(lost.end > last);
    assert_true(lost.end <= clock_ticks(f->ring.clock));
    fixture_free(f);
}

/* A close has its place where it began, but what is lost before it in its lane may
 * have been done while it lasted. */
static void a_loss_reaches_to_the_end_of_a_long_close(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 4, 2);
    for (uint64_t i = 1; i <= 20; i++)
        write_at(f, 0, CALL_send, i * 10, i * 10, i);
    for (uint64_t i = 1; i <= 16 * 64; i++)
        write_at(f, 1, CALL_close, 5, 1000 + i, i);
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    const struct record *record = source_next(&f->source);
    assert_int_equal(record->call, CALL_LOST);
    assert_true(record->end > 1000);
    fixture_free(f);
}

/* Finishes the record that the test left unfinished. */
static void *finish_soon(void *argument)
{
    struct record *const record = argument;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL); /* a slice of the scheduler's */
    __atomic_fetch_xor((uint64_t *)&record->ret, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void a_record_in_the_making_gets_a_second_look(void **state)
{
    (void)state;
    unsigned whole = 0;
    for (int i = 0; i < 500 && whole == 0; i++) { /* a loaded machine may be late, but not always */
        struct fixture *const f = fixture_new(1 << 20, 1);
        for (uint64_t mark = 1; mark <= 10; mark++)
            write_at(f, 0, CALL_send, mark, mark, mark);
        record_at(f, 10)->ret ^= 1;
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, finish_soon, record_at(f, 10)), 0);
        const struct sum sum = read_once(f);
        pthread_join(thread, NULL);
        assert_int_equal(sum.records + sum.lost, 10);
        whole += sum.lost == 0;
        fixture_free(f);
    }
    assert_true(whole > 0);
}

static void following_gives_every_record_once(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 8, 2);
    struct sum sum = {0};
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    take_all(f, &sum);
    uint64_t written = 0;
    for (int round = 0; round < 60; round++) {
        const uint64_t some = round % 7 == 3 ? 5000 : round % 5 * 20; /* now and then more than the ring holds */
        for (uint64_t i = 0; i < some; i++, written++) {
            struct timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            const uint64_t ticks = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
            write_at(f, (uint32_t)written % 2, CALL_send, ticks - 5, ticks, written);
        }
        source_read(&f->source, SOURCE_FOLLOW);
        take_all(f, &sum);
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    }
    source_read(&f->source, SOURCE_LAST);
    take_all(f, &sum);
    assert_int_equal(sum.records + sum.lost, written);
    assert_true(sum.lost > 0);
    assert_true(sum.records > 1000);
    assert_int_equal(sum.disorder, 0);
    fixture_free(f);
}

struct writers {
    struct fixture *f;
    atomic_bool stop;
    atomic_uint next;
    atomic_ullong written;
};

static void *write_on(void *argument)
{
    struct writers *const writers = argument;
    const uint32_t lane = atomic_fetch_add(&writers->next, 1);
    const char payload[300] = {'x'};
    for (uint64_t i = 0; !atomic_load(&writers->stop); i++) {
        struct record record = plain_record(writers->f, CALL_send);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        record.start = record.end = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
        record.arg[0] = record.arg[1] = i;
        const struct ring_part part = {payload, 300, (uint16_t)(i % 300), ITEM_PAYLOAD};
        ring_write(&writers->f->ring, lane % 2, &record, &part, i % 3 == 0);
        atomic_fetch_add(&writers->written, 1);
    }
    return NULL;
}

static void a_ring_under_writers_stays_exact(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 16, 2);
    struct writers writers = {.f = f};
    pthread_t threads[3];
    struct sum sum = {0};
    fixture_open_source(f);
    for (int i = 0; i < 3; i++) /* two of them on one lane */
        assert_int_equal(pthread_create(&threads[i], NULL, write_on, &writers), 0);
    for (int i = 0; i < 100; i++) {
        source_read(&f->source, SOURCE_FOLLOW);
        for (const struct record *record; (record = source_next(&f->source)) != NULL;) {
            if (record->call == CALL_LOST) {
                sum.lost += (uint64_t)record->ret;
            } else {
                sum.records++;
                assert_int_equal(record->arg[0], record->arg[1]);
            }
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    atomic_store(&writers.stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    source_read(&f->source, SOURCE_LAST);
    take_all(f, &sum);
    assert_int_equal(sum.records + sum.lost + f->ring.header->count[COUNT_UNWRITTEN], atomic_load(&writers.written));
    assert_true(sum.records > 0);
    fixture_free(f);
}

static void a_large_ring_stays_exact_in_passing(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(64 << 20, 2);
    struct writers writers = {.f = f};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_on, &writers), 0);
    for (int round = 0; round < 3; round++) {
        while (__atomic_load_n(&f->ring.header->next_chunk, __ATOMIC_RELAXED) < 9000 * (uint64_t)(round + 1))
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        struct sum sum = {0};
        uint64_t written = 0;
        fixture_open_source(f);
        source_read(&f->source, SOURCE_PASSING);
        take_all(f, &sum);
        for (unsigned lane = 0; lane < 2; lane++)
            written += f->source.lanes[lane].total;
        assert_int_equal(sum.records + sum.lost, written);
    }
    atomic_store(&writers.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_ring_has_nothing),
        cmocka_unit_test(lanes_are_merged_by_their_moments),
        cmocka_unit_test(a_close_comes_at_its_start),
        cmocka_unit_test(what_acts_outwards_comes_at_its_start),
        cmocka_unit_test(equal_moments_come_in_a_stable_order),
        cmocka_unit_test(what_was_overwritten_is_one_line_at_the_front),
        cmocka_unit_test(a_loss_reaches_to_the_first_record_of_its_lane),
        cmocka_unit_test(a_lane_that_is_gone_ended_before_its_heir),
        cmocka_unit_test(an_heir_that_is_silent_is_no_doubt_for_ever),
        cmocka_unit_test(a_loss_reaches_to_the_end_of_a_long_close),
        cmocka_unit_test(a_large_ring_comes_in_parts),
        cmocka_unit_test(a_broken_record_is_counted_at_its_place),
        cmocka_unit_test(a_record_in_the_making_gets_a_second_look),
        cmocka_unit_test(following_gives_every_record_once),
        cmocka_unit_test(a_ring_under_writers_stays_exact),
        cmocka_unit_test(a_large_ring_stays_exact_in_passing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
