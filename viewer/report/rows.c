/* rows.c - see rows.h. */
#include "report/rows.h"

#include "out/phrase.h"

void rows_begin(struct rows *rows, struct out *out, int64_t began)
{
    *rows = (struct rows){.out = out, .began = began};
    phrase_scratch(&rows->text, true);
    out_char(out, '{');
}

void rows_end(struct rows *rows)
{
    out_text(rows->out, "}\n");
    phrase_scratch_end(&rows->text);
}

/* What stands before the next thing. */
static void next(struct rows *rows)
{
    if (rows->any)
        out_char(rows->out, ',');
    rows->any = true;
}

static void put_string(struct out *out, const char *bytes, size_t size)
{
    out_char(out, '"');
    for (size_t begin = 0, i = 0; i <= size; i++) {
        const unsigned char byte = i < size ? (unsigned char)bytes[i] : '"';
        if (byte >= 0x20 && byte != '<' && byte != '"' && byte != '\\')
            continue;
        out_bytes(out, bytes + begin, i - begin);
        begin = i + 1;
        if (i == size)
            break;
        out_text(out, "\\u00");
        out_char(out, "0123456789abcdef"[byte >> 4]);
        out_char(out, "0123456789abcdef"[byte & 15]);
    }
    out_char(out, '"');
}

static void put_key(struct rows *rows, const char *name)
{
    next(rows);
    out_text(rows->out, "\n\"");
    out_text(rows->out, name);
    out_text(rows->out, "\":");
}

void rows_table(struct rows *rows, const char *name)
{
    put_key(rows, name);
    out_char(rows->out, '[');
    rows->any = false;
}

void rows_key(struct rows *rows, const char *name, const char *value)
{
    put_key(rows, name);
    put_string(rows->out, value, strlen(value));
}

void rows_key_int(struct rows *rows, const char *name, int64_t value)
{
    put_key(rows, name);
    out_int(rows->out, value);
}

void rows_open(struct rows *rows)
{
    next(rows);
    out_char(rows->out, '[');
    rows->any = false;
}

void rows_close(struct rows *rows)
{
    out_char(rows->out, ']');
    rows->any = true;
}

void rows_int(struct rows *rows, int64_t number)
{
    next(rows);
    out_int(rows->out, number);
}

void rows_index(struct rows *rows, uint32_t index)
{
    rows_int(rows, index == UINT32_MAX ? -1 : (int64_t)index);
}

void rows_time(struct rows *rows, int64_t time)
{
    if (time == 0)
        rows_null(rows);
    else
        rows_int(rows, time - rows->began);
}

void rows_null(struct rows *rows)
{
    next(rows);
    out_text(rows->out, "null");
}

void rows_word(struct rows *rows, const char *word)
{
    next(rows);
    put_string(rows->out, word != NULL ? word : "", word != NULL ? strlen(word) : 0);
}

void rows_foreign(struct rows *rows, const char *bytes, size_t size)
{
    out_foreign(&rows->text, bytes, size, ESCAPE_TEXT);
    rows_text(rows);
}

void rows_address(struct rows *rows, const struct address *address)
{
    char text[ADDRESS_TEXT];
    rows_foreign(rows, text, address->family != 0 ? address_format(address, text) : 0);
}

void rows_text(struct rows *rows)
{
    next(rows);
    put_string(rows->out, rows->text.buffer, rows->text.used);
    rows->text.used = 0;
}
