/* hooks_gateway.c - syscall(): the calls that act on sockets are recorded under
 * their own names, all others are passed on. */
#include "entry.h"
#include "event.h"
#include "process.h"
#include "real.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* What a system call does to descriptors, and which argument is which. */
enum role {
    PLAIN, /* (fd, …) */
    NAMES, /* (fd, address, length): the addresses are looked up afterwards */
    SENDS, /* (fd, buffer, size) */
    RECEIVES,
    CREATES, /* returns a new socket; (fd, …) for accept, else no descriptor */
    PAIRS,
    COPIES, /* (fd) or (fd, to) */
    ENDS,   /* (fd) */
};

static const struct row {
    short number;
    short call;
    enum role role;
    bool any; /* acts on files as well: recorded only where fd is known for a socket */
} rows[] = {
    {SYS_socket, CALL_socket, CREATES, false},
    {SYS_socketpair, CALL_socketpair, PAIRS, false},
    {SYS_accept, CALL_accept, CREATES, false},
    {SYS_accept4, CALL_accept4, CREATES, false},
    {SYS_connect, CALL_connect, NAMES, false},
    {SYS_bind, CALL_bind, NAMES, false},
    {SYS_listen, CALL_listen, NAMES, false},
    {SYS_sendto, CALL_sendto, SENDS, false},
    {SYS_sendmsg, CALL_sendmsg, PLAIN, false},
    {SYS_sendmmsg, CALL_sendmmsg, PLAIN, false},
    {SYS_recvfrom, CALL_recvfrom, RECEIVES, false},
    {SYS_recvmsg, CALL_recvmsg, PLAIN, false},
    {SYS_recvmmsg, CALL_recvmmsg, PLAIN, false},
    {SYS_shutdown, CALL_shutdown, PLAIN, false},
    {SYS_getsockname, CALL_getsockname, PLAIN, false},
    {SYS_getpeername, CALL_getpeername, PLAIN, false},
    {SYS_getsockopt, CALL_getsockopt, PLAIN, false},
    {SYS_setsockopt, CALL_setsockopt, PLAIN, false},
    {SYS_write, CALL_write, SENDS, true},
    {SYS_read, CALL_read, RECEIVES, true},
    {SYS_writev, CALL_writev, PLAIN, true},
    {SYS_readv, CALL_readv, PLAIN, true},
    {SYS_sendfile, CALL_sendfile, PLAIN, true},
    {SYS_dup, CALL_dup, COPIES, true},
#ifdef SYS_dup2
    {SYS_dup2, CALL_dup2, COPIES, true},
#endif
    {SYS_dup3, CALL_dup3, COPIES, true},
    {SYS_close, CALL_close, ENDS, true},
};

static const struct row *find(long number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

/* The arguments that calls.def's schema names for this call. */
static void note_arguments(struct event *event, const struct row *row, long a, long b, long c, long d)
{
    if (row->role == SENDS || row->role == RECEIVES) {
        event->arg[0] = (uint64_t)c;
        event->arg[1] = row->any ? 0 : (uint64_t)d;
    } else if (row->call == CALL_socket || row->call == CALL_socketpair) {
        event->arg[0] = (uint64_t)a;
        event->arg[1] = (uint64_t)b;
        event->arg[2] = (uint64_t)c;
    } else if (row->call == CALL_accept4) {
        event->arg[0] = (uint64_t)d;
    } else if (row->call != CALL_sendmsg && row->call != CALL_recvmsg) {
        event->arg[0] = (uint64_t)b;
        event->arg[1] = (uint64_t)c;
    }
}

/* What the call did to the table of descriptors. */
static void note_effect(struct event *event, const struct row *row, long a, long b, long c, long result,
                        struct created created[2])
{
    switch (row->role) {
    case CREATES:
        descriptor_learn((int)result);
        event_socket(event, (int)result);
        if (row->call == CALL_socket)
            event->fd = (int)result;
        event->marks |= MARK_CREATES;
        break;
    case PAIRS:
        for (int i = 0; i < 2; i++) {
            descriptor_learn(((const int *)event->arg[2])[i]);
            created[i] = event_created(((const int *)event->arg[2])[i]);
        }
        event_add(event, ITEM_CREATED, created, 2 * sizeof *created, 2 * sizeof *created);
        break;
    case NAMES:
        event_hidden_open((int)a, true);
        if (row->call == CALL_connect)
            descriptor_peer((int)a, (const void *)b, (socklen_t)c);
        descriptor_look_up_local((int)a);
        event_socket(event, (int)a);
        break;
    case COPIES:
        descriptor_copy((int)a, (int)result);
        event->marks |= MARK_CREATES;
        break;
    default: break;
    }
}

static long recorded(const struct row *row, long number, long a, long b, long c, long d, long e, long f)
{
    struct event event;
    struct created created[2];
    const bool has_fd = row->call != CALL_socket && row->call != CALL_socketpair;
    if (!event_begin_any(&event, (enum call)row->call, has_fd ? (int)a : -1))
        return real.syscall(number, a, b, c, d, e, f);
    const bool owns = process_owns_memory();
    const int ends = row->role == ENDS ? (int)a : row->role == COPIES && row->call != CALL_dup && a != b ? (int)b : -1;
    if (owns && ends >= 0)
        descriptor_closing(ends);
    const long result = real.syscall(number, a, b, c, d, e, f);
    event_returned(&event, result);
    note_arguments(&event, row, a, b, c, d);
    if (owns && row->role == ENDS)
        descriptor_closed(ends);
    else if (owns && ends >= 0 && result < 0)
        descriptor_kept(ends);
    const bool under_way = row->role == NAMES && event.error == EINPROGRESS;
    if (owns && (result >= 0 || under_way)) {
        if (row->role == PAIRS)
            event.arg[2] = (uint64_t)d;
        note_effect(&event, row, a, b, c, result, created);
        if (row->role == PAIRS)
            event.arg[2] = (uint64_t)c;
    }
    if (row->role == SENDS || row->role == RECEIVES)
        event_payload(&event, row->role == SENDS ? MARK_OUT : MARK_IN, (const void *)b, result);
    event_write(&event);
    return result;
}

long entry_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    library_ready();
    if (number == SYS_seccomp || (number == SYS_prctl && a == PR_SET_SECCOMP))
        process_sandbox(&ring, true);
    const struct row *const row = ring.header != NULL ? find(number) : NULL;
    if (row != NULL && !(row->any && descriptor_kind((int)a) == NO_SOCKET))
        return recorded(row, number, a, b, c, d, e, f);
    const long result = real.syscall(number, a, b, c, d, e, f);
    if (number == SYS_io_uring_setup && result >= 0 && ring.header != NULL) {
        ring_count(&ring, COUNT_IO_URING, 1);
        event_note(CALL_hidden, (int)result, HIDDEN_IO_URING);
    }
    return result;
}
