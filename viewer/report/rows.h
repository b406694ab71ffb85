/* rows.h - tables as JSON, for a script within an HTML page: a row is an array,
 * what its columns mean the reader knows. A '<' is never written as such, so no
 * string ends the script that it stands in.
 */
#ifndef SOCKSPY_ROWS_H
#define SOCKSPY_ROWS_H

#include "out.h"
#include "out/address.h"

struct rows {
    struct out *out;
    struct out text; /* a scratch for rows_text */
    int64_t began;   /* Unix ns that times count from */
    bool any;        /* something stands in the innermost array */
};

/* Begins an object, and ends it. */
void rows_begin(struct rows *rows, struct out *out, int64_t began);
void rows_end(struct rows *rows);

/* A key of the object with a table, a string or a number. */
void rows_table(struct rows *rows, const char *name);
void rows_key(struct rows *rows, const char *name, const char *value);
void rows_key_int(struct rows *rows, const char *name, int64_t value);

/* Begins an array (a row, or a column that is one), and ends it or a table. */
void rows_open(struct rows *rows);
void rows_close(struct rows *rows);

/* Columns. */
void rows_int(struct rows *rows, int64_t number);
void rows_index(struct rows *rows, uint32_t index); /* UINT32_MAX: -1 */
void rows_time(struct rows *rows, int64_t time);    /* 0: null */
void rows_null(struct rows *rows);
void rows_word(struct rows *rows, const char *word);                  /* our own; NULL: "" */
void rows_foreign(struct rows *rows, const char *bytes, size_t size); /* escaped as ESCAPE_TEXT */
void rows_address(struct rows *rows, const struct address *address);  /* "": not known */
void rows_text(struct rows *rows);                                    /* what was put into rows->text */

#endif
