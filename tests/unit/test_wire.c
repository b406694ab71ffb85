/* test_wire.c - which records moved the same bytes, and in which order a wire would
 * have shown them. A recording is told by hand: a pipe between two sockets that were
 * seen from birth to end. */
#include "../../viewer/scan/history_match.c"

#include "../../viewer/export/wire.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ENTRIES_MAX = 32 };

struct told {
    struct history history;
    struct entry entries[ENTRIES_MAX];
    struct pipe pipe;
    struct connection connection;
    struct socket sockets[2];
    struct call_info send, recv, shutdown;
};

static int setup(void **state)
{
    struct told *const t = *state = calloc(1, sizeof *t);
    assert_non_null(t);
    t->send = (struct call_info){.api = "send", .class = CLASS_IO};
    t->recv = (struct call_info){.api = "recv", .class = CLASS_IO};
    t->shutdown = (struct call_info){.api = "shutdown", .class = CLASS_NET};
    t->connection = (struct connection){.type = SOCK_STREAM, .family = AF_INET};
    t->pipe = (struct pipe){.connection = &t->connection, .wanted = true, .closed_by = {NONE, NONE}};
    for (int end = 0; end < 2; end++) {
        t->sockets[end] = (struct socket){.type = SOCK_STREAM, .born = true, .connection = &t->connection};
        t->connection.ends[end].socket = &t->sockets[end];
    }
    t->history = (struct history){.entries = t->entries, .pipes = &t->pipe, .pipe_count = 1};
    return 0;
}

static int teardown(void **state)
{
    struct told *const t = *state;
    for (int end = 0; end < 2; end++) {
        free(t->pipe.streams[end].sent);
        free(t->pipe.streams[end].received);
    }
    free(t);
    return 0;
}

static struct entry *tell(struct told *t, const struct call_info *call, int end, int64_t time, int64_t done)
{
    struct entry *const entry = &t->entries[t->history.count++];
    *entry = (struct entry){.call = call,
                            .socket = &t->sockets[end],
                            .pipe = &t->pipe,
                            .end = (uint8_t)end,
                            .time = time,
                            .done = done,
                            .messages = 1,
                            .wanted = true,
                            .other = NONE};
    return entry;
}

/* `end` moves the bytes of `text`, and all of them are kept. */
static void move(struct told *t, enum way way, int end, int64_t time, int64_t done, const char *text)
{
    struct entry *const entry = tell(t, way == WAY_OUT ? &t->send : &t->recv, end, time, done);
    entry->way = (uint8_t)way;
    entry->bytes = entry->kept = (uint32_t)strlen(text);
    entry->payload = (const uint8_t *)text;
}

/* What the events tell, as a line: kind and time. */
static const char *line_of(const struct told *t)
{
    static const char *const names[] = {"lost", "ask", "refused", "establish", "send",
                                        "read", "end", "finish",  "reset",     "datagram"};
    static char text[512];
    size_t used = 0;
    struct wire wire;
    wire_collect(&wire, &t->history);
    text[0] = '\0';
    for (size_t i = 0; i < wire.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %d", i != 0 ? ", " : "",
                                 names[wire.events[i].kind], (int)wire.events[i].time);
    wire_free(&wire);
    return text;
}

static void assert_bytes(const struct told *t, const char *wanted)
{
    uint8_t bytes[64] = {0};
    assert_int_equal(wire_bytes(&t->history, &t->pipe, 0, 0, bytes, sizeof bytes), strlen(wanted));
    assert_string_equal((char *)bytes, wanted);
}

static void who_sent_meets_who_received(void **state)
{
    struct told *const t = *state;
    move(t, WAY_OUT, 0, 10, 11, "hello ");
    move(t, WAY_OUT, 0, 20, 21, "world");
    move(t, WAY_IN, 1, 5, 30, "hell");
    move(t, WAY_IN, 1, 31, 32, "o world");
    history_match(&t->history);
    assert_true(t->pipe.streams[0].aligned);
    assert_int_equal(t->entries[0].other, 2);
    assert_int_equal(t->entries[1].other, 3);
    assert_int_equal(t->entries[2].other, 0);
    assert_int_equal(t->entries[3].other, 0);
    assert_int_equal(t->entries[3].offset, 4);
    assert_string_equal(line_of(t), "send 10, send 20, read 30, read 32");
    assert_bytes(t, "hello world");
}

/* Two threads sent at once; the first to return was the second to be heard. */
static void who_received_knows_the_order(void **state)
{
    struct told *const t = *state;
    move(t, WAY_OUT, 0, 10, 15, "bbb");
    move(t, WAY_OUT, 0, 11, 16, "aa");
    tell(t, &t->shutdown, 0, 17, 18)->shuts_out = true;
    move(t, WAY_IN, 1, 5, 30, "aabbb");
    history_match(&t->history);
    assert_false(t->pipe.streams[0].aligned);
    assert_int_equal(t->entries[0].other, NONE);
    assert_false(pipe_told_by_sender(&t->pipe, 0));
    assert_bytes(t, "aabbb");
    assert_string_equal(line_of(t), "send 30, finish 30"); /* not before what was sent */
}

static void what_nobody_took_is_told_by_its_sender(void **state)
{
    struct told *const t = *state;
    move(t, WAY_OUT, 0, 10, 15, "bbb");
    move(t, WAY_OUT, 0, 11, 16, "aa");
    move(t, WAY_IN, 1, 5, 30, "aab");
    history_match(&t->history);
    assert_false(t->pipe.streams[0].aligned);
    assert_true(pipe_told_by_sender(&t->pipe, 0));
    assert_bytes(t, "bbbaa");
}

/* Times of two processors may cross: bytes keep the order that they have. */
static void time_never_goes_back_within_a_stream(void **state)
{
    struct told *const t = *state;
    move(t, WAY_OUT, 0, 20, 21, "first");
    move(t, WAY_OUT, 0, 12, 25, "then");
    t->sockets[0].ended = true;
    t->sockets[0].closed = 15;
    history_match(&t->history);
    assert_string_equal(line_of(t), "send 20, send 20, finish 20");
    assert_bytes(t, "firstthen");
}

static void a_gap_ends_where_something_was_kept(void **state)
{
    struct told *const t = *state;
    move(t, WAY_OUT, 0, 10, 11, "0123456789");
    move(t, WAY_OUT, 0, 20, 21, "abc");
    t->entries[0].kept = 4;
    history_match(&t->history);
    assert_bytes(t, "0123");
    assert_int_equal(wire_gap(&t->history, &t->pipe, 0, 4, 100), 6);
    assert_int_equal(wire_gap(&t->history, &t->pipe, 0, 4, 3), 3);
    assert_int_equal(wire_gap(&t->history, &t->pipe, 0, 10, 3), 0);
    assert_int_equal(wire_gap(&t->history, &t->pipe, 0, 13, 50), 50);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(who_sent_meets_who_received),
        TEST(who_received_knows_the_order),
        TEST(what_nobody_took_is_told_by_its_sender),
        TEST(time_never_goes_back_within_a_stream),
        TEST(a_gap_ends_where_something_was_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
