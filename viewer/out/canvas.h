/* canvas.h - one row of a drawing on a terminal, cell by cell: what is put later
 * covers what was there. Wide letters take two cells. */
#ifndef SOCKSPY_CANVAS_H
#define SOCKSPY_CANVAS_H

#include "out/width.h"

struct cell {
    char bytes[12];
    uint8_t size;  /* 0: a blank, or the second half of a wide letter */
    uint8_t width; /* 0: the second half of a wide letter */
    uint8_t paint; /* enum paint */
};

struct canvas {
    struct out *out;
    size_t width;
    struct cell *cells;
};

void canvas_begin(struct canvas *canvas, struct out *out, size_t width);
void canvas_end(struct canvas *canvas);

/* A sign of one column, or its form in ASCII. Nothing outside of the row. */
void canvas_sign(struct canvas *canvas, size_t column, const char *sign, const char *ascii, enum paint paint);

/* A text of our own of at most `room` columns; what does not fit ends with an
 * ellipsis. Returns the columns that it takes. */
size_t canvas_text(struct canvas *canvas, size_t column, const char *text, size_t size, size_t room, enum paint paint);

/* Writes the row out, and clears it for the next. */
void canvas_flush(struct canvas *canvas);

#endif
