/* test_viewer_out.c - numbers, columns, and above all escaping. */
#include "viewer_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fixture f;

static void numbers_are_written_whole(void **state)
{
    (void)state;
    struct out *const out = out_to_memory(&f);
    const uint64_t numbers[] = {0, 9, 10, 99, 100, 12345, UINT32_MAX, UINT64_MAX};
    char want[256] = "";
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        out_uint(out, numbers[i]);
        out_char(out, ' ');
        sprintf(want + strlen(want), "%lu ", (unsigned long)numbers[i]);
    }
    assert_string_equal(out_printed(&f), want);

    out_int(out_to_memory(&f), INT64_MIN);
    assert_string_equal(out_printed(&f), "-9223372036854775808");
    out_hex(out_to_memory(&f), 0xdeadbeefull << 32);
    assert_string_equal(out_printed(&f), "0xdeadbeef00000000");
    out_octal(out_to_memory(&f), 0600);
    assert_string_equal(out_printed(&f), "0600");
    out_digits(out_to_memory(&f), 7, 20);
    assert_string_equal(out_printed(&f), "00000000000000000007");
    out_grouped(out_to_memory(&f), 12345678);
    assert_string_equal(out_printed(&f), "12,345,678");
    out_size(out_to_memory(&f), 8u << 20);
    assert_string_equal(out_printed(&f), "8.0 MiB");
    out_size(out_to_memory(&f), 1536);
    assert_string_equal(out_printed(&f), "1.5 KiB");
}

static void seconds_keep_their_decimals(void **state)
{
    (void)state;
    out_seconds(out_to_memory(&f), INT64_C(1700000000000000001), 9);
    assert_string_equal(out_printed(&f), "1700000000.000000001");
    out_seconds(out_to_memory(&f), -1500000, 6);
    assert_string_equal(out_printed(&f), "-0.001500");
    out_seconds(out_to_memory(&f), 999999999, 3);
    assert_string_equal(out_printed(&f), "0.999");
    out_seconds(out_to_memory(&f), 2000000000, 0);
    assert_string_equal(out_printed(&f), "2");
}

static const char *foreign(const void *bytes, size_t size, enum escape escape)
{
    struct out *const out = out_to_memory(&f);
    out->utf8 = true;
    out_foreign(out, bytes, size, escape);
    return out_printed(&f);
}

static void no_foreign_byte_reaches_the_terminal_raw(void **state)
{
    (void)state;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    for (enum escape escape = ESCAPE_TEXT; escape <= ESCAPE_BYTES; escape++) {
        for (const char *at = foreign(all, sizeof all, escape); *at != '\0'; at++)
            assert_in_range((unsigned char)*at, 0x20, 0x7e);
    }
    assert_string_equal(foreign("\033[31m\a\r\n", 8, ESCAPE_TEXT), "\\x1b[31m\\a\\r\\n");
    assert_string_equal(foreign("a\"b\\", 4, ESCAPE_TEXT), "a\"b\\\\");
    assert_string_equal(foreign("a\"b", 3, ESCAPE_QUOTED), "a\\\"b");
    assert_string_equal(foreign("\xff\xc3", 2, ESCAPE_TEXT), "\\xff\\xc3");
    assert_string_equal(foreign("\xc3\xa4", 2, ESCAPE_TEXT), "\xc3\xa4");
    assert_string_equal(foreign("\xc3\xa4", 2, ESCAPE_BYTES), "\\xc3\\xa4");
    assert_string_equal(foreign("\xe2\x80\xae", 3, ESCAPE_TEXT), "\\u{202e}"); /* right-to-left override */
    assert_string_equal(foreign("\xc2\x9b", 2, ESCAPE_TEXT), "\\u{009b}");     /* a control of eight bits */
    assert_string_equal(foreign("\xe3\x85\xa4", 3, ESCAPE_TEXT), "\\u{3164}"); /* a letter that nobody sees */
    assert_string_equal(foreign("\xc0\x80", 2, ESCAPE_TEXT), "\\xc0\\x80");    /* overlong */
    assert_string_equal(foreign("\xed\xa0\x80", 3, ESCAPE_TEXT), "\\xed\\xa0\\x80");
}

static void columns_count_what_is_seen(void **state)
{
    (void)state;
    struct out *const out = out_to_memory(&f);
    out->utf8 = out->colour = true;
    out_paint(out, PAINT_ERROR);
    out_foreign(out, "\xed\x95\x9c\xea\xb8\x80", 6, ESCAPE_TEXT); /* two letters of two columns each */
    out_symbol(out, "→", "->");
    out_paint(out, PAINT_PLAIN);
    assert_int_equal(out->column, 5);
    out_pad(out, 8, 1);
    assert_int_equal(out->column, 8);
    out_pad(out, 4, 2);
    assert_int_equal(out->column, 10);
    out_line(out);
    assert_int_equal(out->column, 0);
    const char *const printed = out_printed(&f);
    assert_string_equal(printed + strlen(printed) - 5, "\033[0m\n"); /* no blanks at the end */

    out_to_memory(&f)->utf8 = false;
    out_symbol(&f.out, "→", "->");
    assert_int_equal(f.out.column, 2);
    assert_string_equal(out_printed(&f), "->");
}

