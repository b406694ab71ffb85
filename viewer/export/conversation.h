/* conversation.h - a TCP connection as a wire would have shown it: what the calls
 * at its ends tell becomes packets whose sequence numbers are right.
 *
 * Both ends begin to count at 0, so that sequence numbers count bytes; only where
 * addresses are used again, behind what was counted there. The
 * functions may come in any order that calls can have; what cannot be any more
 * (data after a reset) is left out.
 */
#ifndef SOCKSPY_CONVERSATION_H
#define SOCKSPY_CONVERSATION_H

#include "export/packet.h"

enum { CONVERSATION_APART = 1 << 20 /* the numbers between two on the same ends */ };

/* Takes a packet that the end `from` sends. */
typedef void conversation_write(void *context, const struct packet *packet, int from);

struct conversation {
    struct packet_end ends[2];
    int client;        /* which of them asks */
    uint64_t next[2];  /* the number of each end's next byte */
    uint64_t taken[2]; /* each end has acknowledged the other's bytes up to this */
    bool told[2];      /* each end's reads are told by conversation_read; else it acknowledges what comes */
    bool begun, established, reset;
    bool finished[2];
};

/* The one that packets are made with, and where they go. */
struct conversation_output {
    conversation_write *write;
    void *context;
    struct packet *packet; /* room to make one in */
};

/* The client asks (SYN), and is answered. What comes first brings about what must
 * have been before it, unless the beginning was not seen (conversation_resume). */
void conversation_ask(struct conversation *conversation, const struct conversation_output *output);
void conversation_establish(struct conversation *conversation, const struct conversation_output *output);

/* The connection was there before: packets begin in the middle, or go on with the
 * numbers at which they had ended. */
void conversation_resume(struct conversation *conversation);

/* Another one begins between the same ends, whose numbers must not look like the
 * earlier one's. */
void conversation_again(struct conversation *conversation, int client);

/* The client's asking was refused. */
void conversation_refuse(struct conversation *conversation, const struct conversation_output *output);

/* At most PACKET_SEGMENT_MAX bytes leave from `end`. */
void conversation_send(struct conversation *conversation, const struct conversation_output *output, int end,
                       const struct packet_payload *payload);

/* `end` takes in `bytes` of what was sent to it. */
void conversation_read(struct conversation *conversation, const struct conversation_output *output, int end,
                       uint64_t bytes);

/* `end` sends no more (FIN). */
void conversation_finish(struct conversation *conversation, const struct conversation_output *output, int end);

/* `end` learns that the other one sends no more. */
void conversation_see_end(struct conversation *conversation, const struct conversation_output *output, int end);

/* `end` breaks it off (RST). */
void conversation_reset(struct conversation *conversation, const struct conversation_output *output, int end);

#endif
