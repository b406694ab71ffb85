/* hooks_connect.c - phase two: a socket is given a name, and a peer. Here the
 * stack picks the port, so these look the local address up. */
#include "after.h"
#include "filter.h"
#include "process.h"
#include "real.h"

#include <linux/netlink.h>
#include <linux/vm_sockets.h>

/* Does the address tell all, so that the stack need not be asked what it chose? */
static bool names_itself(const struct address *named)
{
    if (named->any.sa_family == AF_INET && named->size >= sizeof named->in)
        return named->in.sin_port != 0;
    if (named->any.sa_family == AF_INET6 && named->size >= sizeof named->in6)
        return named->in6.sin6_port != 0;
    return named->any.sa_family == AF_UNIX && named->size > sizeof(sa_family_t);
}

/* Does the stack choose the port, or what takes its place in other families? */
static bool is_left_open(const struct address *named)
{
    if (named->size == 0 || names_itself(named))
        return false;
    switch (named->any.sa_family) {
    case AF_NETLINK:
        return named->size < sizeof(struct sockaddr_nl) || ((const struct sockaddr_nl *)&named->any)->nl_pid == 0;
    case AF_VSOCK:
        return named->size < sizeof(struct sockaddr_vm) ||
               ((const struct sockaddr_vm *)&named->any)->svm_port == VMADDR_PORT_ANY;
    default:
        return named->any.sa_family == AF_INET || named->any.sa_family == AF_INET6 || named->any.sa_family == AF_UNIX;
    }
}

int after_bind(struct event *event, int result, struct address *named)
{
    event_returned(event, result);
    if (result == 0 && process_owns_memory()) {
        event_finds(event, event->fd);
        descriptor_local(event->fd, named->bytes, named->size);
        if (named->size == 0 || !names_itself(named)) {
            descriptor_look_up_local(event->fd);
            event->arg[0] = is_left_open(named);
        }
        event_socket(event, event->fd);
    } else if (event_has_read(event)) {
        event_local(event, named->bytes, named->size);
    }
    event_write(event);
    return result;
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct event event;
    struct address named;
    if (!event_begin_socket(&event, CALL_bind, fd))
        return real.bind(fd, address, length);
    address_take(&named, address, length);
    return after_bind(&event, real.bind(fd, address, length), &named);
}

EXPORT int bindresvport(int fd, struct sockaddr_in *address)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_bindresvport, fd))
        return real.bindresvport(fd, address);
    const int result = real.bindresvport(fd, address);
    event_returned(&event, result);
    if (result == 0 && process_owns_memory()) {
        event_finds(&event, fd);
        descriptor_look_up_local(fd);
        event_socket(&event, fd);
    }
    event_write(&event);
    return result;
}

int after_listen(struct event *event, int result, int backlog)
{
    event_returned(event, result);
    event->arg[0] = (uint64_t)backlog;
    const int fd = event->fd;
    if (result == 0 && process_owns_memory()) {
        event_finds(event, fd);
        if (descriptor_may_be_socket(fd) && (descriptor_socket(fd)->looked_up & LOCAL_KNOWN) == 0)
            descriptor_look_up_local(fd); /* an unbound socket was bound just now */
        event_socket(event, fd);
    }
    event_write(event);
    return result;
}

EXPORT int listen(int fd, int backlog)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_listen, fd))
        return real.listen(fd, backlog);
    return after_listen(&event, real.listen(fd, backlog), backlog);
}

/* A connect to no family at all undoes the one before, and gives the port back that
 * the stack chose for it: the next sendto is a first one. */
static void forget_local(int fd, const struct address *named)
{
    if (descriptor_may_be_socket(fd) && named->size >= sizeof named->any.sa_family && named->any.sa_family == AF_UNSPEC)
        descriptor_socket(fd)->looked_up &= (uint8_t)~LOCAL_KNOWN;
}

int after_connect(struct event *event, int result, struct address *named)
{
    event_returned(event, result);
    const bool under_way = result == 0 || event->error == EINPROGRESS || event->error == EINTR;
    if (under_way && process_owns_memory()) {
        forget_local(event->fd, named);
        event_connects(event, named);
    } else if (event_has_read(event)) {
        event_peer(event, named->bytes, named->size);
    }
    event_write(event);
    return result;
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct event event;
    struct address named;
    if (!event_begin_socket(&event, CALL_connect, fd))
        return real.connect(fd, address, length);
    address_take(&named, address, length);
    return after_connect(&event, real.connect(fd, address, length), &named);
}

EXPORT int __connect(int fd, const struct sockaddr *address, socklen_t length);
EXPORT int __connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct event event;
    struct address named;
    if (!event_begin_socket(&event, CALL___connect, fd))
        return real.__connect(fd, address, length);
    address_take(&named, address, length);
    return after_connect(&event, real.__connect(fd, address, length), &named);
}

/* The program asks for a name itself: what it is told we note as well. */
int after_getname(struct event *event, int result, const struct sockaddr *address, socklen_t room,
                  const socklen_t *length, bool local)
{
    event_returned(event, result);
    filter_saw(local ? SYS_getsockname : SYS_getpeername);
    const socklen_t size = result == 0 && room != 0 ? event_fits(*length, room) : 0;
    if (size != 0) {
        event_finds(event, event->fd);
        if (process_owns_memory())
            (local ? descriptor_local : descriptor_peer)(event->fd, address, size);
        (local ? event_local : event_peer)(event, address, size);
    }
    event_write(event);
    return result;
}

EXPORT int getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_getsockname, fd))
        return real.getsockname(fd, address, length);
    const socklen_t room = event_room(address, length);
    return after_getname(&event, real.getsockname(fd, address, length), address, room, length, true);
}

EXPORT int getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_getpeername, fd))
        return real.getpeername(fd, address, length);
    const socklen_t room = event_room(address, length);
    return after_getname(&event, real.getpeername(fd, address, length), address, room, length, false);
}
