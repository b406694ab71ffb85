/* out_escape.c - foreign bytes made harmless for terminals, JSON and CSV. */
#include "out.h"

#include "out/width.h"

/* Would this character move the cursor, change the direction of writing, or
 * not be seen at all? */
static bool is_sly(uint32_t code)
{
    /* Unicode's Default_Ignorable_Code_Point, the controls, and what parts lines. */
    static const struct {
        uint32_t first, last;
    } sly[] = {
        {0x0, 0x1f},      {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
        {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    size_t i = 0;
    while (i < sizeof sly / sizeof sly[0] && code > sly[i].last)
        i++;
    return i < sizeof sly / sizeof sly[0] && code >= sly[i].first;
}

static void put_hex(struct out *out, uint32_t number, unsigned digits)
{
    while (digits-- != 0)
        out_char(out, "0123456789abcdef"[number >> (4 * digits) & 15]);
}

/* One byte as C writes it. */
static void put_c_escape(struct out *out, unsigned char byte)
{
    out_char(out, '\\');
    if (byte >= '\a' && byte <= '\r') {
        out_char(out, "abtnvfr"[byte - '\a']);
    } else {
        out_char(out, 'x');
        put_hex(out, byte, 2);
    }
}

/* A character of several bytes. Returns false where it can't be shown. */
static bool put_wide(struct out *out, const unsigned char *bytes, size_t length, uint32_t code)
{
    if (!out->utf8 || is_sly(code))
        return false;
    out_words(out, (const char *)bytes, length);
    return true;
}

void out_foreign(struct out *out, const void *foreign, size_t size, enum escape escape)
{
    const unsigned char *bytes = foreign;
    while (size != 0) {
        uint32_t code = 0;
        const size_t length = bytes[0] < 0x80 || escape != ESCAPE_BYTES ? utf8_decode(bytes, size, &code) : 0;
        if (length == 1 && code >= 0x20 && code < 0x7f) {
            if (code == '\\' || (code == '"' && escape != ESCAPE_TEXT))
                out_char(out, '\\');
            out_char(out, (char)code);
        } else if (length <= 1) {
            put_c_escape(out, bytes[0]);
        } else if (!put_wide(out, bytes, length, code)) {
            out_text(out, "\\u{");
            put_hex(out, code, code > 0xffff ? 6 : 4);
            out_char(out, '}');
        }
        const size_t step = length != 0 ? length : 1;
        bytes += step, size -= step;
    }
}

/* --- JSON --------------------------------------------------------------------- */

/* May this byte stand in a JSON string as it is? (ASCII only) */
static bool is_json_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Copies the bytes that need no escaping; returns how many there were. */
static size_t put_json_plain(struct out *out, const unsigned char *bytes, size_t size)
{
    size_t plain = 0;
    while (plain < size && is_json_plain(bytes[plain]))
        plain++;
    out_bytes(out, (const char *)bytes, plain);
    return plain;
}

static void put_json_escape(struct out *out, uint32_t code)
{
    if (code == '"' || code == '\\') {
        out_char(out, '\\');
        out_char(out, (char)code);
    } else if (code <= 0xffff) {
        out_bytes(out, "\\u", 2);
        put_hex(out, code, 4);
    } else {
        put_json_escape(out, 0xd800 + ((code - 0x10000) >> 10));
        put_json_escape(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
}

void out_json_string(struct out *out, const void *foreign, size_t size)
{
    const unsigned char *bytes = foreign;
    out_char(out, '"');
    while (size != 0) {
        size_t step = put_json_plain(out, bytes, size);
        bytes += step, size -= step;
        if (size == 0)
            break;
        uint32_t code = 0;
        step = utf8_decode(bytes, size, &code);
        if (step > 1 && !is_sly(code))
            out_bytes(out, (const char *)bytes, step);
        else
            put_json_escape(out, step != 0 ? code : bytes[0]);
        step = step != 0 ? step : 1;
        bytes += step, size -= step;
    }
    out_char(out, '"');
}

void out_json_bytes(struct out *out, const void *foreign, size_t size)
{
    const unsigned char *bytes = foreign;
    while (size != 0) {
        const size_t plain = put_json_plain(out, bytes, size);
        bytes += plain, size -= plain;
        if (size == 0)
            break;
        put_json_escape(out, *bytes++);
        size--;
    }
}

/* --- CSV ---------------------------------------------------------------------- */

void out_csv_quoted(struct out *out, const void *foreign, size_t size)
{
    const char *const bytes = foreign;
    size_t begin = 0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '"') {
            out_foreign(out, bytes + begin, i - begin, ESCAPE_TEXT);
            out_bytes(out, "\"\"", 2);
            begin = i + 1;
        }
    }
    out_foreign(out, bytes + begin, size - begin, ESCAPE_TEXT);
}

/* Must this field stand in quotes? Blanks need not, but they are easily lost. */
static bool needs_quotes(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == ',' || bytes[i] == '"' || bytes[i] == ' ')
            return true;
    }
    return false;
}

static bool is_formula(const char *bytes, size_t size)
{
    return size != 0 && bytes[0] != '\0' && strchr("=+-@", bytes[0]) != NULL;
}

void out_csv_escaped(struct out *out, const char *text, size_t size)
{
    if (size == 0)
        return;
    out_text(out, is_formula(text, size) ? "\"'" : "\"");
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            out_char(out, '"');
        out_char(out, text[i]);
    }
    out_char(out, '"');
}

void out_csv_string(struct out *out, const void *foreign, size_t size)
{
    const char *const bytes = foreign;
    const bool formula = is_formula(bytes, size);
    if (formula || needs_quotes(bytes, size)) {
        out_text(out, formula ? "\"'" : "\"");
        out_csv_quoted(out, bytes, size);
        out_char(out, '"');
    } else {
        out_foreign(out, bytes, size, ESCAPE_TEXT);
    }
}
