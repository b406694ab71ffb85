/* hooks_process.c - processes come, change and go. vfork, clone's raw kin and
 * the exec calls with a list of arguments enter through entry.S. */
#include "entry.h"
#include "event.h"
#include "process.h"
#include "real.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* In the child there is nothing to write: its first record makes it known. */
#define FORK(name)                                                                                                     \
    EXPORT pid_t name(void);                                                                                           \
    EXPORT pid_t name(void)                                                                                            \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name();                                                                                        \
        const pid_t child = real.name();                                                                               \
        if (child == 0) {                                                                                              \
            process_forked(&ring);                                                                                          \
            return 0;                                                                                                  \
        }                                                                                                              \
        event_returned(&event, child);                                                                                 \
        event_write(&event);                                                                                           \
        return child;                                                                                                  \
    }
FORK(fork)
FORK(__fork)
FORK(_Fork)

void entry_vforked(pid_t child)
{
    struct event event;
    if (!event_begin_any(&event, CALL_vfork, -1))
        return;
    event_returned(&event, child);
    event_write(&event);
}

void entry_identify(void)
{
    library_ready();
    if (ring.header != NULL)
        process_sign(&ring);
}

/* A child that shares our memory but has a stack of its own. With CLONE_VFORK
 * we sleep until it is gone; otherwise we cannot tell who of us is calling. */
EXPORT int clone(int (*run)(void *), void *stack, int flags, void *argument, ...)
{
    va_list list;
    va_start(list, argument);
    pid_t *const parent_tid = va_arg(list, pid_t *);
    void *const tls = va_arg(list, void *);
    pid_t *const child_tid = va_arg(list, pid_t *);
    va_end(list);
    entry_identify();
    const bool shares = (flags & CLONE_VM) != 0 && (flags & CLONE_SETTLS) == 0;
    const bool waits = shares && (flags & CLONE_VFORK) != 0;
    if (waits)
        thread.vforked++;
    else if (shares)
        thread.unsure = 1;
    const int child = real.clone(run, stack, flags, argument, parent_tid, tls, child_tid);
    if (waits) {
        thread.vforked--;
        thread.guest = 0;
    }
    struct event event;
    if (event_begin_any(&event, CALL_clone, -1)) {
        event_returned(&event, child);
        event.arg[0] = (uint32_t)flags;
        event_write(&event);
    }
    return child;
}

/* The next program will run out of our sight: a record now, for there will be
 * none later. Not where we came by other ways than the environment. */
static void announce_blind(const char *path, char *const *environment)
{
    struct event event;
    if (!process_preloaded || process_preloads(environment) || !event_begin_any(&event, CALL_exec, -1))
        return;
    ring_count(&ring, COUNT_BLIND_EXEC, 1);
    event.end = event.start;
    event.arg[0] = BLIND_ENVIRONMENT;
    event_add_text(&event, path);
    event_write(&event);
}

static int exec_failed(struct event *event, int result, const char *path)
{
    event_returned(event, result);
    if (event->error != EFAULT)
        event_add_text(event, path);
    event_write(event);
    return result;
}

#define EXEC(name, path, environment, params, args)                                                                    \
    EXPORT int name params;                                                                                            \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name args;                                                                                     \
        announce_blind(path, environment);                                                                             \
        return exec_failed(&event, real.name args, path);                                                              \
    }
EXEC(execve, path, envp, (const char *path, char *const argv[], char *const envp[]), (path, argv, envp))
EXEC(execv, path, environ, (const char *path, char *const argv[]), (path, argv))
EXEC(execvp, file, environ, (const char *file, char *const argv[]), (file, argv))
EXEC(execvpe, file, envp, (const char *file, char *const argv[], char *const envp[]), (file, argv, envp))
EXEC(execveat, path, envp, (int fd, const char *path, char *const argv[], char *const envp[], int flags),
     (fd, path, argv, envp, flags))
EXEC(fexecve, NULL, envp, (int fd, char *const argv[], char *const envp[]), (fd, argv, envp))

/* The arguments of execl, execlp and execle as they stand in the registers and
 * on the stack; the calls themselves are passed on untouched. */
void entry_execl(bool has_environment, const uintptr_t *registers, const uintptr_t *stack)
{
    library_ready();
    char *const *environment = environ;
    if (has_environment) {
        size_t i = 1;
        while ((i < ENTRY_REGISTERS ? registers[i] : stack[i - ENTRY_REGISTERS]) != 0)
            i++;
        i++;
        environment = (char *const *)(i < ENTRY_REGISTERS ? registers[i] : stack[i - ENTRY_REGISTERS]);
    }
    announce_blind((const char *)registers[0], environment);
}

/* libc forks, and may put /dev/null in the place of descriptors 0 to 2. */
EXPORT int daemon(int stay, int keep)
{
    struct event event;
    if (!event_begin_any(&event, CALL_daemon, -1))
        return real.daemon(stay, keep);
    const int result = real.daemon(stay, keep);
    if (result == 0)
        process_forked(&ring);
    event_returned(&event, result);
    event.arg[0] = (uint64_t)stay;
    event.arg[1] = (uint64_t)keep;
    for (int fd = 0; fd < 3 && result == 0 && keep == 0; fd++) {
        descriptor_closing(fd);
        descriptor_closed(fd);
    }
    event_write(&event);
    return result;
}

EXPORT int unshare(int flags)
{
    struct event event;
    if (!event_begin_any(&event, CALL_unshare, -1))
        return real.unshare(flags);
    const int result = real.unshare(flags);
    event_returned(&event, result);
    event.arg[0] = (uint32_t)flags;
    event_write(&event);
    return result;
}

EXPORT int setns(int fd, int type)
{
    struct event event;
    if (!event_begin_any(&event, CALL_setns, -1))
        return real.setns(fd, type);
    const int result = real.setns(fd, type);
    event_returned(&event, result);
    event.arg[0] = (uint32_t)type;
    event_write(&event);
    return result;
}

/* Watched for one thing: from a seccomp filter on, no system call of ours. Many
 * only ask whether there could be one, and fail. */
EXPORT int prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    const unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    const unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    library_ready();
    if (option != PR_SET_SECCOMP)
        return real.prctl(option, a, b, c, d);
    struct event event;
    const bool recorded = event_begin_any(&event, CALL_prctl, -1);
    const bool before = process_sandboxed;
    entry_identify();
    process_sandbox(&ring, true);
    const int result = real.prctl(option, a, b, c, d);
    if (result != 0)
        process_sandbox(&ring, before);
    if (recorded) {
        event_returned(&event, result);
        event.arg[0] = (uint64_t)option;
        event_write(&event);
    }
    return result;
}

#define EXIT(name)                                                                                                     \
    EXPORT void name(int status)                                                                                       \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (event_begin_any(&event, CALL_##name, -1)) {                                                                \
            event.end = event.start;                                                                                   \
            event.arg[0] = (uint64_t)status;                                                                           \
            event_write(&event);                                                                                       \
        }                                                                                                              \
        real.name(status);                                                                                             \
        __builtin_unreachable();                                                                                       \
    }
EXIT(_exit)
EXIT(_Exit)
