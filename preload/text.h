/* text.h - a text that libc itself will read from the program's memory, copied
 * before the call: a name may lie where the call puts its answer. */
#ifndef SOCKSPY_TEXT_H
#define SOCKSPY_TEXT_H

#include <stddef.h>
#include <string.h>

#define TEXT_HERE 176u /* what is longer is cut */

struct text {
    size_t whole; /* its length; of that TEXT_HERE at the most are here. SIZE_MAX: there is none */
    char bytes[TEXT_HERE];
};

static inline void text_take(struct text *to, const char *from)
{
    to->whole = SIZE_MAX;
    if (from == NULL)
        return;
    to->whole = strlen(from);
    memcpy(to->bytes, from, to->whole < TEXT_HERE ? to->whole : TEXT_HERE);
}

#endif
