/* test_tables.c - what the tables stand on: maps, descriptors, latencies, columns, the shelf. */
#include "viewer_fixture.h"

#include "../../viewer/base/map.h"
#include "../../viewer/base/shelf.h"
#include "../../viewer/model/fd_table.h"
#include "../../viewer/out/table.h"
#include "../../viewer/out/width.h"
#include "../../viewer/tables/latency.h"
#include "../../viewer/tables/live.h"

/* --- maps ------------------------------------------------------------------------ */

static void a_map_keeps_what_is_put(void **state)
{
    (void)state;
    enum { KEYS = 5000 };
    static char values[KEYS];
    bool there[KEYS] = {false};
    struct map map = {0};
    uint64_t seed = 1;
    size_t count = 0;
    for (unsigned round = 0; round < 200000; round++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        const unsigned i = (unsigned)(seed >> 33) % KEYS;
        const uint64_t key = (uint64_t)i * 64; /* all alike in their low bits */
        assert_ptr_equal(map_get(&map, key), there[i] ? &values[i] : NULL);
        map_forget(&map, key, &values[(i + 1) % KEYS]); /* not this one */
        if (round % 6 == 0) {
            map_forget(&map, key, &values[i]);
            count -= there[i];
            there[i] = false;
        } else if (round % 6 == 3) {
            assert_ptr_equal(map_remove(&map, key), there[i] ? &values[i] : NULL);
            count -= there[i];
            there[i] = false;
        } else {
            map_put(&map, key, &values[i]);
            count += !there[i];
            there[i] = true;
        }
        assert_int_equal(map.count, count);
    }
    map_free(&map);
}

/* Numbers that differ only in their high bits, and others that a hostile ring may
 * choose, do not all fall into one place: this would take minutes. */
static void no_choice_of_keys_is_slow(void **state)
{
    (void)state;
    enum { KEYS = 300000 };
    static char value;
    for (unsigned shift = 20; shift <= 44; shift += 12) {
        struct map map = {0};
        for (uint64_t i = 0; i < KEYS; i++)
            map_put(&map, i << shift | 7, &value);
        assert_int_equal(map.count, KEYS);
        map_free(&map);
    }
}

/* --- descriptors ----------------------------------------------------------------- */

static void descriptors_are_found_in_order(void **state)
{
    (void)state;
    static const int numbers[] = {0, 1, 63, 64, 65, 4095, 4096, 262144, 1 << 22, INT32_MAX};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    static char items[NUMBERS];
    struct fd_table table = {0};
    int64_t fd = 0;
    assert_null(fd_table_next(&table, &fd));
    for (size_t i = NUMBERS; i-- != 0;) {
        fd_table_put(&table, numbers[i], &items[i]);
        assert_ptr_equal(fd_table_get(&table, numbers[i]), &items[i]);
        assert_null(fd_table_get(&table, numbers[i] - 1));
        assert_int_equal(table.count, NUMBERS - i);
    }
    fd = -5;
    for (size_t i = 0; i < NUMBERS; i++, fd++) {
        assert_ptr_equal(fd_table_next(&table, &fd), &items[i]);
        assert_int_equal(fd, numbers[i]);
    }
    assert_null(fd_table_next(&table, &fd));
    for (size_t i = 0; i < NUMBERS; i += 2) { /* out, and out again */
        fd_table_put(&table, numbers[i], NULL);
        fd_table_put(&table, numbers[i], NULL);
        assert_null(fd_table_get(&table, numbers[i]));
    }
    assert_int_equal(table.count, NUMBERS / 2);
    fd = 66;
    assert_ptr_equal(fd_table_next(&table, &fd), &items[5]);
    assert_null(fd_table_get(&table, -1));
    fd_table_free(&table);
}

/* --- latencies ------------------------------------------------------------------- */

static void few_are_exact(void **state)
{
    (void)state;
    struct latency latency = {0};
    for (uint64_t i = 10; i >= 1; i--)
        latency_add(&latency, i * 100);
    assert_int_equal(latency_percentile(&latency, 0), 100);
    assert_int_equal(latency_percentile(&latency, 50), 500);
    assert_int_equal(latency_percentile(&latency, 90), 900);
    assert_int_equal(latency_percentile(&latency, 99), 1000);
    assert_int_equal(latency.sum, 5500);
    latency_free(&latency);
}

