/* hooks_open.c - whatever returns a new descriptor of no socket: nothing to record, but
 * where we held its number for a socket, that has been closed out of our sight.
 * For all others it costs one look at the number's kind. */
#include "after.h"
#include "real.h"

#include <linux/bpf.h>
#include <sys/syscall.h>

APART FILE *opened_file(FILE *file)
{
    if (file == NULL || ring.header == NULL)
        return file;
    const int saved = errno;
    event_opened(fileno(file));
    errno = saved;
    return file;
}

static APART DIR *opened_directory(DIR *directory)
{
    if (directory == NULL || ring.header == NULL)
        return directory;
    const int saved = errno;
    event_opened(dirfd(directory));
    errno = saved;
    return directory;
}

#define OPENED(ret) _Generic((ret *)0, int * : event_opened, FILE ** : opened_file, DIR ** : opened_directory)

#define OPENS(ret, name, params, args)                                                                                 \
    EXPORT ret name params;                                                                                            \
    EXPORT ret name params                                                                                             \
    {                                                                                                                  \
        return OPENED(ret)(real.name args);                                                                            \
    }
/* What follows the flags is a mode, and for mq_open one more pointer; nobody looks at
 * them where the flags do not ask for it. */
#define UNPACK(...) __VA_ARGS__
#define OPENS_PATH(name, params, args)                                                                                 \
    EXPORT int name(UNPACK params, int flags, ...);                                                                    \
    EXPORT int name(UNPACK params, int flags, ...)                                                                     \
    {                                                                                                                  \
        va_list list;                                                                                                  \
        va_start(list, flags);                                                                                         \
        const mode_t mode = va_arg(list, mode_t);                                                                      \
        void *const more = va_arg(list, void *);                                                                       \
        va_end(list);                                                                                                  \
        return event_opened(real.name(UNPACK args, flags, mode, more));                                                \
    }
#define OPENS_TWO(name, params, args, first, second)                                                                   \
    EXPORT int name params;                                                                                            \
    EXPORT int name params                                                                                             \
    {                                                                                                                  \
        const int result = real.name args;                                                                             \
        if (result == 0) {                                                                                             \
            event_opened(first);                                                                                       \
            event_opened(second);                                                                                      \
        }                                                                                                              \
        return result;                                                                                                 \
    }
#define CHANGES(ret, name, params, args)
#include "unrecorded.def"

/* These return other numbers, too. */
static bool bpf_opens(long command)
{
    switch (command) {
    case BPF_MAP_CREATE:
    case BPF_PROG_LOAD:
    case BPF_OBJ_GET:
    case BPF_PROG_GET_FD_BY_ID:
    case BPF_MAP_GET_FD_BY_ID:
    case BPF_RAW_TRACEPOINT_OPEN:
    case BPF_BTF_LOAD:
    case BPF_BTF_GET_FD_BY_ID:
    case BPF_LINK_CREATE:
    case BPF_LINK_GET_FD_BY_ID:
    case BPF_ITER_CREATE: return true;
    default: return false;
    }
}

void after_opening(long number, long result, long a)
{
    switch (number) {
#ifdef SYS_open
    case SYS_open:
    case SYS_creat:
    case SYS_eventfd:
    case SYS_signalfd:
    case SYS_inotify_init:
    case SYS_epoll_create:
#endif
    case SYS_openat:
    case SYS_openat2:
    case SYS_open_by_handle_at:
    case SYS_open_tree:
    case SYS_eventfd2:
    case SYS_signalfd4:
    case SYS_inotify_init1:
    case SYS_epoll_create1:
    case SYS_timerfd_create:
    case SYS_memfd_create:
    case SYS_memfd_secret:
    case SYS_fanotify_init:
    case SYS_pidfd_open:
    case SYS_userfaultfd:
    case SYS_perf_event_open:
    case SYS_io_uring_setup:
    case SYS_fsopen:
    case SYS_fspick:
    case SYS_fsmount:
    case SYS_mq_open: event_opened((int)result); break;
    case SYS_bpf: event_opened(bpf_opens(a) ? (int)result : -1); break;
#ifdef SYS_pipe
    case SYS_pipe:
#endif
    case SYS_pipe2:
        if (result == 0) {
            event_opened(((const int *)a)[0]);
            event_opened(((const int *)a)[1]);
        }
        break;
    default: break;
    }
}
