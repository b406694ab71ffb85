/* test_lesson.c - the bundled lessons: their texts are whole in both languages,
 * and what they play is there. */
#include "../../viewer/lecture/lesson.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

static bool has_hangul(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] >= 0xea && (unsigned char)text[i] <= 0xed)
            return true;
    }
    return false;
}

static unsigned english_words(const char *text, size_t size)
{
    unsigned run = 0, longest = 0;
    for (size_t i = 0; i < size; i++) {
        if (isalpha((unsigned char)text[i])) {
            while (i + 1 < size && isalpha((unsigned char)text[i + 1]))
                i++;
            longest = ++run > longest ? run : longest;
        } else if (text[i] != ' ') {
            run = 0;
        }
    }
    return longest;
}

static bool is_one_of(const char *const *names, size_t count, const char *name, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == size && memcmp(names[i], name, size) == 0)
            return true;
    }
    return false;
}

static void check_line(const char *line, size_t size, enum language language)
{
    static const char *const particles[] = {"을/를", "이/가", "은/는", "과/와", "으로/로"};
    if (size == 0 || has_hangul(line, size) != (language == LANGUAGE_KO))
        fail_msg("not in its language: %.*s", (int)size, line);
    if (language == LANGUAGE_KO && english_words(line, size) > 3)
        fail_msg("an English sentence in a Korean text: %.*s", (int)size, line);
    for (const char *at = line; (at = memchr(at, '{', size - (size_t)(at - line))) != NULL; at++) {
        const size_t length = strcspn(at + 1, "}");
        if (!is_one_of(holes, sizeof holes / sizeof holes[0], at + 1, length) &&
            !is_one_of(particles, sizeof particles / sizeof particles[0], at + 1, length))
            fail_msg("nothing fills {%.*s} in: %.*s", (int)length, at + 1, (int)size, line);
    }
}

static void texts_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < lesson_count; i++) {
        size_t lines[LANGUAGES] = {0};
        for (enum language language = 0; language < LANGUAGES; language++) {
            for (enum lesson_text text = 0; text < LESSON_TEXTS; text++) {
                const char *line = lessons[i].text[language][text];
                assert_non_null(line);
                while (true) {
                    const size_t size = strcspn(line, "\n");
                    check_line(line, size, language);
                    lines[language]++;
                    if (line[size] == '\0')
                        break;
                    line += size + 1;
                }
            }
        }
        assert_int_equal(lines[LANGUAGE_EN], lines[LANGUAGE_KO]);
    }
}

static void programs_are_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < lesson_count; i++) {
        for (const char *step = lessons[i].play; *step != '\0'; step += strspn(step, "; ")) {
            char verb[20] = "", program[60] = "", path[100];
            const size_t size = strcspn(step, ";");
            sscanf(step, "%19[^ ;] %59[^ ;]", verb, program);
            step += size;
            if (strcmp(verb, "wait") == 0 || strcmp(verb, "stop") == 0)
                continue;
            assert_true(strcmp(verb, "serve") == 0 || strcmp(verb, "start") == 0 || strcmp(verb, "run") == 0);
            snprintf(path, sizeof path, "samples/%s.c", program);
            if (access(path, R_OK) != 0)
                fail_msg("lesson %u: %s is not there; start the test at the top of the source", lessons[i].number,
                         path);
        }
    }
}

static void numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < lesson_count; i++)
        assert_int_equal(lessons[i].number, i + 1);
    assert_int_equal(lesson_count, 12);
    assert_ptr_equal(lesson_find("2"), &lessons[1]);
    assert_null(lesson_find("0"));
    assert_null(lesson_find("13"));
    assert_null(lesson_find("2x"));
    assert_null(lesson_find(""));
    assert_null(lesson_find("-2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_whole),
        cmocka_unit_test(programs_are_there),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
