/* event.h - how a hook tells what happened.
 *
 *     struct event event;
 *     if (!event_begin(&event, CALL_send, fd))        // no socket, or not asked for
 *         return real.send(fd, buffer, size, flags);
 *     const ssize_t sent = real.send(fd, buffer, size, flags);
 *     event_returned(&event, sent);                   // the time; errno of a failure
 *     event.arg[0] = size; …                         // what the schema in calls.def names
 *     event_write(&event);
 *     return sent;
 *
 * Nothing is held between begin and write: a hook may be cancelled, jumped out
 * of or killed at any point. None of these changes errno.
 */
#ifndef SOCKSPY_EVENT_H
#define SOCKSPY_EVENT_H

#include "address.h"
#include "api.h"
#include "clock.h"
#include "descriptors.h"
#include "kept.h"
#include "library.h"
#include "place.h"
#include "text.h"

#include <errno.h>

#define EVENT_PARTS 8

/* What event_write does with an event. */
enum fate {
    WRITTEN,
    DROPPED,  /* not asked for; the table of descriptors is kept all the same */
    DOUBTFUL, /* the descriptor was a socket, and may be a file by now: only EBADF is worth a record */
    UNSEEN,   /* acts on a socket that we don't know of: if it succeeds, we missed something */
};

/* A record in the making. No field is narrower than it will be read: a word
 * that is put together from narrow stores makes the processor wait. */
struct event {
    uint64_t start, end; /* ticks */
    int64_t ret;
    enum call call;
    int fd;
    int error;            /* errno of a failed call, else 0 */
    unsigned marks;       /* MARK_… and PLACE_… */
    struct socket socket; /* up to peer_ip: what the record says of the descriptor */
    uint64_t arg[3];
    struct ring_part parts[EVENT_PARTS];
    unsigned count; /* of parts */
    uint32_t fate;  /* enum fate */
};

/* The part that event_begin leaves for sockets. */
static inline bool event_begin_on(struct event *event, enum call call, int fd, enum descriptor_kind kind)
{
    if (UNLIKELY(!settings.enabled[call]))
        return false;
    const struct socket *const socket = descriptor_socket(fd);
    event->call = call;
    event->fd = fd;
    __builtin_memcpy(&event->socket, socket, offsetof(struct socket, local_size));
    event->marks = 0;
    __builtin_memset(event->arg, 0, sizeof event->arg);
    event->count = 0;
    event->fate = UNLIKELY(kind != SOCKET) ? DOUBTFUL : WRITTEN;
    if (UNLIKELY((socket->local_size | socket->peer_size) != 0)) {
        const struct socket_names *const names = descriptor_names(fd);
        event->parts[0] = (struct ring_part){names->local, socket->local_size, socket->local_size, ITEM_LOCAL};
        event->count = socket->local_size != 0;
        event->parts[event->count] = (struct ring_part){names->peer, socket->peer_size, socket->peer_size, ITEM_PEER};
        event->count += socket->peer_size != 0;
    }
    event->start = clock_ticks(ring.clock);
    return true;
}

/* For calls that also act on files: false unless `fd` is a socket. */
static inline bool event_begin(struct event *event, enum call call, int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    return UNLIKELY(kind != NO_SOCKET) && event_begin_on(event, call, fd, kind);
}

/* For calls that act on no descriptor, or change what we know of it: false
 * where nothing is recorded at all. Whether this call is, event_write finds out. */
bool event_begin_any(struct event *event, enum call call, int fd);

/* The same for calls that act on sockets only: one that we don't know of is a
 * socket all the same, or an error that is worth a record. */
bool event_begin_socket(struct event *event, enum call call, int fd);

/* The same for those that are called often and change nothing. */
static inline bool event_begin_transfer(struct event *event, enum call call, int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    if (LIKELY(kind == SOCKET || kind == CLOSING))
        return event_begin_on(event, call, fd, SOCKET);
    return event_begin_socket(event, call, fd);
}

/* The real call is back: notes the time, its result and, where that is
 * negative, errno. */
static inline void event_returned(struct event *event, int64_t result)
{
    event->end = clock_ticks(ring.clock);
    event->ret = result;
    event->error = UNLIKELY(result < 0) ? errno : 0;
}

/* Takes what is known of `fd` now into the record: family, type, addresses. */
void event_socket(struct event *event, int fd);

/* Adds an item of `size` bytes of the program's or our own memory, which is
 * read by event_write; `whole` tells how much there was. */
