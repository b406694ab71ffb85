/* test_viewer_options.c - what a command line comes to, and that man page and
 * completion know every option. */
#include "viewer_fixture.h"

#include "../../viewer/options/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct verb verb = {"test", NULL,
                                 TAKES_FILTER | TAKES_TIMES | TAKES_FORMAT | TAKES_FOLLOW | TAKES_OUTPUT | TAKES_RING,
                                 "[RING]", "a verb for tests"};
static const struct verb runner = {"runner", NULL, TAKES_COMMAND | TAKES_RUN | TAKES_FOLLOW, "COMMAND", "another"};

/* Parses the words, the last of them NULL; what is printed goes nowhere. */
static int parse(struct options *options, const struct verb *which, const char *const *words)
{
    int count = 1, status;
    char *argv[20] = {(char *)"sockspy"};
    for (; words[count - 1] != NULL; count++)
        argv[count] = (char *)words[count - 1];
    fflush(stdout);
    const int saved[] = {dup(1), dup(2)}, null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    dup2(null, 2);
    memset(options, 0, sizeof *options);
    status = options_parse(options, which, count, argv);
    fflush(stdout);
    dup2(saved[0], 1);
    dup2(saved[1], 2);
    close(saved[0]);
    close(saved[1]);
    close(null);
    return status;
}

#define PARSE(which, ...) parse(&options, &which, (const char *[]){__VA_ARGS__, NULL})

static void options_are_understood(void **state)
{
    (void)state;
    struct options options;
    char pid[] = "--pid=7,8", comm[] = "x";
    assert_int_equal(PARSE(verb, pid, "-tt", "-f", "/ring", "--format=jsonl", "-s", "100", "--comm", comm, "-Tn5"), -1);
    assert_int_equal(options.filter.pid_count, 2);
    assert_int_equal(options.clock, CLOCK_MICROSECONDS);
    assert_int_equal(options.format, FORMAT_JSONL);
    assert_int_equal(options.shown, 100);
    assert_int_equal(options.filter.last, 5);
    assert_true(options.follow && options.durations);
    assert_string_equal(options.ring, "/ring");
    options_free(&options);

    assert_int_equal(PARSE(verb, "-ttt", "--color", "--", "-f"), -1);
    assert_int_equal(options.clock, CLOCK_UNIX);
    assert_int_equal(options.colour, COLOUR_ALWAYS);
    assert_string_equal(options.ring, "-f");
    options_free(&options);
}

static void the_ring_has_a_default(void **state)
{
    (void)state;
    struct options options;
    char want[64];
    unsetenv("SOCKSPY_RING");
    snprintf(want, sizeof want, "/dev/shm/sockspy-%lu", (unsigned long)getuid());
    assert_int_equal(PARSE(verb, "-r"), -1);
    assert_string_equal(options.ring, want);
    assert_int_equal(options.shown, 32);
    setenv("SOCKSPY_RING", "/named", 1);
    assert_int_equal(PARSE(verb, "-r"), -1);
    assert_string_equal(options.ring, "/named");
}

static void a_command_keeps_its_own_options(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(runner, "-f", "curl", "-s", "--data=7"), -1);
    assert_string_equal(options.command[0], "curl");
    assert_string_equal(options.command[2], "--data=7");
    assert_null(options.data);
    assert_int_equal(PARSE(runner, "--data=7", "--", "-odd"), -1);
    assert_string_equal(options.command[0], "-odd");
    assert_string_equal(options.data, "7");
    assert_int_equal(PARSE(runner, "-f"), STATUS_USAGE);
}

static void wrong_usage_is_refused(void **state)
{
    (void)state;
    struct options options;
    static const char *const wrong[] = {"--frobnicate", "-x",       "--format=xml", "--follow=3",  "-p",
                                        "--pid=x",      "--data=5", "-w",           "--color=red", "-s5000",
                                        "--since=x",    "-e,",      "-n0",          "--last",      "-s-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char word[40];
        strcpy(word, wrong[i]);
        if (PARSE(verb, word) != STATUS_USAGE)
            fail_msg("%s is taken", wrong[i]);
        options_free(&options);
    }
    assert_int_equal(PARSE(verb, "one", "two"), STATUS_USAGE);
    assert_int_equal(PARSE(verb, "--help"), STATUS_DONE);
    assert_int_equal(PARSE(verb, "--version"), STATUS_DONE);
}

static char *read_text(const char *path)
{
    static char text[1 << 17];
    FILE *const file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s cannot be read; start the test at the top of the source", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void man_page_and_completion_name_every_option(void **state)
{
    (void)state;
    const char *name;
    char letter;
    static const char *const files[] = {"viewer/sockspy.1", "viewer/sockspy.bash"};
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        char *const text = read_text(files[f]), *to = text;
        for (const char *from = text; *from != '\0'; from++) { /* \- is how a man page writes - */
            if (*from != '\\' || from[1] != '-')
                *to++ = *from;
        }
        *to = '\0';
        for (size_t row = 0; options_row(row, &name, &letter); row++) {
            char word[40];
            if (name != NULL) {
                snprintf(word, sizeof word, "--%s", name);
                if (strstr(text, word) == NULL)
                    fail_msg("%s does not name %s", files[f], word);
            }
            snprintf(word, sizeof word, "-%c", letter);
            if (letter != 0 && strstr(text, word) == NULL)
                fail_msg("%s does not name %s", files[f], word);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_understood),
        cmocka_unit_test(the_ring_has_a_default),
        cmocka_unit_test(a_command_keeps_its_own_options),
        cmocka_unit_test(wrong_usage_is_refused),
        cmocka_unit_test(man_page_and_completion_name_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
