/* canvas.c - see canvas.h. */
#include "out/canvas.h"

#include "base/memory.h"

void canvas_begin(struct canvas *canvas, struct out *out, size_t width)
{
    *canvas = (struct canvas){.out = out, .width = width, .cells = memory_new(width, sizeof *canvas->cells)};
    for (size_t i = 0; i < width; i++)
        canvas->cells[i].width = 1;
}

void canvas_end(struct canvas *canvas)
{
    free(canvas->cells);
}

/* Takes what is there away; of a wide letter both halves. */
static void blank(struct canvas *canvas, size_t column)
{
    struct cell *const cell = &canvas->cells[column];
    if (cell->width == 0)
        canvas->cells[column - 1] = (struct cell){.width = 1};
    else if (cell->width == 2)
        canvas->cells[column + 1] = (struct cell){.width = 1};
    *cell = (struct cell){.width = 1};
}

static void put(struct canvas *canvas, size_t column, const char *bytes, size_t size, unsigned width, enum paint paint)
{
    if (column + width > canvas->width || size > sizeof canvas->cells->bytes)
        return;
    for (size_t i = 0; i < width; i++)
        blank(canvas, column + i);
    struct cell *const cell = &canvas->cells[column];
    *cell = (struct cell){.size = (uint8_t)size, .width = (uint8_t)width, .paint = (uint8_t)paint};
    memcpy(cell->bytes, bytes, size);
    if (width == 2)
        canvas->cells[column + 1] = (struct cell){.width = 0};
}

void canvas_sign(struct canvas *canvas, size_t column, const char *sign, const char *ascii, enum paint paint)
{
    const char *const text = canvas->out->utf8 ? sign : ascii;
    put(canvas, column, text, strlen(text), 1, paint);
}

/* A mark that stands on the letter before it. */
static void put_mark(struct canvas *canvas, size_t column, const char *bytes, size_t size)
{
    struct cell *const cell = &canvas->cells[column];
    if (cell->size + size <= sizeof cell->bytes) {
        memcpy(cell->bytes + cell->size, bytes, size);
        cell->size += (uint8_t)size;
    }
}

size_t canvas_text(struct canvas *canvas, size_t column, const char *text, size_t size, size_t room, enum paint paint)
{
    const size_t columns = column < canvas->width ? canvas->width - column : 0;
    room = room < columns ? room : columns;
    const bool cut = width_fit(text, size, room) < size;
    const size_t dots = canvas->out->utf8 ? 1 : 3;
    if (cut)
        size = width_fit(text, size, room > dots ? room - dots : 0);
    size_t used = 0, last = column;
    for (size_t at = 0; at < size;) {
        uint32_t code;
        size_t length = utf8_decode((const unsigned char *)text + at, size - at, &code);
        const unsigned width = length != 0 ? width_of(code) : 1;
        length = length != 0 ? length : 1;
        if (width == 0) {
            put_mark(canvas, last, text + at, length);
        } else {
            last = column + used;
            put(canvas, last, text + at, length, width, paint);
        }
        used += width;
        at += length;
    }
    for (size_t i = 0; cut && i < dots && used < room; i++, used++)
        canvas_sign(canvas, column + used, "…", ".", paint);
    return used;
}

void canvas_flush(struct canvas *canvas)
{
    struct out *const out = canvas->out;
    size_t end = canvas->width;
    enum paint paint = PAINT_PLAIN;
    while (end != 0 && canvas->cells[end - 1].size == 0 && canvas->cells[end - 1].width != 0)
        end--;
    for (size_t i = 0; i < canvas->width; i++) {
        struct cell *const cell = &canvas->cells[i];
        if (i < end && cell->paint != paint && cell->size != 0) {
            out_paint(out, PAINT_PLAIN);
            out_paint(out, cell->paint);
            paint = cell->paint;
        }
        if (i < end && cell->size != 0)
            out_words(out, cell->bytes, cell->size);
        else if (i < end && cell->width != 0)
            out_char(out, ' ');
        *cell = (struct cell){.width = 1};
    }
    if (paint != PAINT_PLAIN)
        out_paint(out, PAINT_PLAIN);
    out_line(out);
}
