/* line.h - which conversation (conversation.h) a pipe's packets belong to: there is
 * one between two addresses. They may be used again, and the ends of one connection
 * may have come apart where records are missing: what a reader of the file cannot
 * tell apart must count on, or it would take new bytes for old ones sent twice.
 */
#ifndef SOCKSPY_LINE_H
#define SOCKSPY_LINE_H

#include "base/map.h"
#include "export/conversation.h"

struct line {
    struct conversation *conversation; /* NULL: not begun */
    bool crossed;                      /* its ends stand the other way round there */
};

/* All zero: none yet. */
struct lines {
    struct map by_ends;
    struct kept_line *kept; /* all of them */
};

/* What a pipe is, as far as it matters here. */
struct line_ends {
    struct packet_end ends[2];
    bool heard[2]; /* the records of that end are there */
    bool begun;    /* so is the beginning */
};

/* A pipe's packets begin. Its connection is a new one, unless its beginning was not
 * seen, or it tells of the end that nobody has told of yet. */
struct line lines_begin(struct lines *lines, const struct line_ends *ends);

void lines_free(struct lines *lines);

#endif
