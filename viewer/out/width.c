/* width.c - see width.h. */
#include "out/width.h"

struct range {
    uint32_t first, last;
};

static const struct range wide[] = {
#define WIDE(first, last) {first, last},
#define NONE(first, last)
#include "out/width.def"
};

static const struct range none[] = {
#define WIDE(first, last)
#define NONE(first, last) {first, last},
#include "out/width.def"
};

static bool is_within(const struct range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (ranges[middle].last < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= code;
}

unsigned width_of(uint32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return 1;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || is_within(none, sizeof none / sizeof none[0], code))
        return 0;
    return is_within(wide, sizeof wide / sizeof wide[0], code) ? 2 : 1;
}

/* Reads one character. Returns its length and sets its width. */
static size_t next(const char *text, size_t size, unsigned *width)
{
    uint32_t code;
    const size_t length = utf8_decode((const unsigned char *)text, size, &code);
    *width = length != 0 ? width_of(code) : 1;
    return length != 0 ? length : 1;
}

size_t width_text(const char *text, size_t size)
{
    size_t columns = 0;
    unsigned width;
    for (size_t at = 0; at < size; columns += width)
        at += next(text + at, size - at, &width);
    return columns;
}

size_t width_fit(const char *text, size_t size, size_t columns)
{
    unsigned width;
    for (size_t at = 0, used = 0; at < size; used += width) {
        const size_t length = next(text + at, size - at, &width);
        if (used + width > columns)
            return at;
        at += length;
    }
    return size;
}

size_t width_break(const char *text, size_t size, size_t columns)
{
    const size_t fits = width_fit(text, size, columns);
    if (fits == size)
        return size;
    size_t at = fits;
    while (at > 0 && text[at - (text[fits] != ' ')] != ' ')
        at--;
    if (at > 0)
        return at;
    unsigned width;
    return fits != 0 ? fits : next(text, size, &width);
}

void out_words(struct out *out, const char *text, size_t size)
{
    out_bytes(out, text, size);
    out->column = out->column - size + width_text(text, size);
}
