/* test_phrase.c - texts with holes, and the particles of Korean. */
#include "../../viewer/out/phrase.c"

#include "scratch_fixture.h"

#include <stdio.h>

/* The hole {x} says what the context says; NULL: nothing. */
static bool fill(struct out *to, const char *name, size_t size, const void *context)
{
    assert_int_equal(size, 1);
    assert_int_equal(*name, 'x');
    if (context == NULL)
        return false;
    out_text(to, context);
    return true;
}

static void assert_phrase(const char *text, const char *x, const char *want)
{
    out.used = 0;
    phrase_put(&out, text, fill, x);
    out.buffer[out.used] = '\0';
    assert_string_equal(out.buffer, want);
}

static void holes(void **state)
{
    (void)state;
    assert_phrase("nothing to fill", NULL, "nothing to fill");
    assert_phrase("{x}", "3", "3");
    assert_phrase("fd {x}, {x}.", "3", "fd 3, 3.");
    assert_phrase("fd {x}.", NULL, "fd ?.");
}

static void brackets(void **state)
{
    (void)state;
    assert_phrase("a[ b {x}] c", "3", "a b 3 c");
    assert_phrase("a[ b {x}] c", NULL, "a c");
    assert_phrase("a[ {x}][ {x}]", NULL, "a");
    assert_phrase("[{x}]", "[::1]:80", "[::1]:80"); /* what a hole says is not read again */
    assert_phrase("{x}[ b]", "{x}", "{x} b");
}

static void assert_particles(const char *word, const char *object, const char *towards)
{
    char want[100];
    snprintf(want, sizeof want, "%s%s", word, object);
    assert_phrase("{x}{을/를}", word, want);
    snprintf(want, sizeof want, "%s%s", word, towards);
    assert_phrase("{x}{으로/로}", word, want);
}

/* Numbers are read aloud: 영 일 이 삼 사 오 육 칠 팔 구 십 백 천 만. */
static void numbers(void **state)
{
    (void)state;
    assert_particles("0", "을", "으로");
    assert_particles("1", "을", "로");
    assert_particles("2", "를", "로");
    assert_particles("3", "을", "으로");
    assert_particles("4", "를", "로");
    assert_particles("5", "를", "로");
    assert_particles("6", "을", "으로");
    assert_particles("7", "을", "로");
    assert_particles("8", "을", "로");
    assert_particles("9", "를", "로");
    assert_particles("10", "을", "으로");
    assert_particles("45678", "을", "로");
    assert_particles("127.0.0.1:8080", "을", "으로");
    assert_particles("[::1]:443", "을", "으로");
}

static void hangul(void **state)
{
    (void)state;
    assert_particles("소켓", "을", "으로");
    assert_particles("서버", "를", "로");
    assert_particles("연결", "을", "로"); /* ㄹ */
    assert_particles("12바이트", "를", "로");
    assert_particles("\"소켓\"", "을", "으로");
    assert_particles("소켓(3)", "을", "으로");
}

static void english(void **state)
{
    static const struct {
        const char *word, *object;
    } words[] = {
        {"socket", "을"},   {"connect", "를"},     {"bind", "를"},          {"listen", "을"},   {"accept", "를"},
        {"accept4", "를"},  {"write", "를"},       {"read", "를"},          {"send", "를"},     {"recv", "를"},
        {"recvfrom", "을"}, {"sendto", "를"},      {"close", "를"},         {"shutdown", "을"}, {"dup", "을"},
        {"poll", "을"},     {"epoll_wait", "를"},  {"getsockname", "을"},   {"fork", "를"},     {"setsockopt", "를"},
        {"sendfile", "을"}, {"socketpair", "를"},  {"getaddrinfo", "를"},   {"curl", "을"},     {"nginx", "를"},
        {"firefox", "를"},  {"http_client", "를"}, {"ECONNREFUSED", "를"},  {"EAGAIN", "을"},   {"UDP", "를"},
        {"chrome", "을"},   {"localhost", "를"},   {"/dev/shm/lock", "을"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char want[100];
        snprintf(want, sizeof want, "%s%s", words[i].word, words[i].object);
        assert_phrase("{x}{을/를}", words[i].word, want);
    }
    assert_particles("curl", "을", "로");
}

static void other_particles(void **state)
{
    (void)state;
    assert_phrase("{x}{이/가}", "3", "3이");
    assert_phrase("{x}{이/가}", "4", "4가");
    assert_phrase("{x}{은/는}", "7", "7은");
    assert_phrase("{x}{과/와}", "5", "5와");
    assert_phrase("{x}{을/를}", "漢", "漢을(를)"); /* nobody can know */
    assert_phrase("{을/를}", "", "을(를)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes),  cmocka_unit_test(brackets), cmocka_unit_test(numbers),
        cmocka_unit_test(hangul), cmocka_unit_test(english),  cmocka_unit_test(other_particles),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
