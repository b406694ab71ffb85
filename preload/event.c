/* event.c - see event.h. */
#include "event.h"

#include "place.h"
#include "process.h"

#include <string.h>

enum { TEXT_KEPT = 512, TEXT_MAX = 1 << 17 /* the kernel takes no longer ones */ };

bool event_begin_any(struct event *event, enum call call, int fd)
{
    if (ring.header == NULL)
        return false;
    memset(event, 0, sizeof *event);
    event->call = call;
    event->fd = fd;
    event->fate = settings.enabled[call] ? WRITTEN : DROPPED;
    if (fd >= 0)
        event_socket(event, fd);
    event->start = clock_ticks(ring.clock);
    return true;
}

bool event_begin_socket(struct event *event, enum call call, int fd)
{
    if (!event_begin_any(event, call, fd))
        return false;
    if (!descriptor_may_be_socket(fd) && event->fate == WRITTEN)
        event->fate = UNSEEN;
    return true;
}

void event_socket(struct event *event, int fd)
{
    if (!descriptor_may_be_socket(fd))
        return;
    const struct socket *const socket = descriptor_socket(fd);
    memcpy(&event->socket, socket, offsetof(struct socket, local_size));
    if (socket->local_size != 0)
        event_add(event, ITEM_LOCAL, descriptor_names(fd)->local, socket->local_size, socket->local_size);
    if (socket->peer_size != 0)
        event_add(event, ITEM_PEER, descriptor_names(fd)->peer, socket->peer_size, socket->peer_size);
}

/* The first part of that kind; event->count if there is none. */
static unsigned part_of(const struct event *event, enum item_kind kind)
{
    unsigned at = 0;
    while (at < event->count && event->parts[at].kind != kind)
        at++;
    return at;
}

bool event_has(const struct event *event, enum item_kind kind)
{
    return part_of(event, kind) < event->count;
}

void event_add(struct event *event, enum item_kind kind, const void *bytes, size_t size, size_t whole)
{
    const bool newer = kind == ITEM_LOCAL || kind == ITEM_PEER; /* takes the place of the older */
    const unsigned at = newer ? part_of(event, kind) : event->count;
    if (at == EVENT_PARTS) {
        event->marks |= MARK_CUT;
        return;
    }
    const uint16_t kept = (uint16_t)(size < PAYLOAD_MAX ? size : PAYLOAD_MAX);
    const uint32_t all = (uint32_t)(whole < UINT32_MAX ? whole : UINT32_MAX);
    event->parts[at] = (struct ring_part){bytes, all, kept, (uint16_t)kind};
    if (at == event->count)
        event->count++;
}

void event_add_text(struct event *event, const char *text)
{
    if (text == NULL)
        return;
    const size_t length = strlen(text);
    event_add(event, ITEM_TEXT, text, length < TEXT_KEPT ? length : TEXT_KEPT, length);
}

void event_add_taken(struct event *event, const struct text *text)
{
    if (text->whole != SIZE_MAX)
        event_add(event, ITEM_TEXT, text->bytes, text->whole < TEXT_HERE ? text->whole : TEXT_HERE, text->whole);
}

void event_add_unread(struct event *event, const char *text)
{
    const ssize_t length = place_text_length(text, TEXT_MAX);
    if (length >= 0)
        event_add(event, ITEM_TEXT, text, length < TEXT_KEPT ? (size_t)length : TEXT_KEPT, (size_t)length);
}

static void name_end(struct event *event, enum item_kind kind, const void *address, socklen_t size, uint8_t ip[4],
                     uint16_t *port)
{
    sa_family_t family;
    if (address == NULL || size < sizeof family)
        return;
    memcpy(&family, address, sizeof family);
    if (event->socket.family == AF_UNSPEC)
        event->socket.family = (uint8_t)family;
    if (family == AF_INET && size >= offsetof(struct sockaddr_in, sin_zero)) {
        struct sockaddr_in in;
        memcpy(&in, address, offsetof(struct sockaddr_in, sin_zero));
        memcpy(ip, &in.sin_addr, 4);
        *port = ntohs(in.sin_port);
    } else if (family != AF_UNSPEC && size > sizeof family) {
        event_add(event, kind, address, size < ADDRESS_MAX ? size : ADDRESS_MAX, size);
    }
}

void event_local(struct event *event, const void *address, socklen_t size)
{
    name_end(event, ITEM_LOCAL, address, size, event->socket.local_ip, &event->socket.local_port);
}

