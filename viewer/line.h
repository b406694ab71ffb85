/* line.h - which conversation (conversation.h) a pipe's packets belong to. Two
 * addresses may be used again, and the ends of one connection may have come apart
 * where records are missing: what a reader of the file cannot tell apart must
 * count on, or it would take new bytes for old ones that were sent twice.
 */
#ifndef SOCKSPY_LINE_H
#define SOCKSPY_LINE_H

#include "conversation.h"
#include "map.h"

struct line {
    struct conversation *conversation; /* NULL: not begun */
    bool crossed;                      /* its client is the conversation's server */
};

/* All zero: none yet. */
struct lines {
    struct map latest;      /* conversation between two addresses */
    struct kept_line *kept; /* all of them */
};

/* Where packets between these ends go that begin now: to a new conversation if
 * their beginning was seen, else to the latest between the two. */
struct line lines_begin(struct lines *lines, const struct packet_end ends[2], bool begun);

void lines_free(struct lines *lines);

#endif
