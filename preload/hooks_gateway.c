/* hooks_gateway.c - syscall(): the calls that act on sockets, or end our sight, are
 * recorded under their own names; all others are passed on. Calls that make
 * processes stay in entry.S. */
#include "after.h"
#include "entry.h"
#include "process.h"
#include "real.h"

#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The calls that are handed to something that also acts before them. */
static int raw_close(int fd)
{
    return (int)real.syscall(SYS_close, fd);
}

static int raw_close_range(unsigned first, unsigned last, int flags)
{
    return (int)real.syscall(SYS_close_range, first, last, flags);
}

static int raw_dup(int fd)
{
    return (int)real.syscall(SYS_dup, fd);
}

#ifdef SYS_dup2
static int raw_dup2(int fd, int to, int flags)
{
    (void)flags;
    return (int)real.syscall(SYS_dup2, fd, to);
}
#endif

static int raw_dup3(int fd, int to, int flags)
{
    return (int)real.syscall(SYS_dup3, fd, to, flags);
}

static int raw_fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    const long argument = va_arg(list, long);
    va_end(list);
    return (int)real.syscall(SYS_fcntl, fd, command, argument);
}

/* Those before which something of the caller's memory is copied. */
static ssize_t raw_sendto(int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address,
                          socklen_t length)
{
    return real.syscall(SYS_sendto, fd, buffer, size, flags, address, length);
}

static ssize_t raw_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return real.syscall(SYS_sendmsg, fd, message, flags);
}

static int raw_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    return (int)real.syscall(SYS_sendmmsg, fd, messages, count, flags);
}

static APART int around_raw_address(struct event *event, long number,
                                    int (*after)(struct event *event, int result, struct address *named),
                                    const struct sockaddr *address, socklen_t length)
{
    struct address named;
    address_take(&named, address, length);
    return after(event, (int)real.syscall(number, event->fd, address, length), &named);
}

static APART int around_raw_setsockopt(struct event *event, int level, int option, const void *value, socklen_t length)
{
    struct option_given given;
    before_setsockopt(&given, level, option, value, length);
    const int result = (int)real.syscall(SYS_setsockopt, event->fd, level, option, value, length);
    return after_setsockopt(event, result, level, option, &given, length);
}

static APART int around_raw_ioctl(struct event *event, unsigned long request, const void *argument)
{
    struct option_given given;
    before_ioctl(&given, request, argument);
    const int result = (int)real.syscall(SYS_ioctl, event->fd, request, argument);
    return after_ioctl(event, result, request, &given, argument);
}

static APART ssize_t around_raw_write(struct event *event, const void *buffer, size_t size)
{
    struct kept kept;
    if (settings.data != 0)
        kept_take(&kept, buffer, size);
    return after_send(event, real.syscall(SYS_write, event->fd, buffer, size), buffer, size, 0, &kept);
}

static APART ssize_t around_raw_writev(struct event *event, const struct iovec *parts, int count)
{
    struct outgoing out;
    outgoing_parts(&out, parts, (size_t)count);
    return after_writev(event, real.syscall(SYS_writev, event->fd, parts, count), &out, count, 0);
}

static APART ssize_t around_raw_pwritev2(struct event *event, const struct iovec *parts, int count, long low, long high,
                                         int flags)
{
    struct outgoing out;
    outgoing_parts(&out, parts, (size_t)count);
    const ssize_t result = real.syscall(SYS_pwritev2, event->fd, parts, count, low, high, flags);
    return after_writev(event, result, &out, count, flags);
}

static APART ssize_t around_raw_readv(struct event *event, const struct iovec *parts, int count)
{
    struct incoming in;
    incoming_parts(&in, parts, (size_t)count);
    return after_readv(event, real.syscall(SYS_readv, event->fd, parts, count), &in, count, 0);
}

static APART ssize_t around_raw_preadv2(struct event *event, const struct iovec *parts, int count, long low, long high,
                                        int flags)
{
    struct incoming in;
    incoming_parts(&in, parts, (size_t)count);
    const ssize_t result = real.syscall(SYS_preadv2, event->fd, parts, count, low, high, flags);
    return after_readv(event, result, &in, count, flags);
}

static APART ssize_t around_raw_recvmsg(struct event *event, struct msghdr *message, int flags)
{
    struct incoming in;
    incoming_message(&in, message);
    return after_recvmsg(event, real.syscall(SYS_recvmsg, event->fd, message, flags), &in, message, flags);
}

