/* message.h - what describes a message, copied before the call: afterwards the
 * program may have given its memory away, or received into it. */
#ifndef SOCKSPY_MESSAGE_H
#define SOCKSPY_MESSAGE_H

#include "address.h"
#include "event.h"
#include "kept.h"

#define MESSAGE_DESCRIPTORS 8 /* of those passed by one call; more are marked as cut */
#define MESSAGE_PARTS 4       /* of those received into; the payload of more is cut */

/* One that is sent. */
struct outgoing {
    bool known;    /* could be looked at; if not, all else is empty */
    uint8_t place; /* PLACE_... of its first part */
    uint16_t passed_kept;
    uint32_t passed_all;
    size_t size;  /* bytes that its parts hold */
    size_t count; /* of parts */
    struct address name;
    int passed[MESSAGE_DESCRIPTORS];
    struct kept kept;
};

void outgoing_message(struct outgoing *out, const struct msghdr *message);
void outgoing_parts(struct outgoing *out, const struct iovec *parts, size_t count);
void outgoing_buffer(struct outgoing *out, const void *buffer, size_t size, const struct sockaddr *address,
                     socklen_t length);

/* Notes its sizes, its payload and the descriptors that it passes; -1 was not
 * sent. `out` must live until event_write. */
void message_sent(struct event *event, const struct outgoing *out, ssize_t moved);

/* One that is received: what the kernel will not tell. */
struct incoming {
    bool known;
    size_t size, count; /* as above */
    struct iovec parts[MESSAGE_PARTS];
    const void *name;
    socklen_t room; /* for the name; 0: none */
    const void *control;
};

void incoming_message(struct incoming *in, const struct msghdr *message);
void incoming_parts(struct incoming *in, const struct iovec *parts, size_t count);

/* Notes what came. `message` is the program's, whose lengths the kernel has just
 * written, NULL where there is none. Descriptors that came along are put into the
 * table; `created` must live until event_write. */
void message_received(struct event *event, const struct incoming *in, const struct msghdr *message, ssize_t moved,
                      int mark, struct created created[MESSAGE_DESCRIPTORS]);
/* Notes its sizes only: nothing came. */
void message_kept(struct event *event, const struct incoming *in);

/* Puts the descriptors that came with a message into the table, and no more. */
void message_obtained(struct event *event, const struct msghdr *message);

/* Notes the arguments of sendmmsg and recvmmsg: `done` messages were moved. */
void message_vector(struct event *event, const struct mmsghdr *messages, unsigned count, int flags, int done);

#endif
