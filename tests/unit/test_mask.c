/* test_mask.c - command lines without their secrets. */
#include "../../preload/mask.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Words with blanks between them, except where \1 stands for one within a word. */
static void masked(const char *line, const char *expected)
{
    const size_t size = strlen(line) + 1;
    char *const words = malloc(size); /* exactly, so that a sanitizer sees a byte too many */
    for (size_t i = 0; i < size; i++)
        words[i] = line[i] == ' ' ? '\0' : line[i] == '\1' ? ' ' : line[i];
    char to[300];
    assert_int_equal(mask_words(words, size, to, sizeof to), strlen(expected));
    assert_string_equal(to, expected);
    for (size_t room = 1; room < sizeof to; room += 7) {
        char *const small = malloc(room);
        assert_true(mask_words(words, size, small, room) < room);
        assert_memory_equal(small, expected, strlen(small));
        free(small);
    }
    free(words);
}

static void what_is_no_secret_stays(void **state)
{
    (void)state;
    masked("", "");
    masked("curl -s -o /dev/null http://127.0.0.1:80/a@b?c=d", "curl -s -o /dev/null http://127.0.0.1:80/a@b?c=d");
    masked("nginx -g daemon\1off;", "nginx -g daemon off;");
    masked("a=b --c=d e:f g: h", "a=b --c=d e:f g: h");
}

static void secrets_become_stars(void **state)
{
    (void)state;
    masked("curl http://joe:pw@h/x ftp://joe@h", "curl http://***@h/x ftp://***@h");
    masked("x http://a@b@h/", "x http://***@h/");
    masked("x --password=hunter2 --API-Key k --next", "x --password=*** --API-Key *** --next");
    masked("x --auth -v", "x --auth -v");
    masked("env DB_PASSWORD=a=b x", "env DB_PASSWORD=*** x");
    masked("x http://h/?a=1&access_token=t&b=2", "x http://h/?a=1&access_token=***&b=2");
    masked("x -H Authorization:\1Bearer\1abc -v", "x -H Authorization: *** *** -v");
    masked("sh -c curl\1--token\1abc\1http://u:p@h/\1-v", "sh -c curl --token *** http://***@h/ -v");
    masked("x --secret two\1words y", "x --secret *** y");
    masked("x --password", "x --password");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_secret_stays),
        cmocka_unit_test(secrets_become_stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
