/* hooks_inside.c - calls behind which libc uses sockets of its own, or ours by
 * itself: what goes on there stays hidden, so it is counted (COUNT_HIDDEN_USE).
 * The names have hooks_resolve.c, syslog has hooks_syslog.c. */
#include "event.h"
#include "real.h"

/* A helper thread of libc reads or writes for the program. */
static int after_aio(struct event *event, int result, size_t size)
{
    event_returned(event, result);
    event->arg[0] = size;
    event_write(event);
    if (result == 0)
        event_hidden(event->fd, HIDDEN_USE, COUNT_HIDDEN_USE, event->end);
    return result;
}

/* The block may be gone as soon as the call is made; libc looks into it as we
 * do. */
#define AIO(name, block_of)                                                                                            \
    EXPORT int name(struct block_of *block)                                                                            \
    {                                                                                                                  \
        struct event event;                                                                                            \
        const size_t size = block->aio_nbytes;                                                                         \
        if (!event_begin(&event, CALL_##name, block->aio_fildes))                                                      \
            return real.name(block);                                                                                   \
        return after_aio(&event, real.name(block), size);                                                              \
    }
AIO(aio_read, aiocb)
AIO(aio_write, aiocb)
AIO(aio_read64, aiocb64)
AIO(aio_write64, aiocb64)

/* libc waits for the notice on a netlink socket, if a thread shall have it. */
EXPORT int mq_notify(mqd_t queue, const struct sigevent *notice)
{
    struct event event;
    const bool threaded = notice != NULL && notice->sigev_notify == SIGEV_THREAD;
    if (!threaded || !event_begin_any(&event, CALL_mq_notify, -1))
        return real.mq_notify(queue, notice);
    const int result = real.mq_notify(queue, notice);
    event_returned(&event, result);
    event_write(&event);
    if (result == 0)
        event_hidden(-1, HIDDEN_USE, COUNT_HIDDEN_USE, event.end);
    return result;
}

/* A connected socket that libc made: known from here on. `other` may have got a
 * second one. */
static int after_remote(struct event *event, int fd, char *const *host, const int *other)
{
    event_returned(event, fd);
    if (host != NULL)
        event_add_text(event, *host);
    if (fd >= 0 && event_obtains(event, fd)) {
        event->fd = fd;
        event_socket(event, fd);
        event->marks |= MARK_CREATES;
    }
    if (fd >= 0 && other != NULL)
        event_obtains(event, *other);
    event_write(event);
    return fd;
}

#define REMOTE(name, params, args, host, other)                                                                        \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name args;                                                                                     \
        return after_remote(&event, real.name args, host, other);                                                      \
    }
REMOTE(rresvport, (int *port), (port), NULL, NULL)
REMOTE(rresvport_af, (int *port, sa_family_t family), (port, family), NULL, NULL)
REMOTE(rcmd,
       (char **host, unsigned short port, const char *user, const char *remote_user, const char *command, int *errors),
       (host, port, user, remote_user, command, errors), host, errors)
REMOTE(rcmd_af,
       (char **host, unsigned short port, const char *user, const char *remote_user, const char *command, int *errors,
        sa_family_t family),
       (host, port, user, remote_user, command, errors, family), host, errors)
REMOTE(rexec, (char **host, int port, const char *user, const char *password, const char *command, int *errors),
       (host, port, user, password, command, errors), host, errors)
REMOTE(rexec_af,
       (char **host, int port, const char *user, const char *password, const char *command, int *errors,
        sa_family_t family),
       (host, port, user, password, command, errors, family), host, errors)

/* Users, groups, networks and services: libc asks a name service cache daemon on a socket
 * first. No record: most of these end in a file. */
static void asked_inside(void)
{
    if (ring.header != NULL)
        ring_count(&ring, COUNT_HIDDEN_USE, 1);
}

#define INSIDE(ret, name, params, args)                                                                                \
    EXPORT ret name params                                                                                             \
    {                                                                                                                  \
        asked_inside();                                                                                                \
        return real.name args;                                                                                         \
    }
INSIDE(struct passwd *, getpwnam, (const char *name), (name))
INSIDE(struct passwd *, getpwuid, (uid_t user), (user))
INSIDE(struct group *, getgrnam, (const char *name), (name))
INSIDE(struct group *, getgrgid, (gid_t group), (group))
INSIDE(int, getpwnam_r, (const char *name, struct passwd *entry, char *buffer, size_t room, struct passwd **result),
       (name, entry, buffer, room, result))
INSIDE(int, getpwuid_r, (uid_t user, struct passwd *entry, char *buffer, size_t room, struct passwd **result),
       (user, entry, buffer, room, result))
INSIDE(int, getgrnam_r, (const char *name, struct group *entry, char *buffer, size_t room, struct group **result),
       (name, entry, buffer, room, result))
INSIDE(int, getgrgid_r, (gid_t group, struct group *entry, char *buffer, size_t room, struct group **result),
       (group, entry, buffer, room, result))
INSIDE(int, getgrouplist, (const char *user, gid_t group, gid_t *groups, int *count), (user, group, groups, count))
INSIDE(int, initgroups, (const char *user, gid_t group), (user, group))
INSIDE(char *, getlogin, (void), ())
INSIDE(int, getlogin_r, (char *name, size_t room), (name, room))
INSIDE(int, innetgr, (const char *group, const char *host, const char *user, const char *domain),
       (group, host, user, domain))
INSIDE(int, setnetgrent, (const char *group), (group))
INSIDE(long, gethostid, (void), ())
INSIDE(struct netent *, getnetbyname, (const char *name), (name))
INSIDE(struct netent *, getnetbyaddr, (uint32_t net, int family), (net, family))
INSIDE(struct servent *, getservbyname, (const char *name, const char *protocol), (name, protocol))
INSIDE(struct servent *, getservbyport, (int port, const char *protocol), (port, protocol))
INSIDE(int, getservbyname_r,
       (const char *name, const char *protocol, struct servent *entry, char *buffer, size_t room,
        struct servent **result),
       (name, protocol, entry, buffer, room, result))
INSIDE(int, getservbyport_r,
       (int port, const char *protocol, struct servent *entry, char *buffer, size_t room, struct servent **result),
       (port, protocol, entry, buffer, room, result))