static const char *json(const void *bytes, size_t size)
{
    out_json_string(out_to_memory(&f), bytes, size);
    return out_printed(&f);
}

static void json_strings_are_valid_and_harmless(void **state)
{
    (void)state;
    assert_string_equal(json("plain", 5), "\"plain\"");
    assert_string_equal(json("a\"b\\c\n\0d", 8), "\"a\\\"b\\\\c\\u000a\\u0000d\"");
    assert_string_equal(json("\xff", 1), "\"\\u00ff\"");
    assert_string_equal(json("\xc3\xa4", 2), "\"\xc3\xa4\"");
    assert_string_equal(json("\x7f\xc2\x9b", 3), "\"\\u007f\\u009b\"");
    assert_string_equal(json("\xe2\x80\xa8", 3), "\"\\u2028\"");
    assert_string_equal(json("\xf3\xa0\x81\x81", 4), "\"\\udb40\\udc41\""); /* an invisible tag */
    out_json_bytes(out_to_memory(&f), "\xc3\xa4\r\n\"", 5);
    assert_string_equal(out_printed(&f), "\\u00c3\\u00a4\\u000d\\u000a\\\"");
}

static const char *csv(const char *text)
{
    out_csv_string(out_to_memory(&f), text, strlen(text));
    return out_printed(&f);
}

static void csv_fields_are_no_formulas(void **state)
{
    (void)state;
    assert_string_equal(csv("plain"), "plain");
    assert_string_equal(csv("=cmd|'/c calc'!A1"), "\"'=cmd|'/c calc'!A1\"");
    assert_string_equal(csv("@sum"), "\"'@sum\"");
    assert_string_equal(csv("-1"), "\"'-1\"");
    assert_string_equal(csv("a,b"), "\"a,b\"");
    assert_string_equal(csv("say \"hi\""), "\"say \"\"hi\"\"\"");
    assert_string_equal(csv("two\nlines"), "two\\nlines");
    assert_string_equal(csv(""), "");
}

static void much_output_is_written_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/sockspy-out-XXXXXX";
    const int fd = mkstemp(path);
    struct out out;
    out_open(&out, fd, COLOUR_NEVER);
    for (int i = 0; i < 100000; i++)
        out_text(&out, "0123456789");
    assert_true(out_close(&out));
    struct stat file;
    assert_int_equal(fstat(fd, &file), 0);
    assert_int_equal(file.st_size, 1000000);
    close(fd);
    unlink(path);
}

static void a_file_is_whole_or_not_there(void **state)
{
    (void)state;
    char directory[] = "/tmp/sockspy-out-XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/file", directory);
    struct out out;
    assert_true(out_open_file(&out, path, true, COLOUR_NEVER));
    out_text(&out, "text");
    out_flush(&out);
    assert_int_equal(access(path, F_OK), -1);
    const int nameless = open(directory, O_TMPFILE | O_WRONLY, 0600);
    if (nameless >= 0) { /* then nothing of it can stay */
        assert_true(out.file.nameless);
        assert_null(out.file.temporary);
        close(nameless);
    }
    assert_true(out_close(&out));
    assert_int_equal(access(path, F_OK), 0);
    for (int i = 0; i < 2; i++) { /* in place of the old one, or not */
        assert_true(out_open_file(&out, path, true, COLOUR_NEVER));
        out_text(&out, "longer text");
        out_flush(&out);
        i == 0 ? out_discard(&out) : (void)out_close(&out);
        struct stat file;
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_size, i == 0 ? 4 : 11);
    }
    unlink(path);
    assert_int_equal(rmdir(directory), 0); /* nothing else was left in it */
    assert_false(out_open_file(&out, "/nonexistent/file", true, COLOUR_NEVER));
    assert_int_equal(errno, ENOENT);
}

static void errors_of_writing_are_told_but_not_a_closed_pipe(void **state)
{
    (void)state;
    struct out out;
    int ends[2];
    out_open(&out, open("/dev/full", O_WRONLY), COLOUR_NEVER);
    out_text(&out, "text");
    const int full = out.fd;
    assert_false(out_close(&out));
    assert_int_equal(out.error, ENOSPC);
    close(full);

    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    out_open(&out, ends[1], COLOUR_NEVER);
    out_text(&out, "text");
    out_flush(&out);
    assert_true(out.broken);
    assert_true(out_close(&out));
    close(ends[1]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        setlocale(LC_ALL, "");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_whole),
        cmocka_unit_test(seconds_keep_their_decimals),
        cmocka_unit_test(no_foreign_byte_reaches_the_terminal_raw),
        cmocka_unit_test(columns_count_what_is_seen),
        cmocka_unit_test(json_strings_are_valid_and_harmless),
        cmocka_unit_test(csv_fields_are_no_formulas),
        cmocka_unit_test(much_output_is_written_whole),
        cmocka_unit_test(a_file_is_whole_or_not_there),
        cmocka_unit_test(errors_of_writing_are_told_but_not_a_closed_pipe),
    };
    const int status = cmocka_run_group_tests(tests, NULL, NULL);
    free(f.printed);
    return status;
}
