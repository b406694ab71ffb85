/* width.h - how many columns of a terminal a text takes: Hangul two, a
 * combining mark none. Independent of the locale. */
#ifndef SOCKSPY_WIDTH_H
#define SOCKSPY_WIDTH_H

#include "out.h"

/* Of one character; control characters count as none. */
unsigned width_of(uint32_t code);

/* Of `size` bytes of UTF-8. A byte that is none counts one. */
size_t width_text(const char *text, size_t size);

/* How many bytes of the text fit into `columns`. */
size_t width_fit(const char *text, size_t size, size_t columns);

/* Where to break a text that is wider than `columns`: behind the last blank
 * that lets it fit, else between two characters, at least behind the first. The
 * whole size where it fits; never 0 unless size is. */
size_t width_break(const char *text, size_t size, size_t columns);

/* Writes our own text, in any language, counting its columns. */
void out_words(struct out *out, const char *text, size_t size);

#endif