static void many_are_near(void **state)
{
    (void)state;
    struct latency latency = {0};
    for (uint64_t i = 1; i <= 100000; i++)
        latency_add(&latency, i * 1000);
    static const unsigned percents[] = {50, 90, 99};
    for (unsigned i = 0; i < 3; i++) {
        const double want = 1e6 * percents[i], got = (double)latency_percentile(&latency, percents[i]);
        assert_true(got > 0.98 * want && got < 1.02 * want);
    }
    assert_int_equal(latency_percentile(&latency, 0), 1000);
    assert_int_equal(latency_percentile(&latency, 100), 100000000);
    struct latency sum = {0};
    latency_add(&sum, 7);
    latency_merge(&sum, &latency);
    latency_merge(&sum, &(const struct latency){0});
    assert_int_equal(sum.count, 100001);
    assert_int_equal(sum.least, 7);
    assert_int_equal(sum.most, 100000000);
    latency_free(&latency);
    latency_free(&sum);
    for (uint64_t i = 0; i < 64; i++) /* every size of number has its class */
        for (unsigned k = 0; k < 40; k++)
            latency_add(&latency, (UINT64_C(1) << i) - 1 + k % 2);
    assert_int_equal(latency_percentile(&latency, 100), UINT64_C(1) << 63);
    latency_free(&latency);
}

/* --- columns --------------------------------------------------------------------- */

static const struct column hard_columns[] = {
    {"NAME", false, CUT_NAME, 0, 8, 0, 0},
    {"N", true, CUT_NEVER, 0, 0, 0, 0},
    {"LESS", false, CUT_NEVER, 0, 0, 1, 0},
    {"PLACE", false, CUT_FRONT, 0, 6, 0, 0},
};
static const struct column fair_columns[] = {
    {"NAME", false, CUT_NAME, 18, 8, 0, 0},
    {"N", true, CUT_NEVER, 0, 0, 0, 0},
    {"LESS", false, CUT_NEVER, 0, 0, 1, 0},
    {"PLACE", false, CUT_PLACE, 15, 6, 0, 0},
};

static const char *print_columns(struct fixture *f, const struct column columns[4], const char *place, unsigned most)
{
    const char *const cells[2][4] = {{"redis-benchmark[811]", "5", "x", place}, {"nginx[7]", "1234", "y", ""}};
    struct table table;
    table_begin(&table, out_to_memory(f), columns, 4, most);
    for (int row = 0; row < 2; row++) {
        for (int i = 0; i < 4; i++) {
            out_text(&table.cell, cells[row][i]);
            table_cell(&table, PAINT_PLAIN);
        }
        table_row(&table);
    }
    table_print(&table);
    table_free(&table);
    return out_printed(f);
}

static const char *print_table(struct fixture *f, unsigned most)
{
    return print_columns(f, hard_columns, "127.0.0.1:45678", most);
}

static void columns_are_as_wide_as_need_be(void **state)
{
    struct fixture *const f = *state;
    assert_string_equal(print_table(f, 0), "NAME                     N  LESS  PLACE\n"
                                           "redis-benchmark[811]     5  x     127.0.0.1:45678\n"
                                           "nginx[7]              1234  y\n");
}

static void narrow_ones_lose_what_matters_least(void **state)
{
    struct fixture *const f = *state;
    assert_string_equal(print_table(f, 36), "NAME            N  LESS  PLACE\n"
                                            "redi..[811]     5  x     ..0.1:45678\n"
                                            "nginx[7]     1234  y\n");
    assert_string_equal(print_table(f, 25), "NAME         N  PLACE\n"
                                            "r..[811]     5  ..1:45678\n"
                                            "nginx[7]  1234\n");
    for (unsigned most = 22; most < 60; most++) {
        const char *line = print_table(f, most);
        for (; *line != '\0'; line = strchr(line, '\n') + 1)
            assert_true(width_text(line, strcspn(line, "\n")) <= most);
    }
}

static void names_stay_whole_where_less_can_go(void **state)
{
    struct fixture *const f = *state;
    assert_string_equal(print_columns(f, fair_columns, "127.0.0.1:45678", 47),
                        "NAME                   N  LESS  PLACE\n"
                        "redis-bench..[811]     5  x     127.0.0.1:45678\n"
                        "nginx[7]            1234  y\n");
    assert_string_equal(print_columns(f, fair_columns, "127.0.0.1:45678", 46),
                        "NAME                     N  PLACE\n"
                        "redis-benchmark[811]     5  127.0.0.1:45678\n"
                        "nginx[7]              1234\n");
}

