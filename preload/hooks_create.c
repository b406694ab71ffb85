/* hooks_create.c - phase one: a socket is created and a descriptor comes back;
 * and all the other ways in which a descriptor comes to name a socket. */
#include "event.h"
#include "process.h"
#include "real.h"

#include <fcntl.h>
#include <string.h>

/* Puts the new descriptor `fd` into the table; tells what it replaced. */
static void note_open(int fd, int family, int type)
{
    if (!process_owns_memory())
        return;
    if (descriptor_open(fd, family, type, descriptor_inode(fd))) {
        ring_count(&ring, COUNT_HIDDEN_CLOSE, 1);
        event_note(CALL_hidden, fd, HIDDEN_CLOSE);
    }
}

EXPORT int socket(int domain, int type, int protocol)
{
    struct event event;
    if (!event_begin_any(&event, CALL_socket, -1))
        return real.socket(domain, type, protocol);
    const int fd = real.socket(domain, type, protocol);
    event_returned(&event, fd);
    event.arg[0] = (uint64_t)domain;
    event.arg[1] = (uint64_t)type;
    event.arg[2] = (uint64_t)protocol;
    event.socket.family = (uint8_t)domain;
    event.socket.type = (uint8_t)(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd >= 0) {
        note_open(fd, domain, type);
        event.fd = fd;
        event_socket(&event, fd);
        event.marks |= MARK_CREATES;
    }
    event_write(&event);
    return fd;
}

EXPORT int socketpair(int domain, int type, int protocol, int pair[2])
{
    struct event event;
    if (!event_begin_any(&event, CALL_socketpair, -1))
        return real.socketpair(domain, type, protocol, pair);
    const int result = real.socketpair(domain, type, protocol, pair);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)domain;
    event.arg[1] = (uint64_t)type;
    event.arg[2] = (uint64_t)protocol;
    event.socket.family = (uint8_t)domain;
    event.socket.type = (uint8_t)(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC));
    struct created created[2] = {{0}};
    if (result == 0) {
        for (int i = 0; i < 2; i++) {
            note_open(pair[i], domain, type);
            created[i] = event_created(pair[i]);
        }
        event_add(&event, ITEM_CREATED, created, sizeof created, sizeof created);
    }
    event_write(&event);
    return result;
}

/* An accepted socket is a new one beside the listening one. Its peer is in the
 * caller's buffer, if that has room; its local address is the listening one's,
 * unless that is a wildcard. */
static void note_accepted(int listening, int fd, const struct sockaddr *address, socklen_t room,
                          const socklen_t *length)
{
    const struct socket *const parent =
        descriptor_kind(listening) != NO_SOCKET ? &descriptors.sockets[listening] : NULL;
    if (!process_owns_memory() || (unsigned)fd >= descriptors.limit)
        return;
    note_open(fd, parent != NULL ? parent->family : AF_UNSPEC, parent != NULL ? parent->type : 0);
    if (parent == NULL)
        descriptor_learn(fd);
    if (address != NULL && length != NULL && *length <= room)
        descriptor_peer(fd, address, *length);
    else
        descriptor_look_up_peer(fd);

    static const uint8_t wildcard[4];
    const bool specific =
        parent != NULL && ((parent->family == AF_INET && memcmp(parent->local_ip, wildcard, 4) != 0) ||
                           (parent->family == AF_UNIX && parent->local_size != 0));
    if (!specific)
        descriptor_look_up_local(fd);
    else if (parent->family == AF_UNIX)
        descriptor_local(fd, descriptors.names[listening].local, parent->local_size);
    else
        descriptor_local_copy(listening, fd);
}

static int accepted(struct event *event, int listening, int fd, const struct sockaddr *address, socklen_t room,
                    const socklen_t *length, int flags)
{
    event_returned(event, fd);
    event->arg[0] = (uint64_t)flags;
    struct created created;
    if (fd >= 0) {
        note_accepted(listening, fd, address, room, length);
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

EXPORT int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    struct event event;
    if (!event_begin_any(&event, CALL_accept, fd))
        return real.accept(fd, address, length);
    const socklen_t room = event_room(address, length);
    const int result = real.accept(fd, address, length);
    return accepted(&event, fd, result, address, room, length, 0);
}

EXPORT int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    struct event event;
    if (!event_begin_any(&event, CALL_accept4, fd))
        return real.accept4(fd, address, length, flags);
    const socklen_t room = event_room(address, length);
    const int result = real.accept4(fd, address, length, flags);
    return accepted(&event, fd, result, address, room, length, flags);
}

