/* hooks_send.c - phase three, outwards: write, send and their relatives. */
#include "after.h"
#include "process.h"
#include "real.h"

inline ssize_t after_send(struct event *event, ssize_t result, const void *buffer, size_t size, int flags,
                          const struct kept *kept)
{
    event_returned(event, result);
    event->arg[0] = size;
    event->arg[1] = (uint64_t)flags;
    event->marks |= place_of(buffer);
    event_payload_kept(event, kept, result);
    event_write(event);
    kept_done(kept);
    return result;
}

#define SEND(name)                                                                                                     \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size, int flags);                                           \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size, int flags)                                            \
    {                                                                                                                  \
        struct event event;                                                                                            \
        struct kept kept;                                                                                              \
        if (!event_begin_transfer(&event, CALL_##name, fd))                                                            \
            return real.name(fd, buffer, size, flags);                                                                 \
        if (UNLIKELY(settings.data != 0))                                                                              \
            kept_take(&kept, buffer, size);                                                                            \
        return after_send(&event, real.name(fd, buffer, size, flags), buffer, size, flags, &kept);                     \
    }
SEND(send)

/* By a name that is seldom used: small instead of fast. */
static APART ssize_t send_by(ssize_t (*run)(int fd, const void *buffer, size_t size, int flags), int fd,
                             const void *buffer, size_t size, int flags)
{
    struct event event;
    struct kept kept;
    if (!event_begin_socket(&event, CALL_send, fd))
        return run(fd, buffer, size, flags);
    if (settings.data != 0)
        kept_take_slow(&kept, buffer, size);
    return after_send(&event, run(fd, buffer, size, flags), buffer, size, flags, &kept);
}

EXPORT ssize_t __send(int fd, const void *buffer, size_t size, int flags);
EXPORT ssize_t __send(int fd, const void *buffer, size_t size, int flags)
{
    return send_by(real.__send, fd, buffer, size, flags);
}

#define WRITE(name)                                                                                                    \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size);                                                      \
    EXPORT ssize_t name(int fd, const void *buffer, size_t size)                                                       \
    {                                                                                                                  \
        struct event event;                                                                                            \
        struct kept kept;                                                                                              \
        if (!event_begin(&event, CALL_##name, fd))                                                                     \
            return real.name(fd, buffer, size);                                                                        \
        if (UNLIKELY(settings.data != 0))                                                                              \
            kept_take(&kept, buffer, size);                                                                            \
        return after_send(&event, real.name(fd, buffer, size), buffer, size, 0, &kept);                                \
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
static void note_receiver(struct event *event, struct address *to, int flags)
{
    const bool under_way = event->error == 0 || event->error == EINPROGRESS;
    if (to->size == 0 || has_receiver(event))
        return;
    if (under_way && (flags & MSG_FASTOPEN) != 0 && event->socket.type == SOCK_STREAM && process_owns_memory()) {
        event_connects(event, to); /* tcp(7): sends along with the SYN */
        return;
    }
    if (event->error == 0)
        look_up_once(event);
    event_settles(event, to);
    event_peer(event, to->bytes, to->size);
}

ssize_t around_sendto(struct event *event, run_sendto *run, const void *buffer, size_t size, int flags,
                      const struct sockaddr *address, socklen_t length)
{
    struct outgoing out;
    outgoing_buffer(&out, buffer, size, address, length);
    const ssize_t result = run(event->fd, buffer, size, flags, address, length);
    event_returned(event, result);
    if (result >= 0 || event_has_read(event))
        note_receiver(event, &out.name, flags);
    message_sent(event, &out, result);
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = 0;
    event_write(event);
    kept_done(&out.kept);
    return result;
}

EXPORT ssize_t sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address,
                      socklen_t length)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendto, fd))
        return real.sendto(fd, buffer, size, flags, address, length);
    return around_sendto(&event, real.sendto, buffer, size, flags, address, length);
}

ssize_t around_sendmsg(struct event *event, run_sendmsg *run, const struct msghdr *message, int flags)
{
    struct outgoing out;
    outgoing_message(&out, message);
    const ssize_t result = run(event->fd, message, flags);
    event_returned(event, result);
    event->arg[1] = (uint64_t)flags;
    if (event_has_read_vector(event)) {
        note_receiver(event, &out.name, flags);
        message_sent(event, &out, result);
    }
    event_write(event);
    kept_done(&out.kept);
    return result;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendmsg, fd))
        return real.sendmsg(fd, message, flags);
    return around_sendmsg(&event, real.sendmsg, message, flags);
}

/* Of several, the first is told. */
int around_sendmmsg(struct event *event, run_sendmmsg *run, struct mmsghdr *messages, unsigned count, int flags)
{
    struct outgoing out;
    outgoing_message(&out, count != 0 ? &messages[0].msg_hdr : NULL);
    const int result = run(event->fd, messages, count, flags);
    event_returned(event, result);
    if (result > 0) {
        note_receiver(event, &out.name, flags);
        message_sent(event, &out, place_readable(messages, sizeof *messages) ? (ssize_t)messages[0].msg_len : 0);
    }
    message_vector(event, messages, count, flags, result);
    event_write(event);
    kept_done(&out.kept);
    return result;
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    struct event event;
    if (!event_begin_transfer(&event, CALL_sendmmsg, fd))
        return real.sendmmsg(fd, messages, count, flags);
    return around_sendmmsg(&event, real.sendmmsg, messages, count, flags);
}

ssize_t after_writev(struct event *event, ssize_t result, const struct outgoing *out, int count, int flags)
{
    event_returned(event, result);
    if (event_has_read_vector(event))
        message_sent(event, out, result);
    event->arg[1] = (uint64_t)flags;
    event->arg[2] = (uint64_t)count;
    event_write(event);
    kept_done(&out->kept);
    return result;
}

static APART ssize_t around_writev(struct event *event, const struct iovec *parts, int count)
{
    struct outgoing out;
    outgoing_parts(&out, parts, (size_t)count);
    return after_writev(event, real.writev(event->fd, parts, count), &out, count, 0);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct event event;
    if (!event_begin(&event, CALL_writev, fd))
        return real.writev(fd, parts, count);
    return around_writev(&event, parts, count);
}

typedef ssize_t run_pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags);

static APART ssize_t around_pwritev2(struct event *event, run_pwritev2 *run, const struct iovec *parts, int count,
                                     off_t offset, int flags)
{
    struct outgoing out;
    outgoing_parts(&out, parts, (size_t)count);
    return after_writev(event, run(event->fd, parts, count, offset, flags), &out, count, flags);
}

EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_pwritev2, fd))
        return real.pwritev2(fd, parts, count, offset, flags);
    return around_pwritev2(&event, real.pwritev2, parts, count, offset, flags);
}

EXPORT ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    struct event event;
    if (!event_begin(&event, CALL_pwritev64v2, fd))
        return real.pwritev64v2(fd, parts, count, offset, flags);
    return around_pwritev2(&event, real.pwritev64v2, parts, count, offset, flags);
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
