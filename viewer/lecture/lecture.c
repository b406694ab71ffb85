/* lecture.c - choosing a text. See lecture.h; the holes are lecture_fill.c's. */
#include "lecture/lecture.h"

#include <stdlib.h>

#define EN(...)                                                                                                        \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
#define KO(...)                                                                                                        \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static const struct lecture_step steps[] = {
#define STEP(call, outcome, role, en, ko) {#call, OUTCOME_##outcome, AS_##role, {en, ko}},
#include "lecture.def"
};

static const struct lecture_trouble troubles[] = {
#define TROUBLE(error, en, ko) {#error, {en, ko}},
#include "lecture.def"
};

static const struct {
    const char *call, *like;
} same[] = {
#define SAME(call, like) {#call, #like},
#include "lecture.def"
};

static const struct {
    const char *name;
    const char *text[LANGUAGES];
} words[] = {
#define WORD(name, en, ko) {#name, {en, ko}},
#include "lecture.def"
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct lecture_step *find(const char *call, enum outcome outcome, enum acting acting)
{
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (steps[i].outcome == outcome && steps[i].acting == acting && strcmp(steps[i].call, call) == 0)
            return &steps[i];
    }
    return NULL;
}

/* The row of the call itself: as it acts here, then as any. */
static const struct lecture_step *find_acting(const char *call, enum outcome outcome, const struct facts *facts)
{
    const struct lecture_step *step = facts->local ? find(call, outcome, AS_LOCAL) : NULL;
    if (step == NULL && facts->local && (facts->acting == AS_CLIENT || facts->acting == AS_SERVER))
        step = find(call, outcome, AS_PAIR); /* within this machine, both ends are alike */
    if (step == NULL && facts->acting != AS_ANY)
        step = find(call, outcome, facts->acting);
    return step != NULL ? step : find(call, outcome, AS_ANY);
}

/* The call whose texts this one shares. */
static const char *like(const char *call)
{
    for (size_t i = 0; i < COUNT(same); i++) {
        if (strcmp(same[i].call, call) == 0)
            return same[i].like;
    }
    return call;
}

const struct lecture_step *lecture_step(const char *call, const struct facts *facts)
{
    const enum outcome outcomes[] = {facts->outcome, OUTCOME_DONE};
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        const struct lecture_step *step = find_acting(call, outcomes[i], facts);
        if (step == NULL)
            step = find_acting(like(call), outcomes[i], facts);
        if (step != NULL)
            return step;
    }
    return NULL;
}

const struct lecture_trouble *lecture_trouble(const char *error)
{
    size_t i = 0;
    while (i < COUNT(troubles) - 1 && (error == NULL || strcmp(troubles[i].error, error) != 0))
        i++;
    return &troubles[i]; /* the last row is the one for any */
}

const char *lecture_word(const char *name, enum language language)
{
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(words[i].name, name) == 0)
            return words[i].text[language];
    }
    return NULL;
}

const char *lecture_phase(enum phase phase, enum language language)
{
    static const char *const names[] = {"phase_0", "phase_1", "phase_2", "phase_3", "phase_4"};
    return lecture_word(names[phase], language);
}

enum language lecture_language(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(variables); i++) {
        const char *const value = getenv(variables[i]);
        if (value != NULL && *value != '\0')
            return strncmp(value, "ko", 2) == 0 && (value[2] == '\0' || strchr("_.@", value[2]) != NULL) ? LANGUAGE_KO
                                                                                                         : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

unsigned lecture_languages(unsigned asked)
{
    return asked != 0 ? asked : 1u << lecture_language();
}

enum language lecture_first(unsigned languages)
{
    return (languages & 1u << LANGUAGE_EN) != 0 ? LANGUAGE_EN : LANGUAGE_KO;
}
