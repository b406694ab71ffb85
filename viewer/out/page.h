/* page.h - running text on a terminal: words wrapped into blocks that stand
 * beside each other, in any script. */
#ifndef SOCKSPY_PAGE_H
#define SOCKSPY_PAGE_H

#include "out/width.h"

/* Columns left to right. */
struct block {
    size_t left, width;
};

/* Columns of the page: those of the terminal or of COLUMNS, or 80; not fewer
 * than 40 and not more than `most`. */
size_t page_width(const struct out *out, size_t most);

/* Writes the text in lines of the block; all but the first are indented by
 * `hang` columns. Ends the last line. */
void page_paragraph(struct out *out, const struct block *block, const char *text, size_t size, size_t hang,
                    enum paint paint);

/* Writes one line of our own text, cut where the block ends, and stays in it. */
void page_cell(struct out *out, const struct block *block, const char *text, size_t size, enum paint paint);

/* A line of `sign` (or `ascii`) from the current column up to `column`. */
void page_rule(struct out *out, size_t column, const char *sign, const char *ascii);

/* Replaces signs and arrows by their likes in ASCII, in place; other letters
 * stay. Returns the new size. For terminals that show no more. */
size_t page_ascii(char *text, size_t size);

#endif
