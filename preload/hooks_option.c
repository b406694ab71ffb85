/* hooks_option.c - options and questions about a socket. */
#include "event.h"
#include "process.h"
#include "real.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#define VALUE_MAX 64u

EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    struct event event;
    if (!event_begin_any(&event, CALL_getsockopt, fd))
        return real.getsockopt(fd, level, option, value, length);
    const int result = real.getsockopt(fd, level, option, value, length);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)level;
    event.arg[1] = (uint64_t)option;
    if (result == 0 && value != NULL)
        event_add(&event, ITEM_VALUE, value, *length < VALUE_MAX ? *length : VALUE_MAX, *length);
    event_write(&event);
    return result;
}

EXPORT int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    struct event event;
    if (!event_begin_any(&event, CALL_setsockopt, fd))
        return real.setsockopt(fd, level, option, value, length);
    const int result = real.setsockopt(fd, level, option, value, length);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)level;
    event.arg[1] = (uint64_t)option;
    if (result == 0 && value != NULL)
        event_add(&event, ITEM_VALUE, value, length < VALUE_MAX ? length : VALUE_MAX, length);
    event_write(&event);
    return result;
}

/* Requests whose argument is an int; of others we don't know the length. */
static bool points_to_int(unsigned long request)
{
    return request == FIONBIO || request == FIONREAD || request == FIOASYNC || request == SIOCATMARK ||
           request == SIOCOUTQ;
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *const argument = va_arg(list, void *);
    va_end(list);
    struct event event;
    library_ready();
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, CALL_ioctl, fd))
        return real.ioctl(fd, request, argument);
    const int result = real.ioctl(fd, request, argument);
    event_returned(&event, result);
    event.arg[0] = request;
    if (result >= 0 && points_to_int(request))
        event_add(&event, ITEM_VALUE, argument, sizeof(int), sizeof(int));
    event_write(&event);
    return result;
}

EXPORT int sockatmark(int fd)
{
    struct event event;
    if (!event_begin_any(&event, CALL_sockatmark, fd))
        return real.sockatmark(fd);
    const int result = real.sockatmark(fd);
    event_returned(&event, result);
    event_write(&event);
    return result;
}

EXPORT int isfdtype(int fd, int type)
{
    struct event event;
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, CALL_isfdtype, fd))
        return real.isfdtype(fd, type);
    const int result = real.isfdtype(fd, type);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)type;
    event_write(&event);
    return result;
}

/* A stream over a socket: what libc reads and writes for it stays hidden. */
EXPORT FILE *fdopen(int fd, const char *mode)
{
    struct event event;
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, CALL_fdopen, fd))
        return real.fdopen(fd, mode);
    FILE *const file = real.fdopen(fd, mode);
    event_returned(&event, file != NULL ? 0 : -1);
    if (file != NULL) {
        event_add_text(&event, mode);
        ring_count(&ring, COUNT_HIDDEN_USE, 1);
    }
    event_write(&event);
    return file;
}
