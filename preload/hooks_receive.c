/* hooks_receive.c - phase three, inwards: read, recv and their relatives. */
#include "after.h"
#include "place.h"
#include "process.h"
#include "real.h"

/* What is only peeked at has not come in yet. */
static int mark_of(int flags)
{
    return (flags & (MSG_PEEK | MSG_ERRQUEUE)) != 0 ? 0 : MARK_IN;
}

/* How much of the buffer was written. With MSG_TRUNC a datagram's length may be
 * more than that, and a stream's bytes are thrown away: the buffer need not
 * even be one. */
static ssize_t written(const struct event *event, ssize_t result, size_t size, int flags)
{
    if (UNLIKELY((flags & MSG_TRUNC) != 0) && (event->socket.type == 0 || event->socket.type == SOCK_STREAM))
        return result < 0 ? result : 0;
    return result > 0 && (size_t)result > size ? (ssize_t)size : result;
}

inline ssize_t after_recv(struct event *event, ssize_t result, const void *buffer, size_t size, int flags)
{
    event_returned(event, result);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    event_payload(event, mark_of(flags), buffer, written(event, result, size, flags));
    event_write(event);
    return result;
}

EXPORT ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_recv, fd))
        return real.recv(fd, buffer, size, flags);
    return after_recv(&event, real.recv(fd, buffer, size, flags), buffer, size, flags);
}

EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);
EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL___recv_chk, fd))
        return real.__recv_chk(fd, buffer, size, room, flags);
    return after_recv(&event, real.__recv_chk(fd, buffer, size, room, flags), buffer, size, flags);
}

#define READ(name)                                                                                                     \
    EXPORT ssize_t name(int fd, void *buffer, size_t size);                                                            \
    EXPORT ssize_t name(int fd, void *buffer, size_t size)                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin(&event, CALL_##name, fd))                                                                     \
            return real.name(fd, buffer, size);                                                                        \
        return after_recv(&event, real.name(fd, buffer, size), buffer, size, 0);                                       \
    }
READ(read)
READ(__read)

EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
    struct event event;
    if (!event_begin(&event, CALL___read_chk, fd))
        return real.__read_chk(fd, buffer, size, room);
    return after_recv(&event, real.__read_chk(fd, buffer, size, room), buffer, size, 0);
}

/* A datagram tells where it came from. */
ssize_t after_recvfrom(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                       const struct sockaddr *address, socklen_t room, const socklen_t *length)
{
    event_returned(event, result);
    if (result >= 0 && room != 0)
        event_peer(event, address, event_fits(*length, room));
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    event_payload(event, mark_of(flags), buffer, written(event, result, size, flags));
    event_write(event);
    return result;
}

EXPORT ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_recvfrom, fd))
        return real.recvfrom(fd, buffer, size, flags, address, length);
    const socklen_t room = event_room(address, length);
    return after_recvfrom(&event, real.recvfrom(fd, buffer, size, flags, address, length), buffer, size, flags, address,
                          room, length);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t space, int flags, struct sockaddr *address,
                              socklen_t *length);
EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t space, int flags, struct sockaddr *address,
                              socklen_t *length)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL___recvfrom_chk, fd))
        return real.__recvfrom_chk(fd, buffer, size, space, flags, address, length);
    const socklen_t room = event_room(address, length);
    return after_recvfrom(&event, real.__recvfrom_chk(fd, buffer, size, space, flags, address, length), buffer, size,
                          flags, address, room, length);
}

ssize_t after_recvmsg(struct event *event, ssize_t result, const struct incoming *in, const struct msghdr *message,
                      int flags)
{
    struct created created[MESSAGE_DESCRIPTORS];
    event_returned(event, result);
    if (result >= 0)
        message_received(event, in, message, written(event, result, in->size, flags), mark_of(flags), created);
    else if (event_has_read_vector(event))
        message_kept(event, in);
    event->arg[1] = (uint64_t)flags;
    event_write(event);
    return result;
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct event event;
    struct incoming in;
    if (!event_begin_transfer(&event, CALL_recvmsg, fd))
        return real.recvmsg(fd, message, flags);
    incoming_message(&in, message);
    return after_recvmsg(&event, real.recvmsg(fd, message, flags), &in, message, flags);
}

int after_recvmmsg(struct event *event, int result, const struct incoming *in, const struct mmsghdr *messages,
                   unsigned count, int flags)
{
    struct created created[MESSAGE_DESCRIPTORS];
    event_returned(event, result);
    if (result > 0) {
        const ssize_t moved = written(event, (ssize_t)messages[0].msg_len, in->size, flags);
        message_received(event, in, &messages[0].msg_hdr, moved, mark_of(flags), created);
        for (int i = 1; i < result; i++)
            message_obtained(event, &messages[i].msg_hdr);
    }
    message_vector(event, messages, count, flags, result);
    event_write(event);
    return result;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    struct event event;
    struct incoming in;
    if (!event_begin_transfer(&event, CALL_recvmmsg, fd))
        return real.recvmmsg(fd, messages, count, flags, timeout);
    incoming_message(&in, count != 0 ? &messages[0].msg_hdr : NULL);
    return after_recvmmsg(&event, real.recvmmsg(fd, messages, count, flags, timeout), &in, messages, count, flags);
}

ssize_t after_readv(struct event *event, ssize_t result, const struct incoming *in, int count, int flags)
{
    event_returned(event, result);
    if (result >= 0)
        message_received(event, in, NULL, result, MARK_IN, NULL);
    else if (event_has_read_vector(event))
        message_kept(event, in);
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = (uint64_t)count;
    event_write(event);
    return result;
}

EXPORT ssize_t readv(int fd, const struct iovec *parts, int count)
{
    struct event event;
    struct incoming in;
    if (!event_begin(&event, CALL_readv, fd))
        return real.readv(fd, parts, count);
    incoming_parts(&in, parts, (size_t)count);
    return after_readv(&event, real.readv(fd, parts, count), &in, count, 0);
}

EXPORT ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    struct event event;
    struct incoming in;
    if (!event_begin(&event, CALL_preadv2, fd))
        return real.preadv2(fd, parts, count, offset, flags);
    incoming_parts(&in, parts, (size_t)count);
    return after_readv(&event, real.preadv2(fd, parts, count, offset, flags), &in, count, flags);
}

EXPORT ssize_t preadv64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    struct event event;
    struct incoming in;
    if (!event_begin(&event, CALL_preadv64v2, fd))
        return real.preadv64v2(fd, parts, count, offset, flags);
    incoming_parts(&in, parts, (size_t)count);
    return after_readv(&event, real.preadv64v2(fd, parts, count, offset, flags), &in, count, flags);
}
