/* hooks_duplicate.c - a second descriptor for the same socket. */
#include "after.h"
#include "process.h"
#include "real.h"

#include <fcntl.h>

int around_dup(int (*run)(int fd), int fd)
{
    struct event event;
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, CALL_dup, fd))
        return event_opened(run(fd));
    const int result = run(fd);
    event_returned(&event, result);
    if (result >= 0) {
        event_copies(&event, fd, result);
        event.marks |= MARK_CREATES;
    }
    event_write(&event);
    return result;
}

EXPORT int dup(int fd)
{
    return around_dup(real.dup, fd);
}

/* dup2 and dup3 close what the number named before, without a word. */
int around_dup_to(enum call call, int (*run)(int fd, int to, int flags), int fd, int to, int flags)
{
    struct event event;
    if (fd != to)
        library_gives_up(to);
    if ((!descriptor_is_socket(fd) && !descriptor_is_socket(to)) || !event_begin_any(&event, call, fd))
        return run(fd, to, flags);
    const bool owns = process_owns_memory();
    if (owns && fd != to)
        descriptor_closing(to);
    const int result = run(fd, to, flags);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)to;
    event.arg[1] = (uint64_t)flags;
    if (result >= 0) {
        event_replaces(&event, fd, to);
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
    return around_dup_to(CALL_dup2, run_dup2, fd, to, 0);
}

EXPORT int __dup2(int fd, int to);
EXPORT int __dup2(int fd, int to)
{
    return around_dup_to(CALL___dup2, run___dup2, fd, to, 0);
}

EXPORT int dup3(int fd, int to, int flags)
{
    return around_dup_to(CALL_dup3, real.dup3, fd, to, flags);
}

static bool duplicates(int command)
{
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
}

int around_fcntl(enum call call, int (*run)(int fd, int command, ...), int fd, int command, long argument)
{
    struct event event;
    if (!descriptor_is_socket(fd) || !event_begin_any(&event, call, fd)) {
        const int result = run(fd, command, argument);
        return duplicates(command) ? event_opened(result) : result;
    }
    const int result = run(fd, command, argument);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)command;
    event.arg[1] = (uint64_t)argument;
    if (result >= 0 && duplicates(command)) {
        event_copies(&event, fd, result);
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
        return around_fcntl(CALL_##name, real.name, fd, command, argument);                                            \
    }
FCNTL(fcntl)
FCNTL(fcntl64)
FCNTL(__fcntl)
