/* hooks_receive.c - phase three, inwards: read, recv and their relatives. */
#include "event.h"
#include "message.h"
#include "process.h"
#include "real.h"

static bool begin_receive(struct event *event, enum call call, int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    return LIKELY(kind != NO_SOCKET) ? event_begin_on(event, call, fd, kind) : event_begin_any(event, call, fd);
}

/* What is only peeked at has not come in yet. */
static int mark_of(int flags)
{
    return (flags & (MSG_PEEK | MSG_ERRQUEUE)) != 0 ? 0 : MARK_IN;
}

static ssize_t received(struct event *event, ssize_t result, const void *buffer, size_t size, int flags)
{
    event_returned(event, result);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    /* With MSG_TRUNC the result may be more than the buffer was given. */
    event_payload(event, mark_of(flags), buffer, result > (ssize_t)size ? (ssize_t)size : result);
    event_write(event);
    return result;
}

EXPORT ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct event event;
    if (!begin_receive(&event, CALL_recv, fd))
        return real.recv(fd, buffer, size, flags);
    return received(&event, real.recv(fd, buffer, size, flags), buffer, size, flags);
}

EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags);
EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
    struct event event;
    if (!begin_receive(&event, CALL___recv_chk, fd))
        return real.__recv_chk(fd, buffer, size, room, flags);
    return received(&event, real.__recv_chk(fd, buffer, size, room, flags), buffer, size, flags);
}

#define READ(name)                                                                                                     \
    EXPORT ssize_t name(int fd, void *buffer, size_t size);                                                            \
    EXPORT ssize_t name(int fd, void *buffer, size_t size)                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin(&event, CALL_##name, fd))                                                                     \
            return real.name(fd, buffer, size);                                                                        \
        return received(&event, real.name(fd, buffer, size), buffer, size, 0);                                         \
    }
READ(read)
READ(__read)

EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);
EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
    struct event event;
    if (!event_begin(&event, CALL___read_chk, fd))
        return real.__read_chk(fd, buffer, size, room);
    return received(&event, real.__read_chk(fd, buffer, size, room), buffer, size, 0);
}

/* A datagram tells where it came from. */
static ssize_t received_from(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                             const struct sockaddr *address, socklen_t room, const socklen_t *length)
{
    event_returned(event, result);
    if (result >= 0 && room != 0)
        event_peer(event, address, *length < room ? *length : room);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    event_payload(event, mark_of(flags), buffer, result > (ssize_t)size ? (ssize_t)size : result);
    event_write(event);
    return result;
}

EXPORT ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    if (!begin_receive(&event, CALL_recvfrom, fd))
        return real.recvfrom(fd, buffer, size, flags, address, length);
    const socklen_t room = event_room(address, length);
    const ssize_t result = real.recvfrom(fd, buffer, size, flags, address, length);
    return received_from(&event, result, buffer, size, flags, address, room, length);
}

EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t space, int flags, struct sockaddr *address,
                              socklen_t *length);
EXPORT ssize_t __recvfrom_chk(int fd, void *buffer, size_t size, size_t space, int flags, struct sockaddr *address,
                              socklen_t *length)
{
    struct event event;
    if (!begin_receive(&event, CALL___recvfrom_chk, fd))
        return real.__recvfrom_chk(fd, buffer, size, space, flags, address, length);
    const socklen_t room = event_room(address, length);
    const ssize_t result = real.__recvfrom_chk(fd, buffer, size, space, flags, address, length);
    return received_from(&event, result, buffer, size, flags, address, room, length);
}

static socklen_t name_room(const struct msghdr *message)
{
    const uintptr_t at = (uintptr_t)message;
    return at < 4096 || at >> 47 != 0 || message->msg_name == NULL ? 0 : message->msg_namelen;
}

static ssize_t least(ssize_t result, const struct msghdr *message)
{
    const size_t size = message_size(message->msg_iov, message->msg_iovlen);
    return (size_t)result < size ? result : (ssize_t)size;
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct event event;
    if (!begin_receive(&event, CALL_recvmsg, fd))
        return real.recvmsg(fd, message, flags);
    const socklen_t room = name_room(message);
    const ssize_t result = real.recvmsg(fd, message, flags);
    struct created created[MESSAGE_DESCRIPTORS];
    event_returned(&event, result);
    if (result >= 0)
        message_received(&event, message, room, least(result, message), mark_of(flags), created);
    event.arg[1] = (uint64_t)flags;
    event_write(&event);
    return result;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    struct event event;
    if (!begin_receive(&event, CALL_recvmmsg, fd))
        return real.recvmmsg(fd, messages, count, flags, timeout);
    const socklen_t room = count > 0 ? name_room(&messages[0].msg_hdr) : 0;
    const int result = real.recvmmsg(fd, messages, count, flags, timeout);
    struct created created[MESSAGE_DESCRIPTORS];
    event_returned(&event, result);
    if (result > 0) {
        const struct msghdr *const first = &messages[0].msg_hdr;
        message_received(&event, first, room, least((ssize_t)messages[0].msg_len, first), mark_of(flags), created);
    }
    message_vector(&event, messages, count, flags, result);
    event_write(&event);
    return result;
}

static ssize_t received_parts(struct event *event, ssize_t result, const struct iovec *parts, int count, int flags)
{
    event_returned(event, result);
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = (uint64_t)count;
    if (result >= 0 && count > 0) {
        event->arg[0] = message_size(parts, (size_t)count);
        event_payload_parts(event, MARK_IN, parts, (size_t)count, result);
    }
    event_write(event);
    return result;
}

EXPORT ssize_t readv(int fd, const struct iovec *parts, int count)
{
    struct event event;
    if (!event_begin(&event, CALL_readv, fd))
        return real.readv(fd, parts, count);
    return received_parts(&event, real.readv(fd, parts, count), parts, count, 0);
}

EXPORT ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_preadv2, fd))
        return real.preadv2(fd, parts, count, offset, flags);
    return received_parts(&event, real.preadv2(fd, parts, count, offset, flags), parts, count, flags);
}

EXPORT ssize_t preadv64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_preadv64v2, fd))
        return real.preadv64v2(fd, parts, count, offset, flags);
    return received_parts(&event, real.preadv64v2(fd, parts, count, offset, flags), parts, count, flags);
}