void event_peer(struct event *event, const void *address, socklen_t size)
{
    name_end(event, ITEM_PEER, address, size, event->socket.peer_ip, &event->socket.peer_port);
}

/* Not if it says one of these. */
bool event_has_read(const struct event *event)
{
    return event->error != EFAULT && event->error != EBADF && event->error != ENOTSOCK && event->error != EINVAL;
}

bool event_has_read_vector(const struct event *event)
{
    switch (event->error) {
    case 0: return true;
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
    case EDESTADDRREQ:
    case EHOSTUNREACH:
    case EINPROGRESS:
    case EINTR:
    case ENETUNREACH:
    case ENOTCONN:
    case EPIPE:
    case ETIMEDOUT: return !process_sandboxed;
    default: return false;
    }
}

socklen_t event_room(const void *address, const socklen_t *length)
{
    return address != NULL && place_readable(length, sizeof *length) ? *length : 0;
}

struct created event_created(int fd)
{
    if (!descriptor_may_be_socket(fd))
        return (struct created){fd, 0, 0};
    const struct socket *const socket = descriptor_socket(fd);
    return (struct created){fd, socket->family | (uint32_t)socket->type << 8, socket->inode};
}

void event_payload_parts(struct event *event, int mark, const struct iovec *parts, size_t count, ssize_t moved)
{
    size_t room = 0;
    for (size_t i = 0; i < count && room < settings.data; i++)
        room += parts[i].iov_len;
    if (count != 0)
        event->marks |= place_of(parts[0].iov_base);
    if (moved < 0)
        return;
    event->marks |= (unsigned)mark;
    if (room != 0 && moved > 0) {
        const size_t most = room < settings.data ? room : settings.data;
        event_add(event, ITEM_PAYLOAD, parts, (size_t)moved < most ? (size_t)moved : most, (size_t)moved);
        if (event->parts[event->count - 1].bytes == parts)
            event->parts[event->count - 1].kind |= RING_GATHER;
    }
}

/* The lane of the CPU that we run on, as the kernel tells through rseq; by
 * thread where it does not. A stale answer costs time, never a record. */
static inline uint32_t lane(uint32_t tid)
{
    const char *const thread_pointer = __builtin_thread_pointer();
    if (UNLIKELY(thread_pointer == NULL)) /* see process_is_stranger */
        return tid;
    return LIKELY(real_data.cpu_at != 0) ? *(const volatile uint32_t *)(thread_pointer + real_data.cpu_at) : tid;
}

/* Is it a record after all? */
static APART bool decide(struct event *event)
{
    switch (event->fate) {
    case DOUBTFUL:
        if (event->error != EBADF) {
            if (process_owns_memory())
                descriptor_reused(event->fd);
            return false;
        }
        memset(&event->socket, 0, sizeof event->socket);
        event->count = 0;
        return true;
    case UNSEEN:
        if (event->ret >= 0 && !descriptor_may_be_socket(event->fd)) {
            event_finds(event, event->fd);
            event_socket(event, event->fd);
        }
        return true;
    default: return false;
    }
}

void event_write(struct event *event)
{
    if (UNLIKELY(event->fate != WRITTEN) && !decide(event))
        return;
    if (UNLIKELY(ring.header == NULL))
        return; /* a signal's handler has stopped the recording meanwhile */
    const struct signature who = process_sign(&ring);
    const uint64_t *const socket = (const uint64_t *)(const void *)&event->socket;
    if (UNLIKELY(who.number == 0))
        return;
    const uint64_t *const name = process_name();
    union {
        struct record record;
        uint64_t words[RECORD_WORDS];
    } out = {.words = {
                 [WORD_START] = event->start,
                 [WORD_END] = event->end,
                 [WORD_WHO] = who.pid | (uint64_t)who.tid << 32,
                 [WORD_COMM] = name[0],
                 [WORD_COMM + 1] = name[1],
                 [WORD_RET] = (uint64_t)event->ret,
                 [WORD_WHAT] = event->call | (uint64_t)event->error << 16 | (uint64_t)(uint32_t)event->fd << 32,
                 [WORD_PLACE] = who.number,
                 [WORD_INODE] = socket[0],
                 [WORD_KIND] = socket[1] | (uint64_t)event->marks << 24,
                 [WORD_ADDRESSES] = socket[2],
                 [WORD_ARG] = event->arg[0],
                 [WORD_ARG + 1] = event->arg[1],
                 [WORD_ARG + 2] = event->arg[2],
             }};
    ring_write(&ring, lane(who.tid), &out.record, event->parts, event->count);
}
