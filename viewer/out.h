/* out.h - the one way to the screen, a pipe or a file.
 *
 * A buffered writer that formats by hand (no printf where records go by), and
 * the place where colour, columns and escaping are decided. Bytes that came
 * from a traced program go through one of the escaping functions of
 * out_escape.c and through nothing else.
 */
#ifndef SOCKSPY_OUT_H
#define SOCKSPY_OUT_H

#include "out/utf8.h"
#include "out/whole_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OUT_BUFFER = 256 * 1024, OUT_RESERVE = 64 /* the longest number */ };

/* When to colour. */
enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* What a colour means; the four phases of a socket's life first. */
enum paint {
    PAINT_PLAIN,
    PAINT_CREATE,
    PAINT_CONNECT,
    PAINT_TRANSFER,
    PAINT_CLOSE,
    PAINT_ERROR,
    PAINT_DIM,
    PAINT_BOLD,
    PAINTS
};

struct out {
    char *buffer; /* OUT_BUFFER bytes */
    size_t used;
    size_t column;          /* of the terminal, counted from 0 since out_line() */
    int fd;                 /* the caller's, or that of `file` */
    int error;              /* errno of the first write that failed; EPIPE is no error */
    bool broken;            /* nobody reads any more, or a write failed: say no more */
    bool colour;            /* escape sequences for colours may be written */
    uint8_t paint;          /* enum paint: as it stands on the terminal */
    bool utf8;              /* the locale can show arrows and foreign letters */
    struct whole_file file; /* path NULL: none is to be made */
};

/* Writes to `fd`, which stays the caller's. */
void out_open(struct out *out, int fd, enum colour colour);

/* Writes to the file `path`. With `whole`, it is written elsewhere and put in
 * place by out_close(), so that there is never half a file; devices and pipes
 * are written directly. Returns false with errno set. */
bool out_open_file(struct out *out, const char *path, bool whole, enum colour colour);

/* Hands what is buffered to the system. */
void out_flush(struct out *out);

/* Flushes and gives back all. Returns false where something was not written;
 * `out->error` then holds the errno. A reader that went away is no error. */
bool out_close(struct out *out);

/* Gives back all; what was written to a file that was to be whole is gone. */
void out_discard(struct out *out);

/* Makes room for `size` (at most OUT_BUFFER) bytes. */
static inline void out_room(struct out *out, size_t size)
{
    if (__builtin_expect(out->used + size > OUT_BUFFER, 0))
        out_flush(out);
}

/* One byte that takes one column. */
static inline void out_char(struct out *out, char byte)
{
    out_room(out, 1);
    out->buffer[out->used++] = byte;
    out->column++;
}

/* Printable ASCII of our own. */
static inline void out_bytes(struct out *out, const char *bytes, size_t size)
{
    if (__builtin_expect(size > OUT_BUFFER, 0))
        size = OUT_BUFFER;
    out_room(out, size);
    memcpy(out->buffer + out->used, bytes, size);
    out->used += size;
    out->column += size;
}

static inline void out_text(struct out *out, const char *text)
{
    out_bytes(out, text, strlen(text));
}

/* Ends the line; takes back the blanks at its end. */
static inline void out_line(struct out *out)
{
    while (out->used != 0 && out->buffer[out->used - 1] == ' ')
        out->used--;
    out_char(out, '\n');
    out->column = 0;
}

void out_uint(struct out *out, uint64_t number);
void out_int(struct out *out, int64_t number);
void out_hex(struct out *out, uint64_t number);   /* 0x1f */
void out_octal(struct out *out, uint64_t number); /* 0600 */

/* `number` with at least `digits` (at most 20) digits. */
void out_digits(struct out *out, uint64_t number, unsigned digits);

/* Nanoseconds as seconds with `decimals` (0 to 9) decimals, not rounded. */
void out_seconds(struct out *out, int64_t nanoseconds, unsigned decimals);

/* 12,345,678 */
void out_grouped(struct out *out, uint64_t number);

/* 8.0 MiB */
void out_size(struct out *out, uint64_t bytes);

/* Blanks up to `column`, at least `gap`. */
void out_pad(struct out *out, size_t column, size_t gap);

/* A sign (one column wide) where the locale has it, its ASCII form otherwise. */
void out_symbol(struct out *out, const char *sign, const char *ascii);

/* Changes the colour, where there is colour. */
void out_paint(struct out *out, enum paint paint);

/* --- escaping (out_escape.c): any bytes go in, harmless ones come out --- */

/* How foreign bytes are shown. */
enum escape {
    ESCAPE_TEXT,   /* UTF-8 kept where it can be shown; the rest as \r, \x1b, \u{202e} */
    ESCAPE_QUOTED, /* the same, and " as \" */
    ESCAPE_BYTES   /* payload: " as \", and all that is not ASCII as \xff */
};
void out_foreign(struct out *out, const void *bytes, size_t size, enum escape escape);

/* A JSON string with its quotes; valid UTF-8 is kept, other bytes are \u00XX. */
void out_json_string(struct out *out, const void *bytes, size_t size);

/* What goes between the quotes of a JSON string: every byte that is not
 * printable ASCII is \u00XX, as payload is shown. */
void out_json_bytes(struct out *out, const void *bytes, size_t size);

/* A CSV field of foreign text: escaped as ESCAPE_TEXT, quoted where need be,
 * and so that no spreadsheet takes it for a formula. */
void out_csv_string(struct out *out, const void *bytes, size_t size);

/* The same of our own text, in which what is foreign is escaped already. */
void out_csv_escaped(struct out *out, const char *text, size_t size);

/* What goes between the quotes of a CSV field. */
void out_csv_quoted(struct out *out, const void *bytes, size_t size);

#endif
