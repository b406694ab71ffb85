/* phrase.h - texts with holes, and what Korean grammar does at their edges.
 *
 *   {name}   a hole, filled in by the caller
 *   [ … ]    is left out where a hole in it has nothing to say; not nested
 *   {을/를}  the particle that fits the last syllable before it: the first form
 *            behind a closed one, the second behind an open one
 */
#ifndef SOCKSPY_PHRASE_H
#define SOCKSPY_PHRASE_H

#include "out.h"

/* Writes what the hole `name` says into `out`; false if it has nothing to say. */
typedef bool phrase_fill(struct out *out, const char *name, size_t size, const void *context);

/* Writes `text` behind what stands in `out`, which must be one that is not
 * flushed meanwhile (see phrase_scratch). A hole outside of brackets that has
 * nothing to say becomes a question mark. */
void phrase_put(struct out *out, const char *text, phrase_fill *fill, const void *context);

/* Makes `out` a place to put a text together: it lies in out->buffer, out->used
 * bytes of it, and goes nowhere. `utf8`: whether foreign letters may be kept.
 * Ended by phrase_scratch_end. */
void phrase_scratch(struct out *out, bool utf8);
void phrase_scratch_end(struct out *out);

/* How a word ends, as Korean reads it aloud. */
enum ending {
    ENDING_OPEN,   /* in a vowel: 를, 가, 는, 와, 로 */
    ENDING_CLOSED, /* in a consonant: 을, 이, 은, 과, 으로 */
    ENDING_RIEUL,  /* in ㄹ: as closed, but 로 */
    ENDING_UNKNOWN
};

/* The ending of the last word of a text: Hangul, digits or Latin letters;
 * closing brackets and quotes behind it do not count. */
enum ending phrase_ending(const char *text, size_t size);

#endif
