/* lesson.h - the table of lessons (lessons.def), and what is said around the
 * explanation of what they play. */
#ifndef SOCKSPY_LESSON_H
#define SOCKSPY_LESSON_H

#include "lecture/lecture.h"
#include "lecture/story.h"

enum lesson_text { LESSON_TITLE, LESSON_QUESTION, LESSON_NOTICE, LESSON_TEXTS };

struct lesson {
    unsigned number;
    const char *play; /* see cast.h */
    const char *text[LANGUAGES][LESSON_TEXTS];
};

extern const struct lesson lessons[];
extern const size_t lesson_count;

/* The lesson of that number, or NULL. */
const struct lesson *lesson_find(const char *number);

/* Puts one line of the notice, of `size` bytes, together in `out`, a
 * phrase_scratch, with the numbers of the story. */
void lesson_notice(struct out *out, const struct story *story, const char *line, size_t size);

#endif
