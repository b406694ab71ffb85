/* hooks_wait.c - waiting for sockets. Off by default (%poll): these are many,
 * and say little about what is sent where. */
#include "event.h"
#include "real.h"

/* Recorded only when asked for. */
static bool begin_wait(struct event *event, enum call call)
{
    return UNLIKELY(settings.enabled[call]) && event_begin_any(event, call, -1);
}

/* Before the call: Linux writes the time left back into select's. -1 where there is
 * none, or none that can be read. */
static int64_t timespec_ms(const struct timespec *time)
{
    struct timespec copy;
    return time == NULL || !place_copy(&copy, time, sizeof copy) ? -1
                                                                 : (int64_t)copy.tv_sec * 1000 + copy.tv_nsec / 1000000;
}

static int64_t timeval_ms(const struct timeval *time)
{
    struct timeval copy;
    return time == NULL || !place_copy(&copy, time, sizeof copy) ? -1
                                                                 : (int64_t)copy.tv_sec * 1000 + copy.tv_usec / 1000;
}

static int waited(struct event *event, int result, uint64_t count, int64_t timeout)
{
    event_returned(event, result);
    event->arg[0] = count;
    event->arg[1] = (uint64_t)timeout;
    event_write(event);
    return result;
}

EXPORT int poll(struct pollfd *set, nfds_t count, int timeout)
{
    struct event event;
    if (!begin_wait(&event, CALL_poll))
        return real.poll(set, count, timeout);
    return waited(&event, real.poll(set, count, timeout), count, timeout);
}

EXPORT int __poll(struct pollfd *set, nfds_t count, int timeout);
EXPORT int __poll(struct pollfd *set, nfds_t count, int timeout)
{
    struct event event;
    if (!begin_wait(&event, CALL___poll))
        return real.__poll(set, count, timeout);
    return waited(&event, real.__poll(set, count, timeout), count, timeout);
}

EXPORT int __poll_chk(struct pollfd *set, nfds_t count, int timeout, size_t room);
EXPORT int __poll_chk(struct pollfd *set, nfds_t count, int timeout, size_t room)
{
    struct event event;
    if (!begin_wait(&event, CALL___poll_chk))
        return real.__poll_chk(set, count, timeout, room);
    return waited(&event, real.__poll_chk(set, count, timeout, room), count, timeout);
}

EXPORT int ppoll(struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    struct event event;
    if (!begin_wait(&event, CALL_ppoll))
        return real.ppoll(set, count, timeout, mask);
    const int64_t ms = timespec_ms(timeout);
    return waited(&event, real.ppoll(set, count, timeout, mask), count, ms);
}

EXPORT int __ppoll_chk(struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                       size_t room);
EXPORT int __ppoll_chk(struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                       size_t room)
{
    struct event event;
    if (!begin_wait(&event, CALL___ppoll_chk))
        return real.__ppoll_chk(set, count, timeout, mask, room);
    const int64_t ms = timespec_ms(timeout);
    return waited(&event, real.__ppoll_chk(set, count, timeout, mask, room), count, ms);
}

EXPORT int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
    struct event event;
    if (!begin_wait(&event, CALL_select))
        return real.select(count, in, out, except, timeout);
    const int64_t ms = timeval_ms(timeout);
    return waited(&event, real.select(count, in, out, except, timeout), (uint64_t)count, ms);
}

EXPORT int __select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
EXPORT int __select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
    struct event event;
    if (!begin_wait(&event, CALL___select))
        return real.__select(count, in, out, except, timeout);
    const int64_t ms = timeval_ms(timeout);
    return waited(&event, real.__select(count, in, out, except, timeout), (uint64_t)count, ms);
}

EXPORT int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
                   const sigset_t *mask)
{
    struct event event;
    if (!begin_wait(&event, CALL_pselect))
        return real.pselect(count, in, out, except, timeout, mask);
    const int64_t ms = timespec_ms(timeout);
    return waited(&event, real.pselect(count, in, out, except, timeout, mask), (uint64_t)count, ms);
}

static int epoll_created(struct event *event, int result, int argument)
{
    event_returned(event, result);
    event->arg[0] = (uint64_t)argument;
    if (result >= 0) {
        event->fd = event_opened(result);
        event->marks |= MARK_CREATES;
    }
    event_write(event);
    return result;
}

EXPORT int epoll_create(int size)
{
    struct event event;
    if (!begin_wait(&event, CALL_epoll_create))
        return event_opened(real.epoll_create(size));
    return epoll_created(&event, real.epoll_create(size), size);
}

EXPORT int epoll_create1(int flags)
{
    struct event event;
    if (!begin_wait(&event, CALL_epoll_create1))
        return event_opened(real.epoll_create1(flags));
    return epoll_created(&event, real.epoll_create1(flags), flags);
}

EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *change)
{
    struct event event;
    if (!begin_wait(&event, CALL_epoll_ctl))
        return real.epoll_ctl(epoll, operation, fd, change);
    struct epoll_event asked = {0};
    if (operation != EPOLL_CTL_DEL && !place_copy(&asked, change, sizeof asked))
        asked.events = 0;
    const int result = real.epoll_ctl(epoll, operation, fd, change);
    event_returned(&event, result);
    event.fd = fd;
    event_socket(&event, fd);
    event.arg[0] = (uint64_t)epoll;
    event.arg[1] = (uint64_t)operation;
    event.arg[2] = result == 0 ? asked.events : 0;
    event_write(&event);
    return result;
}

static bool begin_epoll(struct event *event, enum call call, int epoll)
{
    if (!begin_wait(event, call))
        return false;
    event->fd = epoll;
    return true;
}

EXPORT int epoll_wait(int epoll, struct epoll_event *events, int room, int timeout)
{
    struct event event;
    if (!begin_epoll(&event, CALL_epoll_wait, epoll))
        return real.epoll_wait(epoll, events, room, timeout);
    return waited(&event, real.epoll_wait(epoll, events, room, timeout), (uint64_t)room, timeout);
}

EXPORT int epoll_pwait(int epoll, struct epoll_event *events, int room, int timeout, const sigset_t *mask)
{
    struct event event;
    if (!begin_epoll(&event, CALL_epoll_pwait, epoll))
        return real.epoll_pwait(epoll, events, room, timeout, mask);
    return waited(&event, real.epoll_pwait(epoll, events, room, timeout, mask), (uint64_t)room, timeout);
}

EXPORT int epoll_pwait2(int epoll, struct epoll_event *events, int room, const struct timespec *timeout,
                        const sigset_t *mask)
{
    struct event event;
    if (!begin_epoll(&event, CALL_epoll_pwait2, epoll))
        return real.epoll_pwait2(epoll, events, room, timeout, mask);
    const int64_t ms = timespec_ms(timeout);
    return waited(&event, real.epoll_pwait2(epoll, events, room, timeout, mask), (uint64_t)room, ms);
}
