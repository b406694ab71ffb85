/* page.c - see page.h. */
#include "out/page.h"

#include "out/table.h"

enum { LEAST_WIDTH = 40, USUAL_WIDTH = 80 };

size_t page_width(const struct out *out, size_t most)
{
    const size_t width = out_width(out);
    if (width == 0)
        return USUAL_WIDTH < most ? USUAL_WIDTH : most;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width > most ? most : width;
}

void page_cell(struct out *out, const struct block *block, const char *text, size_t size, enum paint paint)
{
    out_pad(out, block->left, 0);
    out_paint(out, paint);
    out_words(out, text, width_fit(text, size, block->width));
    out_paint(out, PAINT_PLAIN);
}

void page_paragraph(struct out *out, const struct block *block, const char *text, size_t size, size_t hang,
                    enum paint paint)
{
    struct block line = *block;
    do {
        const size_t length = width_break(text, size, line.width);
        size_t shown = length;
        while (shown != 0 && text[shown - 1] == ' ')
            shown--;
        page_cell(out, &line, text, shown, paint);
        out_line(out);
        text += length;
        size -= length;
        while (size != 0 && *text == ' ')
            text++, size--;
        line = (struct block){block->left + hang, block->width > hang ? block->width - hang : 1};
    } while (size != 0);
}

void page_rule(struct out *out, size_t column, const char *sign, const char *ascii)
{
    while (out->column < column)
        out_symbol(out, sign, ascii);
}

size_t page_ascii(char *text, size_t size)
{
    static const struct {
        const char *sign, *ascii; /* not longer in bytes */
    } signs[] = {
        {"→", "->"},  {"←", "<-"},  {"…", "..."}, {"µ", "u"}, {"①", "(1)"},
        {"②", "(2)"}, {"③", "(3)"}, {"④", "(4)"}, {"·", "-"}, {"⇄", "<>"},
    };
    size_t to = 0;
    for (size_t from = 0; from < size;) {
        size_t i = 0;
        const size_t count = sizeof signs / sizeof signs[0];
        while (i < count && ((unsigned char)text[from] < 0x80 || strlen(signs[i].sign) > size - from ||
                             memcmp(signs[i].sign, text + from, strlen(signs[i].sign)) != 0))
            i++;
        if (i < count) {
            const size_t length = strlen(signs[i].ascii);
            memcpy(text + to, signs[i].ascii, length);
            to += length;
            from += strlen(signs[i].sign);
        } else {
            text[to++] = text[from++];
        }
    }
    return to;
}
