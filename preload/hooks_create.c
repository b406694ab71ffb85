/* hooks_create.c - phase one: a socket is created, and a descriptor comes back. */
#include "after.h"
#include "process.h"
#include "real.h"

#include <string.h>

/* What the caller asked for, which stands in the record even if it failed. */
static void note_request(struct event *event, int domain, int type, int protocol)
{
    event->arg[0] = (uint64_t)domain;
    event->arg[1] = (uint64_t)type;
    event->arg[2] = (uint64_t)protocol;
    const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    event->socket.family = (uint8_t)(domain == (domain & 0xff) ? domain : AF_UNSPEC);
    event->socket.type = (uint8_t)(kind == (kind & 0xff) ? kind : 0);
}

int after_socket(struct event *event, int fd, int domain, int type, int protocol)
{
    event_returned(event, fd);
    note_request(event, domain, type, protocol);
    if (fd >= 0) {
        event_opens(event, fd, domain, type);
        event->fd = fd;
        event_socket(event, fd);
        event->marks |= MARK_CREATES;
    }
    event_write(event);
    return fd;
}

EXPORT int socket(int domain, int type, int protocol)
{
    struct event event;
    if (!event_begin_any(&event, CALL_socket, -1))
        return real.socket(domain, type, protocol);
    return after_socket(&event, real.socket(domain, type, protocol), domain, type, protocol);
}

int after_socketpair(struct event *event, int result, int domain, int type, int protocol, const int pair[2])
{
    event_returned(event, result);
    note_request(event, domain, type, protocol);
    struct created created[2] = {{0}};
    if (result == 0) {
        for (int i = 0; i < 2; i++) {
            event_opens(event, pair[i], domain, type);
            created[i] = event_created(pair[i]);
        }
        event_add(event, ITEM_CREATED, created, sizeof created, sizeof created);
    }
    event_write(event);
    return result;
}

EXPORT int socketpair(int domain, int type, int protocol, int pair[2])
{
    struct event event;
    if (!event_begin_any(&event, CALL_socketpair, -1))
        return real.socketpair(domain, type, protocol, pair);
    return after_socketpair(&event, real.socketpair(domain, type, protocol, pair), domain, type, protocol, pair);
}

/* The local address of an accepted socket is the listening one's, unless that
 * is a wildcard. */
static void note_accepted_local(int listening, int fd)
{
    static const uint8_t wildcard[4];
    const struct socket *const parent = descriptor_kind(listening) != NO_SOCKET ? descriptor_socket(listening) : NULL;
    if (parent != NULL && parent->family == AF_INET && memcmp(parent->local_ip, wildcard, sizeof wildcard) != 0)
        descriptor_local_copy(listening, fd);
    else if (parent != NULL && parent->family == AF_UNIX && parent->local_size != 0)
        descriptor_local(fd, descriptor_names(listening)->local, parent->local_size);
    else
        descriptor_look_up_local(fd);
}

/* An accepted socket is a new one beside the listening one. Its peer is in the
 * caller's buffer, if that has room. */
static void note_accepted(struct event *event, int fd, const struct sockaddr *address, socklen_t room,
                          const socklen_t *length)
{
    if (!process_owns_memory())
        return;
    event_opens(event, fd, event->socket.family, event->socket.type);
    if (!descriptor_is_socket(fd))
        return; /* it has no place in our table */
    const socklen_t size = room != 0 ? event_fits(*length, room) : 0;
    if (size != 0)
        descriptor_peer(fd, address, size);
    else
        descriptor_look_up_peer(fd);
    note_accepted_local(event->fd, fd);
}

int after_accept(struct event *event, int listening, int fd, const struct sockaddr *address, socklen_t room,
                 const socklen_t *length, int flags)
{
    event_returned(event, fd);
    event->arg[0] = (uint64_t)flags;
    struct created created;
    if (fd >= 0) {
        event_finds(event, listening);
        event_socket(event, listening);
        note_accepted(event, fd, address, room, length);
        const uint64_t inode = event->socket.inode;
        event_socket(event, fd);     /* the record tells the new pipe's ends … */
        event->socket.inode = inode; /* … and acts on the listening socket */
        event->marks |= MARK_CREATES;
        created = event_created(fd);
        event_add(event, ITEM_CREATED, &created, sizeof created, sizeof created);
    }
    event_write(event);
    return fd;
}

/* The program does not ask who comes: then we do, in the same call, and need no other.
 * Not of families that could fail for it. */
static bool asks_instead(const struct event *event, const struct sockaddr *address)
{
    return address == NULL && (event->socket.family == AF_INET || event->socket.family == AF_INET6);
}

EXPORT int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    struct address peer;
    if (!event_begin_socket(&event, CALL_accept, fd))
        return real.accept(fd, address, length);
    if (asks_instead(&event, address)) {
        peer.size = sizeof peer.bytes;
        const int result = real.accept(fd, &peer.any, &peer.size);
        return after_accept(&event, fd, result, &peer.any, sizeof peer.bytes, &peer.size, 0);
    }
    const socklen_t room = event_room(address, length);
    return after_accept(&event, fd, real.accept(fd, address, length), address, room, length, 0);
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    struct event event;
    struct address peer;
    if (!event_begin_socket(&event, CALL_accept4, fd))
        return real.accept4(fd, address, length, flags);
    if (asks_instead(&event, address)) {
        peer.size = sizeof peer.bytes;
        const int result = real.accept4(fd, &peer.any, &peer.size, flags);
        return after_accept(&event, fd, result, &peer.any, sizeof peer.bytes, &peer.size, flags);
    }
    const socklen_t room = event_room(address, length);
    return after_accept(&event, fd, real.accept4(fd, address, length, flags), address, room, length, flags);
}

/* What comes may be no socket; then there is nothing to record. */
int after_pidfd_getfd(struct event *event, int fd, int pidfd, int target, unsigned flags)
{
    event_returned(event, fd);
    if (fd < 0 || !event_obtains(event, fd))
        return fd;
    event->arg[0] = (uint64_t)pidfd;
    event->arg[1] = (uint64_t)target;
    event->arg[2] = flags;
    event->marks |= MARK_CREATES;
    event->fd = fd;
    event_socket(event, fd);
    event_write(event);
    return fd;
}

EXPORT int pidfd_getfd(int pidfd, int target, unsigned flags);
EXPORT int pidfd_getfd(int pidfd, int target, unsigned flags)
{
    struct event event;
    if (!event_begin_any(&event, CALL_pidfd_getfd, -1))
        return real.pidfd_getfd(pidfd, target, flags);
    return after_pidfd_getfd(&event, real.pidfd_getfd(pidfd, target, flags), pidfd, target, flags);
}
