/* hooks_option.c - options and questions about a socket. */
#include "after.h"
#include "filter.h"
#include "real.h"

#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>

#define VALUE_MAX 64u

/* Options that are more, or other, than an int. A length may be named that is
 * longer than the value: only so much has the kernel surely read. */
enum option_form { NUMBERS, NAME, KEY };
static const struct {
    int level, option; /* -1: any */
    enum option_form form;
    socklen_t size;
} forms[] = {
    {SOL_SOCKET, SO_LINGER, NUMBERS, 8},
    {SOL_SOCKET, SO_RCVTIMEO, NUMBERS, 16},
    {SOL_SOCKET, SO_SNDTIMEO, NUMBERS, 16},
    {SOL_SOCKET, SO_BINDTODEVICE, NAME, IF_NAMESIZE - 1},
    {IPPROTO_IP, IP_ADD_MEMBERSHIP, NUMBERS, 8},
    {IPPROTO_IP, IP_DROP_MEMBERSHIP, NUMBERS, 8},
    {IPPROTO_IP, IP_MULTICAST_IF, NUMBERS, 8},
    {IPPROTO_IPV6, IPV6_JOIN_GROUP, NUMBERS, 20},
    {IPPROTO_IPV6, IPV6_LEAVE_GROUP, NUMBERS, 20},
    {IPPROTO_TCP, TCP_CONGESTION, NAME, 15},
    {IPPROTO_TCP, TCP_ULP, NAME, 15},
    {AF_VSOCK, -1, NUMBERS, 8},
    {IPPROTO_TCP, TCP_MD5SIG, KEY, 0},
    {IPPROTO_TCP, TCP_MD5SIG_EXT, KEY, 0},
    {IPPROTO_TCP, TCP_FASTOPEN_KEY, KEY, 0},
    {279 /* SOL_ALG */, -1, KEY, 0},
    {282 /* SOL_TLS */, -1, KEY, 0},
};
#define FORMS (sizeof forms / sizeof forms[0])

static unsigned form_of(int level, int option)
{
    unsigned i = 0;
    while (i < FORMS && (forms[i].level != level || (forms[i].option != option && forms[i].option != -1)))
        i++;
    return i;
}

static socklen_t bytes_read(int level, int option, socklen_t length)
{
    const unsigned form = form_of(level, option);
    if (form < FORMS)
        return length < forms[form].size ? length : forms[form].size;
    switch (level) {
    case IPPROTO_IP: return length >= sizeof(int) ? sizeof(int) : length != 0; /* a char will do */
    case SOL_SOCKET:
    case IPPROTO_IPV6:
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case SOL_PACKET:
    case SOL_NETLINK: return length >= sizeof(int) ? sizeof(int) : 0;
    default: return 0; /* of these we know nothing */
    }
}

/* The kernel may tell of a value that is longer than the room it was given. */
int after_getsockopt(struct event *event, int result, int level, int option, const void *value, socklen_t room,
                     const socklen_t *length)
{
    event_returned(event, result);
    filter_saw(SYS_getsockopt);
    event->arg[0] = (uint64_t)level;
    event->arg[1] = (uint64_t)option;
    const unsigned form = form_of(level, option);
    if (result == 0 && room != 0 && (form == FORMS || forms[form].form != KEY)) {
        const socklen_t given = *length < room ? *length : room;
        event_add(event, ITEM_VALUE, value, given < VALUE_MAX ? given : VALUE_MAX, *length);
    }
    event_write(event);
    return result;
}

EXPORT int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_getsockopt, fd))
        return real.getsockopt(fd, level, option, value, length);
    const socklen_t room = event_room(value, length);
    return after_getsockopt(&event, real.getsockopt(fd, level, option, value, length), level, option, value, room,
                            length);
}

void before_setsockopt(struct option_given *given, int level, int option, const void *value, socklen_t length)
{
    const unsigned form = form_of(level, option);
    given->size = bytes_read(level, option, length);
    if (value == NULL || !place_copy(given->bytes, value, given->size))
        given->size = 0;
    if (form < FORMS && forms[form].form == NAME)
        given->size = (socklen_t)strnlen((const char *)given->bytes, given->size);
}

int after_setsockopt(struct event *event, int result, int level, int option, const struct option_given *given,
                     socklen_t length)
{
    event_returned(event, result);
    event->arg[0] = (uint64_t)level;
    event->arg[1] = (uint64_t)option;
    if (result == 0)
        event_add(event, ITEM_VALUE, given->bytes, given->size, length);
    event_write(event);
    /* Packets will lie in memory that the program shares with the kernel. */
    if (result == 0 && level == SOL_PACKET && (option == PACKET_RX_RING || option == PACKET_TX_RING))
        event_hidden(event->fd, HIDDEN_MAPPED, COUNT_MAPPED, event->end);
    return result;
}

EXPORT int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    struct event event;
    struct option_given given;
    if (!event_begin_socket(&event, CALL_setsockopt, fd))
        return real.setsockopt(fd, level, option, value, length);
    before_setsockopt(&given, level, option, value, length);
    return after_setsockopt(&event, real.setsockopt(fd, level, option, value, length), level, option, &given, length);
}

/* Requests whose argument is an int; of others we don't know the length. */
static bool takes_int(unsigned long request)
{
    return request == FIONBIO || request == FIOASYNC;
}

static bool gives_int(unsigned long request)
{
    return request == FIONREAD || request == SIOCATMARK || request == SIOCOUTQ;
}

void before_ioctl(struct option_given *given, unsigned long request, const void *argument)
{
    given->size = takes_int(request) && place_copy(given->bytes, argument, sizeof(int)) ? sizeof(int) : 0;
}

int after_ioctl(struct event *event, int result, unsigned long request, const struct option_given *given,
                const void *argument)
{
    event_returned(event, result);
    event->arg[0] = request;
    if (result >= 0 && given->size != 0)
        event_add(event, ITEM_VALUE, given->bytes, given->size, given->size);
    else if (result >= 0 && gives_int(request))
        event_add(event, ITEM_VALUE, argument, sizeof(int), sizeof(int));
    event_write(event);
    return result;
}

static APART int around_ioctl(int fd, unsigned long request, void *argument)
{
    struct event event;
    struct option_given given;
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, CALL_ioctl, fd))
        return real.ioctl(fd, request, argument);
    before_ioctl(&given, request, argument);
    return after_ioctl(&event, real.ioctl(fd, request, argument), request, &given, argument);
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *const argument = va_arg(list, void *);
    va_end(list);
    return around_ioctl(fd, request, argument);
}

EXPORT int sockatmark(int fd)
{
    struct event event;
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, CALL_sockatmark, fd))
        return real.sockatmark(fd);
    const int result = real.sockatmark(fd);
    event_returned(&event, result);
    event_write(&event);
    return result;
}

EXPORT int isfdtype(int fd, int type)
{
    struct event event;
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, CALL_isfdtype, fd))
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
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, CALL_fdopen, fd))
        return real.fdopen(fd, mode);
    FILE *const file = real.fdopen(fd, mode);
    event_returned(&event, file != NULL ? 0 : -1);
    if (file != NULL)
        event_add_text(&event, mode);
    event_write(&event);
    if (file != NULL)
        event_hidden(fd, HIDDEN_STREAM, COUNT_HIDDEN_USE, event.end);
    return file;
}
