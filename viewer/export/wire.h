/* wire.h - what the calls of a recording would have put on a wire, and when:
 * every transfer once, by the record that tells it best.
 */
#ifndef SOCKSPY_WIRE_H
#define SOCKSPY_WIRE_H

#include "scan/history.h"

enum wire_kind {
    WIRE_LOST,      /* records are missing from here on */
    WIRE_ASK,       /* a client's connect begins */
    WIRE_REFUSED,   /* it came to nothing */
    WIRE_ESTABLISH, /* the connection stands */
    WIRE_SEND,      /* bytes leave from `end` */
    WIRE_READ,      /* `end` takes bytes that were sent to it */
    WIRE_SEE_END,   /* `end` learns that nothing more will come */
    WIRE_FINISH,    /* `end` sends no more */
    WIRE_RESET,     /* `end` breaks it off */
    WIRE_DATAGRAM
};

struct wire_event {
    int64_t time;      /* Unix ns */
    struct pipe *pipe; /* NULL: a connect that made none */
    uint32_t entry;    /* the record that tells it, or NONE: it follows from others */
    uint8_t kind;      /* enum wire_kind */
    uint8_t end;       /* of pipe */
};

struct wire {
    struct wire_event *events; /* by time */
    size_t count, room;
};

/* Collects what happened on the pipes that are wanted. */
void wire_collect(struct wire *wire, const struct history *history);
void wire_free(struct wire *wire);

/* The connection has one of its ends in a process that was recorded. */
bool pipe_has_end(const struct pipe *pipe, int end);

/* Was the pipe's beginning seen? */
bool pipe_was_begun(const struct pipe *pipe);

/* Bytes at `offset` of what `end` sent through the stream, as far as either end
 * kept them: copies at most `size` to `buffer` and returns how many. */
size_t wire_bytes(const struct history *history, const struct pipe *pipe, int end, uint64_t offset, uint8_t *buffer,
                  size_t size);

/* How many of the `size` bytes from `offset` on nobody kept. */
uint64_t wire_gap(const struct history *history, const struct pipe *pipe, int end, uint64_t offset, uint64_t size);

#endif