static APART int around_raw_recvmmsg(struct event *event, struct mmsghdr *messages, unsigned count, int flags,
                                     long timeout)
{
    struct incoming in;
    incoming_message(&in, count != 0 ? &messages[0].msg_hdr : NULL);
    const int result = (int)real.syscall(SYS_recvmmsg, event->fd, messages, count, flags, timeout);
    return after_recvmmsg(event, result, &in, messages, count, flags);
}

static int raw_mlockall(int flags)
{
    return (int)real.syscall(SYS_mlockall, flags);
}

static int raw_prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    const unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    const unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    return (int)real.syscall(SYS_prctl, option, a, b, c, d);
}

/* From a seccomp filter on, no system call of ours. */
static long enter_sandbox(long number, long a, long b, long c, long d, long e, long f)
{
    entry_identify();
    process_sandbox(&ring, true);
    const long result = real.syscall(number, a, b, c, d, e, f);
    if (result < 0)
        process_sandbox(&ring, false);
    return result;
}

static long set_up_io_uring(long a, long b)
{
    const long fd = real.syscall(SYS_io_uring_setup, a, b);
    after_opening(SYS_io_uring_setup, fd, a);
    if (fd >= 0 && ring.header != NULL)
        event_hidden((int)fd, HIDDEN_IO_URING, COUNT_IO_URING, clock_ticks(ring.clock));
    return fd;
}

/* begin(event, call, fd) says whether there is something to record; `done` is
 * what follows the call, with its `result`. */
