/* test_viewer_time.c - ticks to Unix time: monotone, between any moments, and
 * without a division by nothing. */
#include "viewer_fixture.h"

#include "../../viewer/record/processes.h"

#include <stdio.h>

#define SECOND INT64_C(1000000000)
#define EPOCH (INT64_C(1700000000) * SECOND)

/* A ring that knows these moments and nothing of this boot. */
static struct fixture *ring_with(const struct moment *moments, size_t count, uint64_t ticks_per_second)
{
    struct fixture *const f = fixture_new(1 << 20, 1);
    f->ring.header->created = moments[0];
    f->ring.header->ticks_per_second = ticks_per_second;
    for (size_t i = 1; i < count; i++) {
        struct ring_process process = {.number = (uint32_t)i, .moment = moments[i]};
        ring_process_put(&f->ring, &process);
    }
    return f;
}

/* With records until `latest`. */
static struct timeline timeline_until(struct fixture *f, uint64_t latest)
{
    static struct processes processes;
    struct timeline timeline;
    processes_read(&processes, &f->ring);
    timeline_read(&timeline, &f->ring, &processes, latest);
    return timeline;
}

static struct timeline timeline_of(struct fixture *f)
{
    return timeline_until(f, 0);
}

static void time_runs_straight_between_moments(void **state)
{
    (void)state;
    /* three ticks a nanosecond, then, the clock being slewed, a little more */
    const struct moment moments[] = {{1000, EPOCH},
                                     {1000 + 3 * 10 * SECOND, EPOCH + 10 * SECOND},
                                     {1000 + 3 * 20 * SECOND, EPOCH + 20 * SECOND + 5000}};
    struct fixture *const f = ring_with(moments, 3, 0);
    struct timeline t = timeline_of(f);
    assert_int_equal(t.count, 3);
    assert_int_equal(timeline_unix(&t, 1000), EPOCH);
    assert_int_equal(timeline_unix(&t, 1000 + 3 * 5 * SECOND), EPOCH + 5 * SECOND);
    assert_int_equal(timeline_unix(&t, moments[1].ticks), EPOCH + 10 * SECOND);
    assert_int_equal(timeline_unix(&t, moments[2].ticks), EPOCH + 20 * SECOND + 5000);
    assert_in_range(timeline_unix(&t, 1000 + 3 * 30 * SECOND), EPOCH + 30 * SECOND + 7000, EPOCH + 30 * SECOND + 8000);
    assert_in_range(timeline_ns(&t, 1000, 4000), 999, 1001);
    assert_int_equal(timeline_ns(&t, 4000, 1000), 0);
    fixture_free(f);
}

/* A time, the length of a call and what somebody waits may be added. */
static void sums_of_times_are_times(void **state)
{
    (void)state;
    const struct moment moments[] = {{1000, EPOCH}, {2000, INT64_MAX - 1}, {3000, INT64_MIN}};
    struct fixture *const f = ring_with(moments, 3, 1);
    struct timeline t = timeline_of(f);
    assert_int_equal(t.count, 1);
    for (unsigned i = 0; i < 64; i++) {
        const int64_t time = timeline_unix(&t, UINT64_C(1) << i);
        const uint64_t length = timeline_ns(&t, 1, UINT64_C(1) << i);
        assert_true(time >= 0 && time <= INT64_MAX / 2 && length <= INT64_MAX / 4);
    }
    assert_int_equal(timeline_unix(&t, UINT64_MAX), 0);
    fixture_free(f);
}

static void time_never_goes_back(void **state)
{
    (void)state;
    const struct moment moments[] = {
        {5000000, EPOCH},
        {8000000, EPOCH + 3000000},
        {8000001, EPOCH + 2999000}, /* read at the same time, a little off */
        {50000000, EPOCH - SECOND}, /* somebody set the clock */
        {90000000, EPOCH + 85000000},
        {0, 0}, /* a fork, that knows no Unix time */
        {120000000, 0},
    };
    struct fixture *const f = ring_with(moments, 7, 1000000000);
    struct timeline t = timeline_of(f);
    int64_t before = 0;
    for (uint64_t ticks = 1; ticks < 200000000; ticks += 99991) {
        const int64_t now = timeline_unix(&t, ticks);
        assert_true(now >= before);
        before = now;
    }
    assert_int_equal(timeline_unix(&t, 4999999), EPOCH - 1);
    fixture_free(f);
}

static void strange_moments_do_no_harm(void **state)
{
    (void)state;
    const struct moment same[] = {{7, EPOCH}, {7, EPOCH}, {7, EPOCH + SECOND}, {8, EPOCH}};
    struct fixture *f = ring_with(same, 4, 0);
    struct timeline t = timeline_of(f);
    assert_int_equal(timeline_unix(&t, 7), EPOCH);
    assert_true(timeline_unix(&t, 1000) >= EPOCH);
    fixture_free(f);

    const struct moment none[] = {{0, 0}};
    f = ring_with(none, 1, 0);
    t = timeline_of(f);
    assert_int_equal(t.count, 0);
    assert_int_equal(timeline_unix(&t, 12345), 0);
    assert_int_equal(timeline_ns(&t, 1, 11), 10);
    fixture_free(f);

    const struct moment extreme[] = {{1, 1}, {UINT64_MAX, INT64_MAX}, {2, INT64_MAX}, {UINT64_MAX - 1, INT64_MIN}};
    f = ring_with(extreme, 4, UINT64_MAX);
    t = timeline_of(f);
    for (unsigned bit = 0; bit < 64; bit++)
        assert_true(timeline_unix(&t, UINT64_C(1) << bit) >= 0);
    timeline_ns(&t, 0, UINT64_MAX);
    fixture_free(f);
}