static void a_host_is_cut_before_its_address(void **state)
{
    struct fixture *const f = *state;
    static const char *const place = "10.0.0.1:80 (example.org)";
    assert_non_null(strstr(print_columns(f, fair_columns, place, 46), "  10.0.0.1:80 (exam..\n"));
    assert_non_null(strstr(print_columns(f, fair_columns, place, 24), "  ..0.1:80\n"));
    assert_non_null(strstr(print_columns(f, fair_columns, "10.0.0.1:80", 24), "  ..0.1:80\n"));
}

/* --- the shelf ------------------------------------------------------------------- */

struct row {
    uint64_t id;
    bool released;
};

struct printed {
    uint64_t last, count;
    bool ordered;
};

static void note(void *context, void *item)
{
    struct printed *const printed = context;
    const uint64_t id = ((const struct row *)item)->id;
    printed->ordered &= id > printed->last;
    printed->last = id;
    printed->count++;
}

static void release(void *context, void *item)
{
    (void)context;
    assert_false(((struct row *)item)->released);
    ((struct row *)item)->released = true;
}

static void fill_shelf(struct printed *printed, uint64_t last, size_t count)
{
    struct row *const items = calloc(count, sizeof *items);
    struct shelf shelf = {.last = last, .context = printed, .print = note, .release = release};
    *printed = (struct printed){.ordered = true};
    for (size_t i = 0; i < count; i++) { /* each hundred comes backwards */
        items[i].id = i / 100 * 100 + 100 - i % 100;
        shelf_put(&shelf, &items[i]);
    }
    shelf_empty(&shelf);
    for (size_t i = 0; i < count; i++)
        assert_true(items[i].released);
    free(items);
}

static void the_shelf_gives_rows_in_order(void **state)
{
    (void)state;
    struct printed printed;
    fill_shelf(&printed, 0, 500);
    assert_true(printed.ordered);
    assert_int_equal(printed.count, 500);
    fill_shelf(&printed, 0, 300000); /* more than there is room for */
    assert_true(printed.ordered);
    assert_int_equal(printed.count, 300000);
    fill_shelf(&printed, 10, 300000); /* only the last ten */
    assert_true(printed.ordered);
    assert_int_equal(printed.count, 10);
    assert_int_equal(printed.last, 300000);
}

static int setup(void **state)
{
    *state = fixture_new(RING_SIZE_MIN, 1);
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

/* --- the rows of a screen -------------------------------------------------------- */

/* Which of the things 1 to 6 are chosen, as digits. */
static unsigned chosen_of(const int64_t *seconds, size_t most)
{
    static uint64_t things[6] = {1, 2, 3, 4, 5, 6};
    struct live_rows rows = {0};
    unsigned chosen = 0;
    for (size_t i = 6; i-- != 0;)
        live_rows_add(&rows, &things[i], seconds[i] * 1000000000);
    assert_int_equal(live_rows_choose(&rows, most), 6 - most);
    for (size_t i = 0; i < rows.count; i++)
        chosen = chosen * 10 + (unsigned)*(uint64_t *)rows.rows[i].item;
    live_rows_free(&rows);
    return chosen;
}

static void those_used_last_are_shown_in_their_places(void **state)
{
    (void)state;
    const int64_t idle[6] = {60, 10, 20, 30, 40, 50};
    assert_int_equal(chosen_of(idle, 6), 123456);
    assert_int_equal(chosen_of(idle, 3), 156);
    /* of the busy ones always the same, whoever was a little later */
    const int64_t busy[6] = {99, 100, 10, 99, 98, 99}, again[6] = {100, 98, 10, 98, 100, 99};
    assert_int_equal(chosen_of(busy, 3), 456);
    assert_int_equal(chosen_of(again, 3), 456);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_keeps_what_is_put),
        cmocka_unit_test(no_choice_of_keys_is_slow),
        cmocka_unit_test(descriptors_are_found_in_order),
        cmocka_unit_test(few_are_exact),
        cmocka_unit_test(many_are_near),
        cmocka_unit_test_setup_teardown(columns_are_as_wide_as_need_be, setup, teardown),
        cmocka_unit_test_setup_teardown(narrow_ones_lose_what_matters_least, setup, teardown),
        cmocka_unit_test_setup_teardown(names_stay_whole_where_less_can_go, setup, teardown),
        cmocka_unit_test_setup_teardown(a_host_is_cut_before_its_address, setup, teardown),
        cmocka_unit_test(the_shelf_gives_rows_in_order),
        cmocka_unit_test(those_used_last_are_shown_in_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
