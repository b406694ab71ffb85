/* out.c - buffering, numbers, columns and colour. Files are in whole_file.c, escaping
 * in out_escape.c. */
#include "out.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const paints[PAINTS] = {
    [PAINT_PLAIN] = "\033[0m",     [PAINT_CREATE] = "\033[32m", [PAINT_CONNECT] = "\033[36m",
    [PAINT_TRANSFER] = "\033[34m", [PAINT_CLOSE] = "\033[35m",  [PAINT_ERROR] = "\033[31m",
    [PAINT_DIM] = "\033[2m",       [PAINT_BOLD] = "\033[1m",
};

static bool wants_colour(int fd, enum colour colour)
{
    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    const char *const no = getenv("NO_COLOR");
    const char *const terminal = getenv("TERM");
    return (no == NULL || *no == '\0') && isatty(fd) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void out_open(struct out *out, int fd, enum colour colour)
{
    *out = (struct out){.buffer = malloc(OUT_BUFFER), .fd = fd};
    if (out->buffer == NULL) {
        out->broken = true;
        out->error = ENOMEM;
        return;
    }
    out->colour = wants_colour(fd, colour);
    out->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool out_open_file(struct out *out, const char *path, bool whole, enum colour colour)
{
    struct whole_file file;
    if (!whole_file_open(&file, path, whole))
        return false;
    out_open(out, file.fd, colour);
    out->file = file;
    return true;
}

void out_flush(struct out *out)
{
    size_t done = 0;
    while (done < out->used && !out->broken) {
        const ssize_t count = write(out->fd, out->buffer + done, out->used - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno != EINTR) {
            out->broken = true;
            out->error = errno == EPIPE ? 0 : errno;
        }
    }
    out->used = 0;
}

bool out_close(struct out *out)
{
    if (out->buffer != NULL)
        out_flush(out);
    free(out->buffer);
    out->buffer = NULL;
    out->broken = true;
    if (out->file.path != NULL)
        out->error = whole_file_close(&out->file, out->error);
    return out->error == 0;
}

void out_discard(struct out *out)
{
    out->broken = true;
    out->error = ECANCELED;
    out_close(out);
}

/* --- numbers ----------------------------------------------------------------- */

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

/* Writes the digits of `number` so that they end before `end`; returns where
 * they begin. */
static char *digits_before(char *end, uint64_t number)
{
    while (number >= 100) {
        const char *const pair = pairs + 2 * (number % 100);
        number /= 100;
        *--end = pair[1];
        *--end = pair[0];
    }
    if (number >= 10) {
        *--end = pairs[2 * number + 1];
        *--end = pairs[2 * number];
    } else {
        *--end = (char)('0' + number);
    }
    return end;
}

void out_uint(struct out *out, uint64_t number)
{
    if (number < 10) {
        out_char(out, (char)('0' + number));
        return;
    }
    char digits[24];
    char *const end = digits + sizeof digits;
    const char *const begin = digits_before(end, number);
    out_bytes(out, begin, (size_t)(end - begin));
}

void out_int(struct out *out, int64_t number)
{
    if (number < 0)
        out_char(out, '-');
    out_uint(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void out_digits(struct out *out, uint64_t number, unsigned digits)
{
    char text[24];
    char *const end = text + sizeof text;
    char *begin = digits_before(end, number);
    while (end - begin < (ptrdiff_t)digits && begin > text)
        *--begin = '0';
    out_bytes(out, begin, (size_t)(end - begin));
}

static void out_base(struct out *out, uint64_t number, unsigned shift, const char *prefix)
{
    char digits[24];
    char *const end = digits + sizeof digits;
    char *begin = end;
    do {
        *--begin = "0123456789abcdef"[number & ((1u << shift) - 1)];
        number >>= shift;
    } while (number != 0);
    out_text(out, prefix);
    out_bytes(out, begin, (size_t)(end - begin));
}

void out_hex(struct out *out, uint64_t number)
{
    out_base(out, number, 4, "0x");
}

void out_octal(struct out *out, uint64_t number)
{
    out_base(out, number, 3, "0");
}

void out_seconds(struct out *out, int64_t nanoseconds, unsigned decimals)
{
    static const uint32_t scale[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    if (nanoseconds < 0)
        out_char(out, '-');
    const uint64_t size = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
    out_uint(out, size / 1000000000);
    if (decimals != 0) {
        out_char(out, '.');
        out_digits(out, size % 1000000000 / scale[decimals], decimals);
    }
}

void out_grouped(struct out *out, uint64_t number)
{
    if (number >= 1000) {
        out_grouped(out, number / 1000);
        out_char(out, ',');
        out_digits(out, number % 1000, 3);
    } else {
        out_uint(out, number);
    }
}

void out_size(struct out *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;
    uint64_t whole = bytes, rest = 0;
    while (whole >= 1024) {
        rest = whole % 1024;
        whole /= 1024;
        unit++;
    }
    out_uint(out, whole);
    if (unit != 0) {
        out_char(out, '.');
        out_uint(out, rest * 10 / 1024);
    }
    out_char(out, ' ');
    out_text(out, units[unit]);
}

/* --- columns, signs, colours ------------------------------------------------- */

void out_pad(struct out *out, size_t column, size_t gap)
{
    size_t blanks = out->column < column ? column - out->column : 0;
    if (blanks < gap)
        blanks = gap;
    while (blanks-- != 0)
        out_char(out, ' ');
}

void out_symbol(struct out *out, const char *sign, const char *ascii)
{
    if (out->utf8) {
        out_text(out, sign);
        out->column -= strlen(sign) - 1;
    } else {
        out_text(out, ascii);
    }
}

void out_paint(struct out *out, enum paint paint)
{
    if (!out->colour || out->paint == paint)
        return;
    out->paint = (uint8_t)paint;
    const size_t column = out->column;
    out_text(out, paints[paint]);
    out->column = column;
}