void event_add(struct event *event, enum item_kind kind, const void *bytes, size_t size, size_t whole);
bool event_has(const struct event *event, enum item_kind kind);
/* Text of our own, or that libc has just written; one that was copied before the
 * call; and one that perhaps nobody has read. All live until event_write. */
void event_add_text(struct event *event, const char *text);
void event_add_taken(struct event *event, const struct text *text);
void event_add_unread(struct event *event, const char *text);

/* The address that the call itself names as local or peer. */
void event_local(struct event *event, const void *address, socklen_t size);
void event_peer(struct event *event, const void *address, socklen_t size);

/* Has the call, which failed, got as far as its address? */
bool event_has_read(const struct event *event);

/* Has the call read its struct msghdr and its iovecs? If it failed, the protocol
 * must have said so: that comes after; and a sandbox may say anything. */
bool event_has_read_vector(const struct event *event);

/* How much room the caller gives for an address or a value, before the call changes it; 0
 * where that cannot be read: the kernel will say EFAULT. */
socklen_t event_room(const void *address, const socklen_t *length);

/* The bytes of an address of `length` that had this room: 0 unless it came
 * whole, but for the NUL behind the longest AF_UNIX path. */
static inline socklen_t event_fits(socklen_t length, socklen_t room)
{
    return length <= room ? length : room >= ADDRESS_MAX ? ADDRESS_MAX : 0;
}

/* What ITEM_CREATED says of a new descriptor. */
struct created event_created(int fd);

/* `moved` bytes came through the socket, into a buffer of the program. */
static inline void event_payload(struct event *event, int mark, const void *buffer, ssize_t moved)
{
    event->marks |= place_of(buffer);
    if (moved < 0)
        return;
    event->marks |= (unsigned)mark;
    if (settings.data != 0 && moved > 0) {
        const size_t kept = (size_t)moved < settings.data ? (size_t)moved : settings.data;
        const uint32_t whole = (uint32_t)((size_t)moved < UINT32_MAX ? (size_t)moved : UINT32_MAX);
        event->parts[event->count++] = (struct ring_part){buffer, whole, (uint16_t)kept, ITEM_PAYLOAD};
    }
}

/* The same into several buffers; `parts` is a copy of ours and lives until event_write. */
void event_payload_parts(struct event *event, int mark, const struct iovec *parts, size_t count, ssize_t moved);

/* `moved` bytes went out, of which those were kept before. */
static inline void event_payload_kept(struct event *event, const struct kept *kept, ssize_t moved)
{
    if (moved < 0)
        return;
    event->marks |= MARK_OUT;
    if (UNLIKELY(settings.data != 0) && moved > 0) {
        const struct ring_part part = kept_part(kept, (size_t)moved);
        if (part.size != 0)
            event->parts[event->count++] = part;
        else
            event->marks |= MARK_CUT;
    }
}

/* A call has returned this new descriptor, or a failure, and it is no socket: what we
 * held under its number has been closed out of our sight. Returns `fd`. */
void event_reuses(int fd);
static inline int event_opened(int fd)
{
    if (UNLIKELY(descriptor_kind(fd) != NO_SOCKET))
        event_reuses(fd);
    return fd;
}

/* What a call did to the table of descriptors, as far as that is ours to
 * change. A new descriptor with a number that we held open tells of a close
 * that was hidden from us, success on one that we don't know of a hidden open:
 * both are counted and recorded, at the call's start. */
void event_opens(struct event *event, int fd, int family, int type);
void event_copies(struct event *event, int from, int to);
/* The same onto a number that may be open. */
void event_replaces(struct event *event, int from, int to);
/* `fd` came from another process. Returns whether it is known to be a socket. */
bool event_obtains(struct event *event, int fd);
void event_finds(struct event *event, int fd);
/* The socket has this peer from now on; what the stack has chosen is looked up. */
void event_connects(struct event *event, struct address *peer);
/* The kernel takes no address at all for its own: connect(2) to 0.0.0.0 or :: comes to
 * where the socket itself is, or to this host. */
void event_settles(const struct event *event, struct address *peer);

/* Writes the record, if the call is one that is recorded. */
void event_write(struct event *event);

/* Counts and records something that is hidden from us, at the moment `when`. */
void event_hidden(int fd, uint64_t what, enum ring_count count, uint64_t when);

/* A record of something that the program did not call. */
void event_note(enum call call, int fd, uint64_t what);

#endif
