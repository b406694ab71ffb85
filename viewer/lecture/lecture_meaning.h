/* lecture_meaning.h - what arguments and errors mean, in the words of lecture.def;
 * part of lecture_fill.c. Each writes its words into `out` and returns whether
 * there were any. */
#ifndef SOCKSPY_LECTURE_MEANING_H
#define SOCKSPY_LECTURE_MEANING_H

#include "lecture/lecture.h"

/* The number that an item holds; false where it holds none. */
bool meaning_number(const struct item *item, int32_t *number);

/* The word `name`, which may be NULL. */
bool meaning_word(struct out *out, const struct lecture *lecture, const char *name);

bool meaning_lack(struct out *out, const struct lecture *lecture); /* for what the call would have to wait */
bool meaning_how(struct out *out, const struct lecture *lecture);  /* which half shutdown closes */
bool meaning_ends(struct out *out, const struct lecture *lecture);
bool meaning_told(struct out *out, const struct lecture *lecture);    /* what the other side is told of that */
bool meaning_request(struct out *out, const struct lecture *lecture); /* what an ioctl is for */
bool meaning_queue(struct out *out, const struct lecture *lecture);   /* the length of a queue that it told */
bool meaning_command(struct out *out, const struct lecture *lecture); /* what a command of fcntl is for */
bool meaning_option(struct out *out, const struct lecture *lecture);  /* what a socket option is for */
bool meaning_hidden(struct out *out, const struct lecture *lecture);  /* what happened out of sight */
bool meaning_blind(struct out *out, const struct lecture *lecture);   /* why a program is not recorded */

#endif
