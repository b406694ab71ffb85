/* hooks_send.c - phase three, outwards: write, send and their relatives. */
#include "after.h"
#include "message.h"
#include "process.h"
#include "real.h"

inline ssize_t after_send(struct event *event, ssize_t result, const void *buffer, size_t size, int flags)
{
    event_returned(event, result);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    event_payload(event, MARK_OUT, buffer, result);
    event_write(event);
    return result;
}

#define SEND(name)                                                                                                     \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size, int flags);                                           \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size, int flags)                                            \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin_transfer(&event, CALL_##name, fd))                                                            \
            return real.name(fd, buffer, size, flags);                                                                 \
        return after_send(&event, real.name(fd, buffer, size, flags), buffer, size, flags);                            \
    }
SEND(send)
SEND(__send)

#define WRITE(name)                                                                                                    \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size);                                                      \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size)                                                       \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin(&event, CALL_##name, fd))                                                                     \
            return real.name(fd, buffer, size);                                                                        \
        return after_send(&event, real.name(fd, buffer, size), buffer, size, 0);                                       \
    }
WRITE(write)
WRITE(__write)

/* The first datagram of an unbound socket binds it: the stack picks the port. */
static void look_up_once(struct event *event)
{
    const int fd = event->fd;
    if (!descriptor_may_be_socket(fd) || (descriptor_socket(fd)->looked_up & LOCAL_KNOWN) != 0 ||
        !process_owns_memory())
        return;
    descriptor_socket(fd)->looked_up |= LOCAL_KNOWN;
    descriptor_look_up_local(fd);
    event_socket(event, fd);
}

/* A stream sends to its peer, whatever address comes along; TCP and AF_UNIX say
 * nothing to that. */
static bool has_receiver(const struct event *event)
{
    const struct socket *const socket = &event->socket;
    if (socket->type != SOCK_STREAM && socket->type != SOCK_SEQPACKET)
        return false;
    return socket->family == AF_UNIX || socket->peer_port != 0 || event_has(event, ITEM_PEER);
}

/* To whom it went, or could not be sent. */
static void note_receiver(struct event *event, const void *address, socklen_t size, int flags)
{
    const bool under_way = event->error == 0 || event->error == EINPROGRESS;
    if (has_receiver(event))
        return;
    if (under_way && (flags & MSG_FASTOPEN) != 0 && event->socket.type == SOCK_STREAM && process_owns_memory()) {
        event_connects(event, address, size); /* tcp(7): sends along with the SYN */
        return;
    }
    if (event->error == 0)
        look_up_once(event);
    event_peer(event, address, size);
}

ssize_t after_sendto(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                     const struct sockaddr *address, socklen_t length)
{
    event_returned(event, result);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    if (result >= 0 ? address != NULL : event_has_read(event, address, length))
        note_receiver(event, address, length, flags);
    event_payload(event, MARK_OUT, buffer, result);
    event_write(event);
    return result;
}

EXPORT ssize_t sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address,
                      socklen_t length)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendto, fd))
        return real.sendto(fd, buffer, size, flags, address, length);
    return after_sendto(&event, real.sendto(fd, buffer, size, flags, address, length), buffer, size, flags, address,
                        length);
}

ssize_t after_sendmsg(struct event *event, ssize_t result, const struct msghdr *message, int flags)
{
    int passed[MESSAGE_DESCRIPTORS];
    event_returned(event, result);
    event->arg[1] = (uint64_t)flags;
    const bool read = event_has_read_vector(event);
    if (read && message->msg_name != NULL)
        note_receiver(event, message->msg_name, message->msg_namelen, flags);
    if (result >= 0)
        message_sent(event, message, result, passed);
    else if (read)
        message_kept(event, message);
    event_write(event);
    return result;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendmsg, fd))
        return real.sendmsg(fd, message, flags);
    return after_sendmsg(&event, real.sendmsg(fd, message, flags), message, flags);
}

int after_sendmmsg(struct event *event, int result, const struct mmsghdr *messages, unsigned count, int flags)
{
    int passed[MESSAGE_DESCRIPTORS];
    event_returned(event, result);
    if (result > 0) {
        const struct msghdr *const first = &messages[0].msg_hdr;
        if (first->msg_name != NULL)
            note_receiver(event, first->msg_name, first->msg_namelen, flags);
        message_sent(event, first, messages[0].msg_len, passed);
    }
    message_vector(event, messages, count, flags, result);
    event_write(event);
    return result;
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendmmsg, fd))
        return real.sendmmsg(fd, messages, count, flags);
    return after_sendmmsg(&event, real.sendmmsg(fd, messages, count, flags), messages, count, flags);
}