static bool is_socket(int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    return kind == SOCKET || kind == CLOSING;
}

EXPORT int dup(int fd)
{
    struct event event;
    if (!is_socket(fd) || !event_begin_any(&event, CALL_dup, fd))
        return real.dup(fd);
    const int result = real.dup(fd);
    event_returned(&event, result);
    if (result >= 0) {
        if (process_owns_memory())
            descriptor_copy(fd, result);
        event.marks |= MARK_CREATES;
    }
    event_write(&event);
    return result;
}

/* dup2 and dup3 close what the number named before, without a word. */
static int dup_to(enum call call, int (*run)(int fd, int to, int flags), int fd, int to, int flags)
{
    struct event event;
    if ((!is_socket(fd) && !is_socket(to)) || !event_begin_any(&event, call, fd))
        return run(fd, to, flags);
    const bool owns = process_owns_memory();
    if (owns && fd != to)
        descriptor_closing(to);
    const int result = run(fd, to, flags);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)to;
    event.arg[1] = (uint64_t)flags;
    if (result >= 0) {
        if (owns)
            descriptor_copy(fd, to);
        event.marks |= MARK_CREATES;
    } else if (owns && fd != to) {
        descriptor_kept(to);
    }
    event_write(&event);
    return result;
}

static int run_dup2(int fd, int to, int flags)
{
    (void)flags;
    return real.dup2(fd, to);
}

static int run___dup2(int fd, int to, int flags)
{
    (void)flags;
    return real.__dup2(fd, to);
}

EXPORT int dup2(int fd, int to)
{
    return dup_to(CALL_dup2, run_dup2, fd, to, 0);
}

EXPORT int __dup2(int fd, int to);
EXPORT int __dup2(int fd, int to)
{
    return dup_to(CALL___dup2, run___dup2, fd, to, 0);
}

EXPORT int dup3(int fd, int to, int flags)
{
    return dup_to(CALL_dup3, real.dup3, fd, to, flags);
}

static int run_fcntl(enum call call, int (*run)(int fd, int command, ...), int fd, int command, long argument)
{
    struct event event;
    if (!is_socket(fd) || !event_begin_any(&event, call, fd))
        return run(fd, command, argument);
    const int result = run(fd, command, argument);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)command;
    event.arg[1] = (uint64_t)argument;
    if (result >= 0 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC)) {
        if (process_owns_memory())
            descriptor_copy(fd, result);
        event.marks |= MARK_CREATES;
    }
    event_write(&event);
    return result;
}

/* The third argument is an int, a pointer or nothing; a long holds them all. */
#define FCNTL(name)                                                                                                    \
    EXPORT int name(int fd, int command, ...);                                                                         \
    EXPORT int name(int fd, int command, ...)                                                                          \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, command);                                                                                       \
        const long argument = va_arg(list, long);                                                                      \
        va_end(list);                                                                                                  \
        library_ready();                                                                                               \
        return run_fcntl(CALL_##name, real.name, fd, command, argument);                                               \
    }
FCNTL(fcntl)
FCNTL(fcntl64)
FCNTL(__fcntl)

EXPORT int pidfd_getfd(int pidfd, int target, unsigned flags);
EXPORT int pidfd_getfd(int pidfd, int target, unsigned flags)
{
    struct event event;
    if (!event_begin_any(&event, CALL_pidfd_getfd, -1))
        return real.pidfd_getfd(pidfd, target, flags);
    const int fd = real.pidfd_getfd(pidfd, target, flags);
    event_returned(&event, fd);
    if (fd < 0 || !process_owns_memory() || !descriptor_learn(fd))
        return fd; /* no socket */
    event.arg[0] = (uint64_t)pidfd;
    event.arg[1] = (uint64_t)target;
    event.arg[2] = flags;
    event.marks |= MARK_CREATES;
    event.fd = fd;
    event_socket(&event, fd);
    event_write(&event);
    return fd;
}
