/* message.h - looking into struct msghdr and iovec after the kernel has. */
#ifndef SOCKSPY_MESSAGE_H
#define SOCKSPY_MESSAGE_H

#include "event.h"

#define MESSAGE_DESCRIPTORS 8 /* of those passed by one call; more are marked as cut */

/* The bytes that `count` (at most IOV_MAX) parts hold. */
size_t message_size(const struct iovec *parts, size_t count);

/* Notes the parts and the descriptors of a message of which `moved` bytes were
 * sent. `passed` must live until event_write. */
void message_sent(struct event *event, const struct msghdr *message, ssize_t moved, int passed[MESSAGE_DESCRIPTORS]);

/* The same, and the address, of one received; `room` is what its msg_namelen was before.
 * Descriptors that came with it are put into the table; `created` must live
 * until event_write. */
void message_received(struct event *event, const struct msghdr *message, socklen_t room, ssize_t moved, int mark,
                      struct created created[MESSAGE_DESCRIPTORS]);

/* Notes the parts of one that was neither sent nor filled. */
void message_kept(struct event *event, const struct msghdr *message);

/* Puts the descriptors that came with a message into the table, and no more. */
void message_obtained(struct event *event, const struct msghdr *message);

/* Notes the arguments of sendmmsg and recvmmsg: `done` messages were moved. */
void message_vector(struct event *event, const struct mmsghdr *messages, unsigned count, int flags, int done);

#endif
