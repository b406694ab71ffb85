/* csv.h - a row of CSV after RFC 4180, field by field. What is not known leaves its
 * field empty. The header is written by hand.
 */
#ifndef SOCKSPY_CSV_H
#define SOCKSPY_CSV_H

#include "out.h"
#include "out/address.h"

struct csv {
    struct out *out;
    bool any; /* a field was written */
};

/* Begins a row. */
static inline struct csv csv_row(struct out *out)
{
    return (struct csv){.out = out};
}

/* Begins a field, which the caller writes, or leaves empty. */
static inline struct out *csv_field(struct csv *csv)
{
    if (csv->any)
        out_char(csv->out, ',');
    csv->any = true;
    return csv->out;
}

static inline void csv_end(struct csv *csv)
{
    out_line(csv->out);
}

void csv_uint(struct csv *csv, uint64_t number);
void csv_int(struct csv *csv, int64_t number);
void csv_known(struct csv *csv, uint64_t number); /* 0 is not known */

/* Words of our own; NULL is empty. */
void csv_word(struct csv *csv, const char *word);

/* Foreign bytes; NULL is empty. */
void csv_string(struct csv *csv, const void *bytes, size_t size);
void csv_text(struct csv *csv, const char *text);

/* Unix time in ns, as seconds; 0 is not known. */
void csv_time(struct csv *csv, int64_t time);

void csv_address(struct csv *csv, const struct address *address);

#endif
