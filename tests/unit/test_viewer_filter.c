/* test_viewer_filter.c - what filters let through, and how they are written. */
#include "viewer_fixture.h"

#include "../../viewer/base/nearest.h"
#include "../../viewer/record/filter.h"

#include <errno.h>

#define NOW (INT64_C(1700000000) * 1000000000) /* 14 November 2023, 22:13:20 UTC */

/* The view of a connect by curl, pid 811, fd 5, to 10.0.0.7:443. */
static struct fixture *a_connect(void)
{
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_connect);
    record.fd = 5;
    record.family = AF_INET;
    record.local_port = 40000;
    memcpy(record.local_ip, (uint8_t[]){127, 0, 0, 1}, 4);
    record.peer_port = 443;
    memcpy(record.peer_ip, (uint8_t[]){10, 0, 0, 7}, 4);
    write_record(f, 0, record, NULL, 0);
    first_view(f);
    return f;
}

static bool passes(const struct filter *filter)
{
    struct fixture *const f = a_connect();
    const bool match = filter_match(filter, &f->decoder->view);
    fixture_free(f);
    return match;
}

#define PASSES(function, text, want)                                                                                   \
    do {                                                                                                               \
        struct filter filter = {0};                                                                                    \
        char value[] = text;                                                                                           \
        assert_null(function(&filter, value));                                                                         \
        assert_int_equal(passes(&filter), want);                                                                       \
        filter_free(&filter);                                                                                          \
    } while (0)

#define REFUSES(function, text, word)                                                                                  \
    do {                                                                                                               \
        struct filter filter = {0};                                                                                    \
        char value[] = text;                                                                                           \
        const char *const wrong = function(&filter, value);                                                            \
        assert_non_null(wrong);                                                                                        \
        assert_has(wrong, word);                                                                                       \
        filter_free(&filter);                                                                                          \
    } while (0)

static void lists_of_numbers(void **state)
{
    (void)state;
    PASSES(filter_pid, "811", true);
    PASSES(filter_pid, "1,811", true);
    PASSES(filter_pid, "812", false);
    PASSES(filter_fd, "5", true);
    PASSES(filter_fd, "3,4", false);
    PASSES(filter_port, "443", true);
    PASSES(filter_port, "40000", true);
    PASSES(filter_port, "80", false);
    REFUSES(filter_pid, "", "process number");
    REFUSES(filter_pid, "8x", "8x");
    REFUSES(filter_pid, "1,", "1,");
    REFUSES(filter_pid, "-1", "-1");
    REFUSES(filter_port, "65536", "65535");
    REFUSES(filter_fd, "99999999999999999999", "descriptor");
}

static void globs(void **state)
{
    (void)state;
    PASSES(filter_comm, "curl", true);
    PASSES(filter_comm, "nginx,cu*", true);
    PASSES(filter_comm, "cur", false);
    PASSES(filter_host, "10.0.0.7", true);
    PASSES(filter_host, "10.*", true);
    PASSES(filter_host, "db.example", false);
    REFUSES(filter_comm, "", "program name");
}

static void calls_and_classes(void **state)
{
    (void)state;
    PASSES(filter_trace, "connect", true);
    PASSES(filter_trace, "trace=socket,connect", true);
    PASSES(filter_trace, "%net", true);
    PASSES(filter_trace, "%network", true);
    PASSES(filter_trace, "%io", false);
    PASSES(filter_trace, "!%io", true);
    PASSES(filter_trace, "!read,connect", false); /* as strace: all but these */
    PASSES(filter_trace, "%net,!connect", false);
    PASSES(filter_trace, "all", true);
    PASSES(filter_trace, "none", false);
    PASSES(filter_trace, "!none", true);
    PASSES(filter_trace, "all,!%net", false);
    REFUSES(filter_trace, "conect", "did you mean 'connect'?");
    REFUSES(filter_trace, "%nett", "did you mean '%net'?");
    REFUSES(filter_trace, "frobnicate", "frobnicate");
    REFUSES(filter_trace, "", "neither");

    struct filter filter = {0};
    assert_false(filter_wants_class(&filter, CLASS_POLL));
    assert_null(filter_trace(&filter, "%net,poll"));
    assert_true(filter_wants_class(&filter, CLASS_POLL));
    assert_false(filter_wants_class(&filter, CLASS_IO));
    filter_free(&filter);
}

static void success_and_failure(void **state)
{
    (void)state;
    struct fixture *const f = a_connect();
    struct filter good = {.succeeded = true, .any = true}, bad = {.failed = true, .any = true};
    struct view view = f->decoder->view;
    assert_true(filter_match(&good, &view));
    assert_false(filter_match(&bad, &view));
    view.failed = true;
    assert_false(filter_match(&good, &view));
    assert_true(filter_match(&bad, &view));
    view.lost = 3; /* nobody knows what they were */
    assert_true(filter_match(&good, &view));
    fixture_free(f);
}

static int64_t since(const char *text)
{
    struct filter filter = {0};
    assert_null(filter_since(&filter, text, NOW));
    return (filter.since - NOW) / 1000000; /* ms */
}

static void times(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    assert_int_equal(since("10s"), -10000);
    assert_int_equal(since("1.5s"), -1500);
    assert_int_equal(since("5m"), -300000);
    assert_int_equal(since("2h"), -7200000);
    assert_int_equal(since("1d"), -86400000);
    assert_int_equal(since("1699999990"), -10000);
    assert_int_equal(since("22:13:10"), -10000);
    assert_int_equal(since("22:13"), -20000);
    assert_int_equal(since("22:14"), -86400000 + 40000); /* yesterday's */
    struct filter filter = {0};
    const char *const wrong[] = {"", "x", "10", "10x", "25:00", "12:60", "12:30:10x", "-5s", "nan", "1e99"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const bool is_wrong = filter_since(&filter, wrong[i], NOW) != NULL;
        assert_int_equal(is_wrong, strcmp(wrong[i], "10") != 0); /* ten seconds after 1970 */
    }
    assert_null(filter_last(&filter, "5"));
    assert_int_equal(filter.last, 5);
    assert_non_null(filter_last(&filter, "0"));
    assert_non_null(filter_last(&filter, "1,2"));
    assert_non_null(filter_last(&filter, "many"));
}

static void the_nearest_word_is_near(void **state)
{
    (void)state;
    struct nearest nearest = {.typed = "stauts"};
    nearest_offer(&nearest, "log");
    assert_null(nearest.word);
    nearest_offer(&nearest, "start");
    nearest_offer(&nearest, "status");
    assert_string_equal(nearest.word, "status");
    nearest = (struct nearest){.typed = "a word that is much longer than any of the known ones"};
    nearest_offer(&nearest, "status");
    assert_null(nearest.word);
    nearest = (struct nearest){.typed = ""};
    nearest_offer(&nearest, "z");
    assert_null(nearest.word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_numbers),    cmocka_unit_test(globs), cmocka_unit_test(calls_and_classes),
        cmocka_unit_test(success_and_failure), cmocka_unit_test(times), cmocka_unit_test(the_nearest_word_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
