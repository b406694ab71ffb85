/* hooks_close.c - phase four: the end of a connection, and of a descriptor.
 *
 * Before the call the descriptor is marked as closing, so that whoever is given
 * its number meanwhile in another thread is not mistaken for it; the record
 * takes its place in the order at the call's start (viewer/source/order.h).
 */
#include "after.h"
#include "process.h"
#include "real.h"

#include <fcntl.h>
#include <linux/close_range.h>

int after_shutdown(struct event *event, int result, int how)
{
    event_returned(event, result);
    event->arg[0] = (uint64_t)how;
    event_write(event);
    return result;
}

EXPORT int shutdown(int fd, int how)
{
    struct event event;
    if (!event_begin_socket(&event, CALL_shutdown, fd))
        return real.shutdown(fd, how);
    return after_shutdown(&event, real.shutdown(fd, how), how);
}

/* A call begins that closes what is, or was, a socket. Returns whether the table is
 * ours to change. */
static bool begin_closing(struct event *event, int fd)
{
    if (!descriptor_is_socket(fd) && event->fate == WRITTEN)
        event->fate = DOUBTFUL;
    const bool owns = process_owns_memory();
    if (owns)
        descriptor_closing(fd);
    return owns;
}

int around_close(enum call call, int (*run)(int fd), int fd)
{
    struct event event;
    library_gives_up(fd);
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, call, fd))
        return run(fd);
    const bool owns = begin_closing(&event, fd);
    const int result = run(fd);
    event_returned(&event, result);
    if (owns)
        descriptor_closed(fd); /* Linux closes even when it reports an error */
    event_write(&event);
    return result;
}

#define CLOSE(name)                                                                                                    \
    EXPORT int name(int fd);                                                                                           \
    EXPORT int name(int fd)                                                                                            \
    {                                                                                                                  \
        if (LIKELY(descriptor_kind(fd) == NO_SOCKET))                                                                  \
            return real.name(fd);                                                                                      \
        return around_close(CALL_##name, real.name, fd);                                                               \
    }
CLOSE(close)
CLOSE(__close)

/* Runs through the sockets from `first` to `last`. Returns how many there are. */
static unsigned each_socket(unsigned first, unsigned last, void (*visit)(int fd))
{
    const int highest = descriptor_highest();
    unsigned count = 0;
    for (int64_t fd = first; fd <= highest && fd <= (int64_t)last; fd++) {
        if (descriptor_may_be_socket((int)fd)) {
            visit((int)fd);
            count++;
        }
    }
    return count;
}

static void ignore(int fd)
{
    (void)fd;
}

int around_close_range(int (*run)(unsigned first, unsigned last, int flags), unsigned first, unsigned last, int flags)
{
    struct event event;
    const bool parts = (flags & CLOSE_RANGE_UNSHARE) != 0 && !process_is_alone();
    if ((!parts && each_socket(first, last, ignore) == 0) || !event_begin_any(&event, CALL_close_range, -1))
        return run(first, last, flags);
    const bool closes = process_owns_memory() && (flags & CLOSE_RANGE_CLOEXEC) == 0 && !parts;
    if (closes)
        each_socket(first, last, descriptor_closing);
    const int result = run(first, last, flags);
    event_returned(&event, result);
    event.arg[0] = first;
    event.arg[1] = last;
    event.arg[2] = (uint64_t)flags;
    if (closes)
        each_socket(first, last, result == 0 ? descriptor_closed : descriptor_kept);
    event_write(&event);
    if (parts && result == 0)
        after_parting(event.end);
    return result;
}

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
    return around_close_range(real.close_range, first, last, flags);
}

EXPORT void closefrom(int first)
{
    struct event event;
    const unsigned from = first < 0 ? 0 : (unsigned)first;
    if (each_socket(from, UINT32_MAX, ignore) == 0 || !event_begin_any(&event, CALL_closefrom, -1)) {
        real.closefrom(first);
        return;
    }
    const bool owns = process_owns_memory();
    if (owns)
        each_socket(from, UINT32_MAX, descriptor_closing);
    real.closefrom(first);
    event_returned(&event, 0);
    event.arg[0] = (uint64_t)first;
    if (owns)
        each_socket(from, UINT32_MAX, descriptor_closed);
    event_write(&event);
}

/* libc's own close under a stream: fileno tells of which descriptor. Apart, so
 * that no address of errno is kept over the real call. */
static __attribute__((noinline)) int stream_descriptor(FILE *file)
{
    if (ring.header == NULL || file == NULL)
        return -1;
    const int saved = errno;
    const int fd = fileno(file);
    errno = saved;
    return fd;
}

EXPORT int fclose(FILE *file)
{
    struct event event;
    const int fd = stream_descriptor(file);
    library_gives_up(fd);
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, CALL_fclose, fd))
        return real.fclose(file);
    const bool owns = begin_closing(&event, fd);
    const int result = real.fclose(file);
    event_returned(&event, result);
    if (owns)
        descriptor_closed(fd);
    event_write(&event);
    return result;
}

static FILE *reopen(enum call call, FILE *(*run)(const char *path, const char *mode, FILE *file), const char *path,
                    const char *mode, FILE *file)
{
    struct event event;
    const int fd = stream_descriptor(file);
    library_gives_up(fd);
    if (descriptor_kind(fd) == NO_SOCKET || !event_begin_any(&event, call, fd))
        return run(path, mode, file);
    const bool owns = begin_closing(&event, fd);
    FILE *const result = run(path, mode, file);
    event_returned(&event, result != NULL ? 0 : -1);
    if (owns)
        descriptor_closed(fd);
    if (result != NULL)
        event_add_text(&event, path);
    event_write(&event);
    return result;
}

EXPORT FILE *freopen(const char *path, const char *mode, FILE *file)
{
    return reopen(CALL_freopen, real.freopen, path, mode, file);
}

EXPORT FILE *freopen64(const char *path, const char *mode, FILE *file)
{
    return reopen(CALL_freopen64, real.freopen64, path, mode, file);
}
