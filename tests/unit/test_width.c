/* test_width.c - columns of a terminal: Hangul, marks, breaking of lines. */
#include "../../viewer/out/width.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>
#include <wchar.h>

static size_t width(const char *text)
{
    return width_text(text, strlen(text));
}

static void scripts(void **state)
{
    (void)state;
    assert_int_equal(width(""), 0);
    assert_int_equal(width("connect"), 7);
    assert_int_equal(width("소켓 3"), 6);
    assert_int_equal(width("① → ⇄ │ ─ ▶"), 11);
    assert_int_equal(width("漢字カナ"), 8);
    assert_int_equal(width("ｶﾅ"), 2);                 /* half-width */
    assert_int_equal(width("e\u0301te\u0301"), 3);    /* marks */
    assert_int_equal(width("\u1112\u1161\u11ab"), 2); /* 한 as three letters */
    assert_int_equal(width("\U0001f600"), 2);
    assert_int_equal(width("\xff\xfe"), 2); /* no UTF-8: one each */
    assert_int_equal(width("\033\n"), 0);
}

/* Every range of the table is in order and apart from the one before, or the
 * search would miss some. */
static void tables_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        assert_true(wide[i].first <= wide[i].last && (i == 0 || wide[i - 1].last < wide[i].first));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_true(none[i].first <= none[i].last && (i == 0 || none[i - 1].last < none[i].first));
}

/* The C library agrees about the scripts that matter here. */
static void agrees_with_libc(void **state)
{
    static const struct range blocks[] = {
        {0x20, 0x7e},     {0xa1, 0xac},     {0xae, 0x2ff},    {0x300, 0x36f},   {0x2190, 0x21ff},
        {0x2460, 0x24ff}, {0x2500, 0x25fc}, {0x1100, 0x115f}, {0x3041, 0x3096}, {0x30a0, 0x30ff},
        {0x4e00, 0x9fa5}, {0xac00, 0xd7a3}, {0xff01, 0xff60},
    };
    (void)state;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        skip();
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        for (uint32_t code = blocks[i].first; code <= blocks[i].last; code++) {
            if ((int)width_of(code) != wcwidth((wchar_t)code))
                fail_msg("U+%04x: %u, libc says %d", code, width_of(code), wcwidth((wchar_t)code));
        }
    }
}

static void fitting(void **state)
{
    (void)state;
    assert_int_equal(width_fit("소켓", 6, 4), 6);
    assert_int_equal(width_fit("소켓", 6, 3), 3); /* no half of a syllable */
    assert_int_equal(width_fit("소켓", 6, 1), 0);
    assert_int_equal(width_fit("ab", 2, 0), 0);
    assert_int_equal(width_fit("e\u0301x", 4, 1), 3); /* the mark stays with its letter */
}

static void breaking(void **state)
{
    (void)state;
    assert_int_equal(width_break("one two", 7, 7), 7);
    assert_int_equal(width_break("one two", 7, 6), 4);
    assert_int_equal(width_break("one two", 7, 3), 3);
    assert_int_equal(width_break("one two", 7, 2), 2); /* a word longer than the line */
    assert_int_equal(width_break("소켓 작성", 13, 8), 7);
    assert_int_equal(width_break("소켓", 6, 1), 3); /* too narrow for anything: one all the same */
    assert_int_equal(width_break("", 0, 5), 0);
}

static void columns_of_words(void **state)
{
    struct out out;
    (void)state;
    out_open(&out, -1, COLOUR_NEVER);
    out_words(&out, "소켓 작성", 13);
    assert_int_equal(out.column, 9);
    assert_int_equal(out.used, 13);
    out_pad(&out, 12, 1);
    assert_int_equal(out.used, 16);
    out.used = 0;
    out_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts), cmocka_unit_test(tables_in_order), cmocka_unit_test(agrees_with_libc),
        cmocka_unit_test(fitting), cmocka_unit_test(breaking),        cmocka_unit_test(columns_of_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
