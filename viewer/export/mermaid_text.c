/* mermaid_text.c - see mermaid_text.h. */
#include "export/mermaid_text.h"

#include <string.h>

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* Does one of Mermaid's own words stand at text[at], in whatever spelling? Its
 * first letter is written as a number then. */
static bool is_word(const char *text, size_t at, size_t size)
{
    static const char *const words[] = {"end", "wrap", "nowrap", "style", "classdef"};
    enum { BARE = 3 /* these mean something only if they stand alone */ };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const size_t length = strlen(words[i]);
        if (size - at < length || strncasecmp(text + at, words[i], length) != 0)
            continue;
        const bool alone =
            (at == 0 || !is_letter(text[at - 1])) && (at + length == size || !is_letter(text[at + length]));
        if (i >= BARE || alone)
            return true;
    }
    return false;
}

static bool is_plain(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || is_letter((char)byte) || byte >= 0x80 ||
           strchr(" .,:-_/=()[]", byte) != NULL;
}

void mermaid_text(struct out *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        if (is_plain((unsigned char)text[at]) && !is_word(text, at, size)) {
            out_char(out, text[at]);
            continue;
        }
        out_char(out, '#');
        out_uint(out, (unsigned char)text[at]);
        out_char(out, ';');
    }
}
