/* test_lecture.c - no text is missing: every call, outcome, role and error has
 * one in both languages, every hole is filled, and no Korean is half English. */
#include "../../viewer/lecture/lecture.c"
#include "../../viewer/lecture/lecture_fill.c"

#include "lecture_fixture.h"

#include <ctype.h>
#include <errno.h>

/* --- the texts as they stand ----------------------------------------------------- */

static bool has_hangul(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0xea && (unsigned char)*text <= 0xed)
            return true;
    }
    return false;
}

/* The longest run of English words outside of holes. */
static unsigned english_words(const char *text)
{
    unsigned run = 0, longest = 0;
    for (size_t length; *text != '\0'; text += length) {
        length = 1;
        if (*text == '{') {
            length = strcspn(text, "}") + 1;
            run = 0;
        } else if (isalpha((unsigned char)*text)) {
            while (isalpha((unsigned char)text[length]) || text[length] == '_')
                length++;
            run++;
            longest = run > longest ? run : longest;
        } else if (*text != ' ') {
            run = 0;
        }
    }
    return longest;
}

static void assert_pair(const char *what, const char *en, const char *ko)
{
    if (en == NULL || ko == NULL)
        fail_msg("%s: a text is missing", what);
    if ((*en == '\0') != (*ko == '\0'))
        fail_msg("%s: only one language says something: '%s' '%s'", what, en, ko);
    if (has_hangul(en))
        fail_msg("%s: the English text is not English: %s", what, en);
    if (english_words(ko) > 3)
        fail_msg("%s: an English sentence stands in the Korean text: %s", what, ko);
}

/* Is this a sentence that a reader can be shown alone? */
static void assert_sentence(const char *what, const char *en, const char *ko)
{
    assert_pair(what, en, ko);
    if (*en == '\0' || !has_hangul(ko))
        fail_msg("%s: no sentence: '%s' '%s'", what, en, ko);
    if (strstr(ko, "니다") == NULL)
        fail_msg("%s: not as a lecturer speaks: %s", what, ko);
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const struct lecture_step *const step = &steps[i];
        for (size_t line = 0; line < LECTURE_LINES; line++) {
            const char *const en = step->text[LANGUAGE_EN][line], *const ko = step->text[LANGUAGE_KO][line];
            const bool optional = line == LECTURE_HEAD || line == LECTURE_NOTED || (en != NULL && en[0] == '[');
            (optional ? assert_pair : assert_sentence)(step->call, en, ko);
        }
        assert_true(*step->text[LANGUAGE_EN][LECTURE_HEAD] != '\0');
    }
    for (size_t i = 0; i < COUNT(troubles); i++) {
        assert_sentence(troubles[i].error, troubles[i].text[LANGUAGE_EN][0], troubles[i].text[LANGUAGE_KO][0]);
        assert_sentence(troubles[i].error, troubles[i].text[LANGUAGE_EN][1], troubles[i].text[LANGUAGE_KO][1]);
    }
    assert_string_equal(troubles[COUNT(troubles) - 1].error, "any");
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_pair(words[i].name, words[i].text[LANGUAGE_EN], words[i].text[LANGUAGE_KO]);
        assert_true(*words[i].text[LANGUAGE_EN] != '\0');
    }
}

/* A row of the wrong name would never be found. */
static void rows_are_of_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps) + COUNT(same); i++) {
        const char *const call = i < COUNT(steps) ? steps[i].call : same[i - COUNT(steps)].call;
        size_t at = 0;
        while (at < CALLS_TOLD && strcmp(calls[at].api, call) != 0)
            at++;
        if (at == CALLS_TOLD)
            fail_msg("%s is no call of calls.def", call);
    }
    for (size_t i = 0; i < COUNT(same); i++)
        assert_string_equal(like(same[i].like), same[i].like); /* one step, no chains */
}

static void no_row_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++)
        assert_ptr_equal(find(steps[i].call, steps[i].outcome, steps[i].acting), &steps[i]);
    for (size_t i = 0; i < COUNT(troubles); i++)
        assert_ptr_equal(lecture_trouble(troubles[i].error), &troubles[i]);
    for (size_t i = 0; i < COUNT(words); i++)
        assert_ptr_equal(lecture_word(words[i].name, LANGUAGE_EN), words[i].text[LANGUAGE_EN]);
}

/* --- holes ------------------------------------------------------------------------- */