#define RECORDED(number, call, begin, fd, done)                                                                        \
    case number:                                                                                                       \
        if (!begin(&event, CALL_##call, (int)(fd)))                                                                    \
            break;                                                                                                     \
        result = real.syscall(number, a, b, c, d, e, f);                                                               \
        return done;
#define ON_SOCKET(call, done) RECORDED(SYS_##call, call, event_begin_socket, a, done)
#define ON_FILE(call, done) RECORDED(SYS_##call, call, event_begin, a, done)
/* With something done before the call as well. */
#define BEGUN(call, begin, around)                                                                                     \
    case SYS_##call:                                                                                                   \
        if (!begin(&event, CALL_##call, (int)a))                                                                       \
            break;                                                                                                     \
        return around;
#define ON_NONE(call, done) RECORDED(SYS_##call, call, event_begin_any, -1, done)

/* With an address or a value and its length: the room must be known before. */
#define WITH_ROOM(call, what, length, done)                                                                            \
    case SYS_##call:                                                                                                   \
        if (!event_begin_socket(&event, CALL_##call, (int)a))                                                          \
            break;                                                                                                     \
        room = event_room((const void *)(what), (const socklen_t *)(length));                                          \
        result = real.syscall(SYS_##call, a, b, c, d, e, f);                                                           \
        return done;

/* The first argument is a descriptor, or something that needs no more than to
 * be passed on. */
long entry_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    struct event event;
    long result;
    socklen_t room;
    switch (number) {
        ON_NONE(socket, after_socket(&event, (int)result, (int)a, (int)b, (int)c))
        ON_NONE(socketpair, after_socketpair(&event, (int)result, (int)a, (int)b, (int)c, (const int *)d))
        ON_NONE(unshare, after_unshare(&event, (int)result, (int)a))
        ON_NONE(setns, after_setns(&event, (int)result, (int)b))
        ON_NONE(pidfd_getfd, after_pidfd_getfd(&event, (int)result, (int)a, (int)b, (unsigned)c))
        WITH_ROOM(accept, b, c,
                  after_accept(&event, (int)a, (int)result, (const void *)b, room, (const socklen_t *)c, 0))
        WITH_ROOM(accept4, b, c,
                  after_accept(&event, (int)a, (int)result, (const void *)b, room, (const socklen_t *)c, (int)d))
        WITH_ROOM(getsockname, b, c,
                  after_getname(&event, (int)result, (const void *)b, room, (const socklen_t *)c, true))
        WITH_ROOM(getpeername, b, c,
                  after_getname(&event, (int)result, (const void *)b, room, (const socklen_t *)c, false))
        WITH_ROOM(recvfrom, e, f,
                  after_recvfrom(&event, result, (const void *)b, (size_t)c, (int)d, (const void *)e, room,
                                 (const socklen_t *)f))
        WITH_ROOM(getsockopt, d, e,
                  after_getsockopt(&event, (int)result, (int)b, (int)c, (const void *)d, room, (const socklen_t *)e))
        BEGUN(bind, event_begin_socket, around_raw_address(&event, number, after_bind, (const void *)b, (socklen_t)c))
        BEGUN(connect, event_begin_socket,
              around_raw_address(&event, number, after_connect, (const void *)b, (socklen_t)c))
        ON_SOCKET(listen, after_listen(&event, (int)result, (int)b))
        ON_SOCKET(shutdown, after_shutdown(&event, (int)result, (int)b))
        BEGUN(setsockopt, event_begin_socket,
              around_raw_setsockopt(&event, (int)b, (int)c, (const void *)d, (socklen_t)e))
        BEGUN(sendto, event_begin_socket,
              around_sendto(&event, raw_sendto, (const void *)b, (size_t)c, (int)d, (const void *)e, (socklen_t)f))
        BEGUN(sendmsg, event_begin_socket, around_sendmsg(&event, raw_sendmsg, (const void *)b, (int)c))
        BEGUN(sendmmsg, event_begin_socket, around_sendmmsg(&event, raw_sendmmsg, (void *)b, (unsigned)c, (int)d))
        BEGUN(write, event_begin, around_raw_write(&event, (const void *)b, (size_t)c))
        BEGUN(writev, event_begin, around_raw_writev(&event, (const void *)b, (int)c))
        BEGUN(pwritev2, event_begin, around_raw_pwritev2(&event, (const void *)b, (int)c, d, e, (int)f))
        ON_FILE(sendfile, after_sendfile(&event, result, (int)b, (size_t)d))
        ON_FILE(read, after_recv(&event, result, (const void *)b, (size_t)c, 0))
        BEGUN(readv, event_begin, around_raw_readv(&event, (const void *)b, (int)c))
        BEGUN(preadv2, event_begin, around_raw_preadv2(&event, (const void *)b, (int)c, d, e, (int)f))
        BEGUN(ioctl, event_begin, around_raw_ioctl(&event, (unsigned long)b, (const void *)c))
        BEGUN(recvmsg, event_begin_socket, around_raw_recvmsg(&event, (void *)b, (int)c))
        BEGUN(recvmmsg, event_begin_socket, around_raw_recvmmsg(&event, (void *)b, (unsigned)c, (int)d, e))
        RECORDED(SYS_splice, splice, event_begin, descriptor_is_socket((int)c) ? c : a,
                 after_splice(&event, result, (int)a, (int)c, (size_t)e, (unsigned)f))
    case SYS_close: return around_close(CALL_close, raw_close, (int)a);
    case SYS_close_range: return around_close_range(raw_close_range, (unsigned)a, (unsigned)b, (int)c);
    case SYS_dup: return around_dup(raw_dup, (int)a);
#ifdef SYS_dup2
    case SYS_dup2: return around_dup_to(CALL_dup2, raw_dup2, (int)a, (int)b, 0);
#endif
    case SYS_dup3: return around_dup_to(CALL_dup3, raw_dup3, (int)a, (int)b, (int)c);
    case SYS_fcntl: return around_fcntl(CALL_fcntl, raw_fcntl, (int)a, (int)b, c);
    case SYS_execve: return around_execve((const char *)a, (char *const *)b, (char *const *)c);
    case SYS_execveat: return around_execveat((int)a, (const char *)b, (char *const *)c, (char *const *)d, (int)e);
    case SYS_munmap: place_revoke((const void *)a, (size_t)b); break;
    case SYS_mprotect:
    case SYS_pkey_mprotect:
        if ((c & PROT_READ) == 0 || number == SYS_pkey_mprotect)
            place_revoke((const void *)a, (size_t)b);
        break;
    case SYS_mlockall: return around_mlockall(raw_mlockall, (int)a);
    case SYS_io_uring_setup: return set_up_io_uring(a, b);
    case SYS_seccomp:
        if (a == SECCOMP_SET_MODE_FILTER)
            return enter_sandbox(number, a, b, c, d, e, f);
        if (a != SECCOMP_SET_MODE_STRICT)
            break; /* a question */
        before_clock_goes();
        return after_clock_goes((int)real.syscall(number, a, b, c, d, e, f));
    case SYS_prctl:
        return around_prctl(raw_prctl, (int)a, (unsigned long)b, (unsigned long)c, (unsigned long)d, (unsigned long)e);
    default: break;
    }
    result = real.syscall(number, a, b, c, d, e, f);
    after_opening(number, result, a);
    return result;
}
