/* csv.c - see csv.h. */
#include "out/csv.h"

#include <string.h>

void csv_uint(struct csv *csv, uint64_t number)
{
    out_uint(csv_field(csv), number);
}

void csv_int(struct csv *csv, int64_t number)
{
    out_int(csv_field(csv), number);
}

void csv_known(struct csv *csv, uint64_t number)
{
    struct out *const out = csv_field(csv);
    if (number != 0)
        out_uint(out, number);
}

void csv_word(struct csv *csv, const char *word)
{
    out_text(csv_field(csv), word != NULL ? word : "");
}

void csv_string(struct csv *csv, const void *bytes, size_t size)
{
    struct out *const out = csv_field(csv);
    if (bytes != NULL)
        out_csv_string(out, bytes, size);
}

void csv_text(struct csv *csv, const char *text)
{
    csv_string(csv, text, text != NULL ? strlen(text) : 0);
}

void csv_time(struct csv *csv, int64_t time)
{
    struct out *const out = csv_field(csv);
    if (time != 0)
        out_seconds(out, time, 9);
}

void csv_address(struct csv *csv, const struct address *address)
{
    char text[ADDRESS_TEXT];
    const bool known = address->family != 0;
    csv_string(csv, known ? text : NULL, known ? address_format(address, text) : 0);
}