/* Is there a hole of this name, in general or in a call that shares the row? */
static bool is_hole(const char *call, const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        if (strlen(holes[i].name) == size && memcmp(holes[i].name, name, size) == 0)
            return true;
    }
    for (size_t i = 0; i < CALLS_TOLD; i++) {
        if (strcmp(calls[i].api, call) != 0 && strcmp(like(calls[i].api), call) != 0)
            continue;
        for (unsigned f = 0; f < calls[i].field_count; f++) {
            if (calls[i].fields[f].key_size == size && memcmp(calls[i].fields[f].key, name, size) == 0)
                return true;
        }
    }
    return false;
}

static bool is_particle(const char *name, size_t size)
{
    static const char *const pairs[] = {"을/를", "이/가", "은/는", "과/와", "으로/로", "이라는/라는"};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (strlen(pairs[i]) == size && memcmp(pairs[i], name, size) == 0)
            return true;
    }
    return false;
}

static void check_holes(const char *call, const char *text, bool korean)
{
    int depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
        if (depth < 0 || depth > 1)
            fail_msg("%s: brackets do not match: %s", call, text);
        if (*at != '{')
            continue;
        const size_t size = strcspn(at + 1, "}");
        if (!is_hole(call, at + 1, size) && !(korean && is_particle(at + 1, size)))
            fail_msg("%s: nothing fills {%.*s} in: %s", call, (int)size, at + 1, text);
    }
    assert_int_equal(depth, 0);
}

static void holes_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        for (size_t line = 0; line < LECTURE_LINES; line++) {
            check_holes(steps[i].call, steps[i].text[LANGUAGE_EN][line], false);
            check_holes(steps[i].call, steps[i].text[LANGUAGE_KO][line], true);
        }
    }
    for (size_t i = 0; i < COUNT(troubles); i++) {
        for (size_t line = 0; line < 2; line++) {
            check_holes("getaddrinfo", troubles[i].text[LANGUAGE_EN][line], false);
            check_holes("getaddrinfo", troubles[i].text[LANGUAGE_KO][line], true);
        }
    }
}

/* --- every call, outcome, role and error --------------------------------------------- */

static void assert_told(enum language language)
{
    const struct lecture lecture = {.view = &view, .facts = &facts, .language = language, .deep = true, .shown = 32};
    for (size_t line = 0; line < LECTURE_LINES; line++) {
        out.used = 0;
        const bool told = lecture_put(&out, &lecture, line);
        out.buffer[out.used] = '\0';
        if (!told && line < LECTURE_STACK)
            fail_msg("%s, outcome %u, as %u: nothing is said", view.call->api, facts.outcome, facts.acting);
        if (strpbrk(out.buffer, "{}") != NULL)
            fail_msg("%s: not all is filled in: %s", view.call->api, out.buffer);
        if (told && line == LECTURE_ASKED && has_hangul(out.buffer) != (language == LANGUAGE_KO))
            fail_msg("%s: the wrong language: %s", view.call->api, out.buffer);
    }
}

static void every_call(void **state)
{
    (void)state;
    for (size_t call = 0; call < CALLS_TOLD; call++) {
        begin_view(call);
        for (unsigned outcome = 0; outcome < OUTCOMES; outcome++) {
            for (unsigned acting = 0; acting < 2 * AS_LOCAL; acting++) {
                facts.outcome = outcome;
                facts.acting = acting % AS_LOCAL;
                facts.local = acting >= AS_LOCAL;
                if (lecture_step(view.call->api, &facts) == NULL)
                    fail_msg("lecture.def has no row for %s", view.call->api);
                assert_told(LANGUAGE_EN);
                assert_told(LANGUAGE_KO);
            }
        }
    }
}

static void every_error(void **state)
{
    static const uint16_t taught[] = {ECONNREFUSED, ETIMEDOUT,  ECONNRESET, EINPROGRESS,  EAGAIN,
                                      EBADF,        EADDRINUSE, EPIPE,      EHOSTUNREACH, ENOTCONN};
    (void)state;
    for (size_t i = 0; i < COUNT(taught); i++)
        assert_string_not_equal(lecture_trouble(name_of(KIND_errno, taught[i]))->error, "any");
    for (size_t call = 0; call < CALL_COUNT; call++) {
        for (uint16_t error = 1; error < 134; error++) {
            begin_view(call);
            record.ret = -1;
            record.error = error;
            view.failed = true;
            view.error = name_of(KIND_errno, error);
            view.bytes = 0;
            assert_told(LANGUAGE_EN);
            assert_told(LANGUAGE_KO);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),  cmocka_unit_test(rows_are_of_calls), cmocka_unit_test(no_row_twice),
        cmocka_unit_test(holes_are_known), cmocka_unit_test(every_call),        cmocka_unit_test(every_error),
    };
    return cmocka_run_group_tests(tests, lecture_begin, scratch_end);
}
