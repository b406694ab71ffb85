/* event_effects.c - what a call did to the table of descriptors, and records of what no
 * call of the program says; see event.h. Rarely enough for size to count. */
#include "event.h"

#include "process.h"

#include <string.h>

APART void event_note(enum call call, int fd, uint64_t what)
{
    struct event event;
    if (!event_begin_any(&event, call, fd))
        return;
    event.arg[0] = what;
    event.end = event.start;
    event_write(&event);
}

APART void event_hidden(int fd, uint64_t what, enum ring_count count, uint64_t when)
{
    struct event event;
    if (ring.header == NULL)
        return;
    ring_count(&ring, count, 1);
    if (!event_begin_any(&event, CALL_hidden, fd))
        return;
    event.arg[0] = what;
    event.start = event.end = when;
    event_write(&event);
}

/* Where the table has no room for a socket, nobody sees it read and written. */
static void tell_beyond(const struct event *event, int fd)
{
    if (!descriptor_fits(fd))
        event_hidden(fd, HIDDEN_BEYOND, COUNT_HIDDEN_USE, event->end);
}

/* The number was free, said the kernel; we may have held it for a socket. */
static void meet(const struct event *event, int fd)
{
    if (descriptor_is_socket(fd))
        event_hidden(fd, HIDDEN_CLOSE, COUNT_HIDDEN_CLOSE, event->start);
    tell_beyond(event, fd);
}

APART void event_reuses(int fd)
{
    if (ring.header == NULL || !process_owns_memory())
        return;
    if (descriptor_is_socket(fd))
        event_hidden(fd, HIDDEN_CLOSE, COUNT_HIDDEN_CLOSE, clock_ticks(ring.clock));
    descriptor_forget(fd);
}

void event_opens(struct event *event, int fd, int family, int type)
{
    if (!process_owns_memory())
        return;
    meet(event, fd);
    descriptor_open(fd, family, type, descriptor_inode(fd));
}

void event_copies(struct event *event, int from, int to)
{
    if (!process_owns_memory())
        return;
    meet(event, to);
    descriptor_copy(from, to);
}

void event_replaces(struct event *event, int from, int to)
{
    if (!process_owns_memory())
        return;
    tell_beyond(event, to);
    descriptor_copy(from, to);
}

bool event_obtains(struct event *event, int fd)
{
    if (!process_owns_memory())
        return false;
    meet(event, fd);
    return descriptor_learn(fd);
}

void event_finds(struct event *event, int fd)
{
    if (descriptor_may_be_socket(fd) || !process_owns_memory() || !descriptor_fits(fd))
        return;
    const bool seen = (descriptor_socket(fd)->looked_up & PASSED_IN) != 0;
    if (!descriptor_learn(fd))
        descriptor_open(fd, AF_UNSPEC, 0, 0);
    if (!seen)
        event_hidden(fd, HIDDEN_OPEN, COUNT_HIDDEN_OPEN, event->start);
}

void event_settles(const struct event *event, struct address *peer)
{
    static const uint8_t any[16], loopback[4] = {127, 0, 0, 1}, mapped[12] = {[10] = 0xff, 0xff};
    if (!descriptor_may_be_socket(event->fd))
        return;
    const struct socket *const socket = descriptor_socket(event->fd);
    if (peer->size >= offsetof(struct sockaddr_in, sin_zero) && peer->any.sa_family == AF_INET &&
        memcmp(&peer->in.sin_addr, any, 4) == 0) {
        memcpy(&peer->in.sin_addr, memcmp(socket->local_ip, any, 4) != 0 ? socket->local_ip : loopback, 4);
    } else if (peer->size >= sizeof peer->in6 && peer->any.sa_family == AF_INET6 &&
               memcmp(&peer->in6.sin6_addr, any, 16) == 0) {
        struct sockaddr_in6 local = {.sin6_addr = IN6ADDR_ANY_INIT};
        if (socket->local_size >= sizeof local)
            memcpy(&local, descriptor_names(event->fd)->local, sizeof local);
        if (memcmp(&local.sin6_addr, mapped, sizeof mapped) == 0)
            memcpy(&peer->in6.sin6_addr, &local.sin6_addr, 16);
        else
            peer->in6.sin6_addr.s6_addr[15] = 1; /* ::1 */
    }
}

void event_connects(struct event *event, struct address *peer)
{
    event_finds(event, event->fd);
    descriptor_look_up_local(event->fd);
    event_settles(event, peer);
    descriptor_peer(event->fd, peer->bytes, peer->size);
    if (peer->size == 0) /* it could not be read */
        descriptor_look_up_peer(event->fd);
    event_socket(event, event->fd);
}
