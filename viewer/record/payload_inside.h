/* payload_inside.h - what the parsers of payload share. */
#ifndef SOCKSPY_PAYLOAD_INSIDE_H
#define SOCKSPY_PAYLOAD_INSIDE_H

#include "record/payload.h"

/* Bytes to be read from the front; once too few are left, everything reads as
 * zero and `short_of` stays set. */
struct bytes {
    const uint8_t *at;
    size_t left;
    bool short_of;
};

uint64_t bytes_number(struct bytes *bytes, unsigned size); /* big-endian, of 1 to 8 bytes */
struct bytes bytes_take(struct bytes *bytes, size_t size); /* as much as there is, if there is less */

/* Do they begin with that word, in letters of either case? */
bool bytes_begin(const struct bytes *bytes, const char *word);

/* Adds to text[room] what fits of it; what is not printable as '?'. */
void facts_add(char *text, size_t room, const void *bytes, size_t size);

/* Each looks at a prefix of the bytes of `from` (CLIENT_END, SERVER_END). Returns
 * whether it is done with the direction: it has all it wants, or the bytes are
 * of another kind. */
bool payload_tls(struct payload_facts *facts, struct bytes bytes, int from);
bool payload_dns(struct payload_facts *facts, struct bytes message, int from);
bool payload_http(struct payload_facts *facts, struct bytes bytes, int from, bool last); /* last: there is no more */

#endif