static struct fixture *ring_of_this_boot(void)
{
    struct fixture *const f = fixture_new(1 << 20, 1);
    assert_false(ring_is_of_this_boot(&f->ring));
    FILE *const file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (file == NULL) {
        fixture_free(f);
        skip();
    }
    assert_non_null(fgets(f->ring.header->boot_id, sizeof f->ring.header->boot_id, file));
    fclose(file);
    f->ring.header->boot_id[strcspn(f->ring.header->boot_id, "\n")] = '\0';
    return f;
}

static struct moment moment_of_now_here(void)
{
    struct timespec now, unix_time;
    clock_gettime(CLOCK_MONOTONIC, &now);
    clock_gettime(CLOCK_REALTIME, &unix_time);
    return (struct moment){(uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec,
                           unix_time.tv_sec * SECOND + unix_time.tv_nsec};
}

static void this_boot_is_known_by_its_number(void **state)
{
    (void)state;
    struct fixture *const f = ring_of_this_boot();
    assert_true(ring_is_of_this_boot(&f->ring));

    const struct moment now = moment_of_now_here();
    struct timeline t = timeline_of(f);
    const int64_t told = timeline_unix(&t, now.ticks);
    assert_in_range(told, now.unix_ns - SECOND / 1000, now.unix_ns + SECOND / 1000);
    memset(f->ring.header->boot_id, 'x', sizeof f->ring.header->boot_id); /* no NUL at its end */
    assert_false(ring_is_of_this_boot(&f->ring));
    fixture_free(f);
}

/* A ring in which nothing happens any more is read at two times. */
static void what_is_past_keeps_its_time(void **state)
{
    (void)state;
    struct fixture *const f = ring_of_this_boot();
    const struct moment now = moment_of_now_here();
    f->ring.header->created = (struct moment){now.ticks - 10 * SECOND, now.unix_ns - 10 * SECOND + 777777};
    const uint64_t begin = f->ring.header->created.ticks, soon = begin + SECOND / 500, late = begin + 9 * SECOND;

    /* near to a moment that the ring knows: to the nanosecond */
    struct timeline one = timeline_until(f, soon);
    for (int i = 0; i < 20; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
        struct timeline other = timeline_until(f, soon);
        for (uint64_t ticks = begin; ticks <= soon; ticks += (soon - begin) / 16)
            assert_int_equal(timeline_unix(&other, ticks), timeline_unix(&one, ticks));
        assert_int_equal(timeline_ns(&other, begin, late), timeline_ns(&one, begin, late));
    }
    /* farther away: by what is told to the microsecond */
    one = timeline_until(f, late);
    const int64_t end = timeline_unix(&one, late);
    assert_int_equal(end % 1000, 0);
    assert_in_range(end, now.unix_ns - SECOND - SECOND / 1000, now.unix_ns - SECOND + SECOND / 1000);
    assert_true(timeline_unix(&one, late + SECOND / 2) > end + SECOND / 3); /* and what comes has its time */
    /* what cannot be is not believed */
    one = timeline_of(f);
    struct timeline odd = timeline_until(f, UINT64_MAX);
    assert_int_equal(odd.count, one.count);
    odd = timeline_until(f, 1);
    assert_int_equal(odd.count, one.count);
    fixture_free(f);
}

static void only_whole_processes_are_known(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct ring_process process = {.number = 7, .pid = 70, .parent = 3};
    memset(process.path, 'x', sizeof process.path);
    ring_process_put(&f->ring, &process);
    process.number = 7 + RING_PROCESSES; /* in the same place */
    ring_process_put(&f->ring, &process);
    process.number = 8;
    ring_process_put(&f->ring, &process);
    f->ring.processes[8].pid++; /* half-written */
    static struct processes processes;
    processes_read(&processes, &f->ring);
    assert_null(processes_find(&processes, 0));
    assert_null(processes_find(&processes, 7));
    assert_null(processes_find(&processes, 8));
    assert_int_equal(processes_find(&processes, 7 + RING_PROCESSES)->pid, 70);
    assert_int_equal(strlen(processes_find(&processes, 7 + RING_PROCESSES)->path), sizeof process.path - 1);
    assert_false(processes_stale(&processes, &f->ring));
    f->ring.header->next_process++;
    assert_true(processes_stale(&processes, &f->ring));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_runs_straight_between_moments),
        cmocka_unit_test(sums_of_times_are_times),
        cmocka_unit_test(time_never_goes_back),
        cmocka_unit_test(strange_moments_do_no_harm),
        cmocka_unit_test(this_boot_is_known_by_its_number),
        cmocka_unit_test(what_is_past_keeps_its_time),
        cmocka_unit_test(only_whole_processes_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