ssize_t after_writev(struct event *event, ssize_t result, const struct iovec *parts, int count, int flags)
{
    event_returned(event, result);
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = (uint64_t)count;
    if (event_has_read_vector(event) && count > 0) {
        event->arg[0] = message_size(parts, (size_t)count);
        event_payload_parts(event, MARK_OUT, parts, (size_t)count, result);
    }
    event_write(event);
    return result;
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct event event;
    if (!event_begin(&event, CALL_writev, fd))
        return real.writev(fd, parts, count);
    return after_writev(&event, real.writev(fd, parts, count), parts, count, 0);
}

EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_pwritev2, fd))
        return real.pwritev2(fd, parts, count, offset, flags);
    return after_writev(&event, real.pwritev2(fd, parts, count, offset, flags), parts, count, flags);
}

EXPORT ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_pwritev64v2, fd))
        return real.pwritev64v2(fd, parts, count, offset, flags);
    return after_writev(&event, real.pwritev64v2(fd, parts, count, offset, flags), parts, count, flags);
}

/* From file to socket within the kernel: there is no buffer to look into. */
ssize_t after_sendfile(struct event *event, ssize_t result, int in, size_t size)
{
    event_returned(event, result);
    event->arg[0] = (uint64_t)in;
    event->arg[1] = size;
    if (result >= 0)
        event->marks |= MARK_OUT;
    event_write(event);
    return result;
}

EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t size)
{
    struct event event;
    if (!event_begin(&event, CALL_sendfile, out))
        return real.sendfile(out, in, offset, size);
    return after_sendfile(&event, real.sendfile(out, in, offset, size), in, size);
}

EXPORT ssize_t sendfile64(int out, int in, off64_t *offset, size_t size)
{
    struct event event;
    if (!event_begin(&event, CALL_sendfile64, out))
        return real.sendfile64(out, in, offset, size);
    return after_sendfile(&event, real.sendfile64(out, in, offset, size), in, size);
}

/* One end is a pipe; the other is the socket that is read or written. */
ssize_t after_splice(struct event *event, ssize_t result, int in, int out, size_t size, unsigned flags)
{
    const bool outwards = event->fd == out;
    event_returned(event, result);
    event->arg[0] = (uint64_t)(outwards ? in : out);
    event->arg[1] = size;
    event->arg[2] = flags;
    if (result >= 0)
        event->marks |= outwards ? MARK_OUT : MARK_IN;
    event_write(event);
    return result;
}

EXPORT ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t size, unsigned flags)
{
    struct event event;
    if (!event_begin(&event, CALL_splice, descriptor_is_socket(out) ? out : in))
        return real.splice(in, in_offset, out, out_offset, size, flags);
    return after_splice(&event, real.splice(in, in_offset, out, out_offset, size, flags), in, out, size, flags);
}

/* libc formats into a buffer of its own, which is gone when it returns. */
static int printed(struct event *event, int result)
{
    event_returned(event, result);
    if (result >= 0)
        event->marks |= MARK_OUT;
    event_write(event);
    return result;
}

EXPORT int vdprintf(int fd, const char *format, va_list list)
{
    struct event event;
    if (!event_begin(&event, CALL_vdprintf, fd))
        return real.vdprintf(fd, format, list);
    return printed(&event, real.vdprintf(fd, format, list));
}

EXPORT int dprintf(int fd, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int result = vdprintf(fd, format, list);
    va_end(list);
    return result;
}

EXPORT int __vdprintf_chk(int fd, int flag, const char *format, va_list list);
EXPORT int __vdprintf_chk(int fd, int flag, const char *format, va_list list)
{
    struct event event;
    if (!event_begin(&event, CALL___vdprintf_chk, fd))
        return real.__vdprintf_chk(fd, flag, format, list);
    return printed(&event, real.__vdprintf_chk(fd, flag, format, list));
}

EXPORT int __dprintf_chk(int fd, int flag, const char *format, ...);
EXPORT int __dprintf_chk(int fd, int flag, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int result = __vdprintf_chk(fd, flag, format, list);
    va_end(list);
    return result;
}
