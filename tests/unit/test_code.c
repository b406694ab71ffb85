/* test_code.c - the line of C beside a call, in the samples themselves. */
#include "../../viewer/lecture/code.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct expected {
    const char *call, *part; /* of the line; NULL: no line is known */
};

static struct code code;

static int begin(void **state)
{
    (void)state;
    code = (struct code){.directory = "samples"};
    return 0;
}

static int end(void **state)
{
    (void)state;
    code_free(&code);
    return 0;
}

static void assert_line(size_t index, const struct expected *want)
{
    const struct code_line line = code_line(&code, index);
    char text[300] = "";
    if (line.text != NULL)
        snprintf(text, sizeof text, "%.*s", (int)line.size, line.text);
    if (want->part == NULL ? line.text != NULL : strstr(text, want->part) == NULL)
        fail_msg("call %zu, %s: line %u: '%s' (start the test at the top of the source)", index, want->call,
                 line.number, text);
}

static void assert_lines(const char *program, const struct expected *want, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(code_add(&code, 1, program, want[i].call), i);
    code_settle(&code);
    for (size_t i = 0; i < count; i++)
        assert_line(i, &want[i]);
}

#define ASSERT_LINES(program, ...)                                                                                     \
    assert_lines(program, (const struct expected[]){__VA_ARGS__},                                                      \
                 sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

/* Two requests: round the loop, and out of it. */
static void a_loop(void **state)
{
    (void)state;
    ASSERT_LINES("http_server", {"socket", "int listening = socket("}, {"setsockopt", "SO_REUSEADDR"},
                 {"bind", "bind(listening"}, {"listen", "listen(listening, 5)"}, {"getsockname", "getsockname("},
                 {"accept", "int connection = accept("}, {"read", "read(connection"}, {"read", "read(connection"},
                 {"write", "write(connection"}, {"close", "close(connection)"}, {"accept", "int connection = accept("},
                 {"read", "read(connection"}, {"write", "write(connection"}, {"close", "close(connection)"},
                 {"close", "close(listening)"});
}

static void loops_in_a_row(void **state)
{
    (void)state;
    ASSERT_LINES("windows_client", {"socket", "fd[i] = socket("}, {"connect", "connect(fd[i]"},
                 {"socket", "fd[i] = socket("}, {"connect", "connect(fd[i]"}, {"write", "write(fd[i]"},
                 {"write", "write(fd[i]"}, {"read", "read(fd[i]"}, {"read", "read(fd[i]"}, {"close", "close(fd[i])"},
                 {"read", "read(fd[i]"}, {"read", "read(fd[i]"}, {"close", "close(fd[i])"});
}

/* The same calls in a loop and behind it. */
static void a_loop_and_more_of_the_same(void **state)
{
    (void)state;
    ASSERT_LINES("memory", {"socket", "socket("}, {"connect", "connect("}, {"write", "texts[i]"}, {"read", "read(fd"},
                 {"write", "texts[i]"}, {"read", "read(fd"}, {"write", "texts[i]"}, {"read", "read(fd"},
                 {"dup", "dup(fd)"}, {"close", "close(fd)"}, {"write", "write(second"}, {"read", "read(second"},
                 {"close", "close(second)"});
}

static void straight_on(void **state)
{
    (void)state;
    ASSERT_LINES("mistakes", {"socket", "int server"}, {"socket", "client = socket("}, {"bind", "bind(server"},
                 {"getsockname", "getsockname("}, {"connect", "nobody listens"}, {"bind", "bind(client"},
                 {"listen", "listen(server"}, {"connect", "connect(client, at, length);"}, {"accept", "accept("},
                 {"send", "send(client"}, {"close", "close(connection)"}, {"recv", "recv("}, {"send", "pipe is broken"},
                 {"close", "close(client)"}, {"send", "means nothing"}, {"close", "close(server)"});
}

/* recv is not recvfrom, and a word in a comment is no call. */
static void whole_words(void **state)
{
    (void)state;
    ASSERT_LINES("udp_client", {"recv", NULL}, {"sendto", "sendto(fd"}, {"recvfrom", "recvfrom(fd"}, {"accept", NULL});
}

static void no_source(void **state)
{
    (void)state;
    ASSERT_LINES("no_such_program", {"socket", NULL}, {"close", NULL});
}

static void children(void **state)
{
    (void)state;
    code_add(&code, 1, "fork_client", "socket");
    code_add(&code, 1, "fork_client", "connect");
    code_add(&code, 1, "fork_client", "fork");
    code_fork(&code, 1, 2);
    const size_t written = code_add(&code, 2, "fork_client", "write"),
                 closed = code_add(&code, 2, "fork_client", "close");
    const size_t last = code_add(&code, 1, "fork_client", "read");
    code_settle(&code);
    assert_line(written, &(struct expected){"write", "from the child"});
    assert_line(closed, &(struct expected){"close", "the parent still has it"});
    assert_line(last, &(struct expected){"read", "read(fd, echo"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_loop, begin, end),
        cmocka_unit_test_setup_teardown(loops_in_a_row, begin, end),
        cmocka_unit_test_setup_teardown(a_loop_and_more_of_the_same, begin, end),
        cmocka_unit_test_setup_teardown(straight_on, begin, end),
        cmocka_unit_test_setup_teardown(whole_words, begin, end),
        cmocka_unit_test_setup_teardown(no_source, begin, end),
        cmocka_unit_test_setup_teardown(children, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
