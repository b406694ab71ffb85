/* hooks_process.c - processes come, change and go. vfork and the raw kin of
 * clone enter through entry.S. */
#include "after.h"
#include "entry.h"
#include "filter.h"
#include "process.h"
#include "real.h"
#include "successor.h"

#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* In the child there is nothing to write: its row in the ring makes it known. */
#define FORK(name)                                                                                                     \
    EXPORT pid_t name(void);                                                                                           \
    EXPORT pid_t name(void)                                                                                            \
    {                                                                                                                  \
        struct event event;                                                                                            \
        if (!event_begin_any(&event, CALL_##name, -1))                                                                 \
            return real.name();                                                                                        \
        const pid_t child = real.name();                                                                               \
        if (child == 0) {                                                                                              \
            filter_saw_fork();                                                                                         \
            process_forked(&ring);                                                                                     \
            return 0;                                                                                                  \
        }                                                                                                              \
        event_returned(&event, child);                                                                                 \
        if (child > 0)                                                                                                 \
            filter_saw_fork();                                                                                         \
        event_write(&event);                                                                                           \
        return child;                                                                                                  \
    }
FORK(fork)
FORK(__fork)
FORK(_Fork)

/* Says what the child has become meanwhile, if it has. */
static void note_successor(struct event *event, pid_t child, char path[SUCCESSOR_PATH])
{
    if (child > 0 && successor_of_guest((uint32_t)child, path))
        event_add_text(event, path);
}

void entry_vforked(pid_t child)
{
    struct event event;
    char path[SUCCESSOR_PATH];
    if (!event_begin_any(&event, CALL_vfork, -1))
        return;
    event.start = thread.forking;
    event_returned(&event, child);
    note_successor(&event, child, path);
    event_write(&event);
}

void entry_identify(void)
{
    if (ring.header == NULL || process_is_stranger())
        return;
    process_sign(&ring);
    thread.forking = clock_ticks(ring.clock);
}

/* What we can tell of a caller on this thread's variables after such a clone. */
static enum process_unsure unsure_after(uint64_t flags)
{
    const uint64_t thread_flags = CLONE_THREAD | CLONE_FILES;
    if ((flags & CLONE_VM) == 0 || (flags & CLONE_SETTLS) != 0 || process_is_stranger())
        return UNSURE_NOT;
    if ((flags & CLONE_VFORK) != 0)
        return UNSURE_UNTIL_HOST;
    return (flags & thread_flags) == thread_flags ? UNSURE_WHICH : UNSURE_FOR_EVER;
}

static void be_unsure(enum process_unsure unsure)
{
    if (unsure != UNSURE_NOT)
        thread.unsure = thread.unsure == UNSURE_NOT || thread.unsure == unsure ? unsure : UNSURE_FOR_EVER;
}

/* A child that shares our memory but has a stack of its own. With CLONE_VFORK
 * we sleep until it is gone. Returns whether we do. */
static bool before_clone(int flags)
{
    entry_identify();
    if ((flags & CLONE_NEWPID) != 0)
        process_new_namespace();
    const enum process_unsure unsure = unsure_after((unsigned)flags);
    if (unsure == UNSURE_UNTIL_HOST)
        thread.vforked++;
    else
        be_unsure(unsure);
    return unsure == UNSURE_UNTIL_HOST;
}

void entry_cloning(long number, unsigned long first)
{
    uint64_t flags = first;
    if (number == SYS_clone3) {
        const uint64_t *const arguments = (const uint64_t *)first; /* struct clone_args begins with its flags */
        flags = place_readable(arguments, sizeof *arguments) ? *arguments : CLONE_VM | CLONE_VFORK; /* the worst */
    }
#ifdef SYS_vfork
    if (number == SYS_vfork)
        flags = CLONE_VM | CLONE_VFORK;
#endif
    entry_identify();
    if ((flags & CLONE_NEWPID) != 0)
        process_new_namespace();
    be_unsure(unsure_after(flags));
}

static APART int after_clone(enum call call, int child, int flags, bool waits)
{
    if (waits) {
        thread.vforked--;
        thread.guest = 0;
    }
    struct event event;
    char path[SUCCESSOR_PATH];
    if (event_begin_any(&event, call, -1)) {
        event_returned(&event, child);
        if (waits)
            note_successor(&event, child, path);
        event.arg[0] = (uint32_t)flags;
        event_write(&event);
    }
    return child;
}

#define CLONE(name)                                                                                                    \
    EXPORT int name(int (*run)(void *), void *stack, int flags, void *argument, ...);                                  \
    EXPORT int name(int (*run)(void *), void *stack, int flags, void *argument, ...)                                   \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, argument);                                                                                      \
        pid_t *const parent_tid = va_arg(list, pid_t *);                                                               \
        void *const tls = va_arg(list, void *);                                                                        \
        pid_t *const child_tid = va_arg(list, pid_t *);                                                                \
        va_end(list);                                                                                                  \
        const bool waits = before_clone(flags);                                                                        \
        const int child = real.name(run, stack, flags, argument, parent_tid, tls, child_tid);                          \
        return after_clone(CALL_##name, child, flags, waits);                                                          \
    }
CLONE(clone)
CLONE(__clone)

/* Descriptors 0 to 2 are something else now, without a call of dup2. */
static void replace_standard(void)
{
    for (int fd = 0; fd < 3; fd++) {
        descriptor_closing(fd);
        descriptor_closed(fd);
        descriptor_reused(fd);
    }
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
    if (result == 0 && keep == 0)
        replace_standard();
    event_write(&event);
    return result;
}

/* libc puts the terminal in the place of descriptors 0 to 2. */
EXPORT int login_tty(int fd);
EXPORT int login_tty(int fd)
{
    struct event event;
    if (!event_begin_any(&event, CALL_login_tty, fd))
        return real.login_tty(fd);
    const int result = real.login_tty(fd);
    event_returned(&event, result);
    if (result == 0 && process_owns_memory())
        replace_standard();
    event_write(&event);
    return result;
}

EXPORT pid_t forkpty(int *terminal, char *name, const struct termios *modes, const struct winsize *size);
EXPORT pid_t forkpty(int *terminal, char *name, const struct termios *modes, const struct winsize *size)
{
    struct event event;
    if (!event_begin_any(&event, CALL_forkpty, -1))
        return real.forkpty(terminal, name, modes, size);
    const pid_t child = real.forkpty(terminal, name, modes, size);
    if (child == 0) {
        process_forked(&ring);
        replace_standard();
        return 0;
    }
    event_returned(&event, child);
    event_write(&event);
    return child;
}

int after_unshare(struct event *event, int result, int flags)
{
    event_returned(event, result);
    if (result == 0 && (flags & CLONE_NEWPID) != 0 && process_owns_memory())
        process_new_namespace();
    event->arg[0] = (uint32_t)flags;
    event_write(event);
    if (result == 0 && (flags & CLONE_FILES) != 0)
        after_parting(event->end);
    return result;
}

void after_parting(uint64_t when)
{
    struct event event;
    if (!process_owns_memory() || process_is_alone() || !event_begin_any(&event, CALL_hidden, -1))
        return;
    event.start = event.end = when;
    event.arg[0] = HIDDEN_PARTED;
    event_write(&event);
    process_parts();
}

EXPORT int unshare(int flags)
{
    struct event event;
    if (!event_begin_any(&event, CALL_unshare, -1))
        return real.unshare(flags);
    return after_unshare(&event, real.unshare(flags), flags);
}

int after_setns(struct event *event, int result, int type)
{
    event_returned(event, result);
    if (result == 0 && process_owns_memory())
        process_new_namespace();
    event->arg[0] = (uint32_t)type;
    event_write(event);
    return result;
}

EXPORT int setns(int fd, int type)
{
    struct event event;
    if (!event_begin_any(&event, CALL_setns, -1))
        return real.setns(fd, type);
    return after_setns(&event, real.setns(fd, type), type);
}

static APART int enter_sandbox(int (*run)(int option, ...), unsigned long a, unsigned long b, unsigned long c,
                               unsigned long d)
{
    struct event event;
    const bool recorded = event_begin_any(&event, CALL_prctl, -1);
    entry_identify();
    process_sandbox(&ring, true);
    const int result = run(PR_SET_SECCOMP, a, b, c, d);
    if (result != 0)
        process_sandbox(&ring, false);
    if (recorded) {
        event_returned(&event, result);
        event.arg[0] = PR_SET_SECCOMP;
        event_write(&event);
    }
    return result;
}

void before_clock_goes(void)
{
    if (ring.header == NULL)
        return;
    event_hidden(-1, HIDDEN_STOPPED, COUNT_STOPPED, clock_ticks(ring.clock));
    library_stop(true);
}

int after_clock_goes(int result)
{
    if (result != 0 && library_stopped) {
        library_stop(false);
        ring_count(&ring, COUNT_STOPPED, UINT64_MAX); /* it did not come to that */
    }
    return result;
}

/* The kernel has 16 bytes. Those that cannot be read beforehand are asked for later. */
static bool read_name(uint64_t kept[2], const char *name)
{
    const ssize_t length = place_text_length(name, 16);
    kept[0] = kept[1] = 0;
    if (length > 0)
        memcpy(kept, name, (size_t)length);
    return length >= 0;
}

static APART int rename_thread(int (*run)(int option, ...), const char *name, unsigned long b, unsigned long c,
                               unsigned long d)
{
    uint64_t kept[2];
    const bool known = read_name(kept, name);
    const int result = run(PR_SET_NAME, name, b, c, d);
    if (result == 0)
        process_named(known ? kept : NULL);
    return result;
}

int around_prctl(int (*run)(int option, ...), int option, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d)
{
    switch (option) {
    case PR_SET_SECCOMP:
        if (a != SECCOMP_MODE_STRICT)
            return enter_sandbox(run, a, b, c, d);
        before_clock_goes();
        return after_clock_goes(run(option, a, b, c, d));
    case PR_SET_TSC:
        if (a != PR_TSC_SIGSEGV)
            break;
        before_clock_goes();
        return after_clock_goes(run(option, a, b, c, d));
    case PR_SET_NAME: return rename_thread(run, (const char *)a, b, c, d);
    default: break;
    }
    return run(option, a, b, c, d);
}

/* Watched for what it forbids us, a filter's system calls or the clock, and for the
 * thread's name. Many only ask whether there could be a filter, and fail. */
EXPORT int prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    const unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    const unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    return around_prctl(real.prctl, option, a, b, c, d);
}

/* Watched for the name; it is not recorded. */
EXPORT int pthread_setname_np(pthread_t whom, const char *name)
{
    uint64_t kept[2];
    const bool own = real_data.self != NULL && whom == real_data.self(), known = own && read_name(kept, name);
    const int error = real.pthread_setname_np(whom, name);
    if (error == 0 && own)
        process_named(known ? kept : NULL);
    else if (error == 0)
        process_others_named();
    return error;
}

#define EXIT(name)                                                                                                     \
    EXPORT void name(int status)                                                                                       \
    {                                                                                                                  \
        struct event event;                                                                                            \
        library_ending();                                                                                              \
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
