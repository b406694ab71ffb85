/* event.c - see event.h. */
#include "event.h"

#include "process.h"
#include "real.h"

#include <string.h>

bool event_begin_any(struct event *event, enum call call, int fd)
{
    library_ready();
    if (ring.header == NULL)
        return false;
    memset(event, 0, sizeof *event);
    event->record.call = call;
    event->record.fd = fd;
    if (fd >= 0)
        event_socket(event, fd);
    event->record.start = clock_ticks(ring.clock);
    return true;
}

void event_socket(struct event *event, int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    if (kind != SOCKET && kind != CLOSING)
        return;
    const struct socket *const socket = &descriptors.sockets[fd];
    const uint8_t marks = event->record.marks;
    memcpy(&event->record.inode, socket, offsetof(struct socket, local_size));
    event->record.marks = marks;
    if (socket->local_size != 0)
        event_add(event, ITEM_LOCAL, descriptors.names[fd].local, socket->local_size, socket->local_size);
    if (socket->peer_size != 0)
        event_add(event, ITEM_PEER, descriptors.names[fd].peer, socket->peer_size, socket->peer_size);
}

void event_add(struct event *event, enum item_kind kind, const void *bytes, size_t size, size_t whole)
{
    unsigned at = 0;
    if (kind == ITEM_LOCAL || kind == ITEM_PEER) { /* a newer one takes the place of the older */
        while (at < event->count && event->parts[at].kind != kind)
            at++;
    } else {
        at = event->count;
    }
    if (at == EVENT_PARTS) {
        event->record.marks |= MARK_CUT;
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
    const size_t length = strnlen(text, 1024);
    event_add(event, ITEM_TEXT, text, length < 512 ? length : 512, length);
}

static void name_end(struct event *event, enum item_kind kind, const void *address, socklen_t size, uint8_t ip[4],
                     uint16_t *port)
{
    sa_family_t family;
    if (address == NULL || size < sizeof family)
        return;
    memcpy(&family, address, sizeof family);
    if (event->record.family == AF_UNSPEC)
        event->record.family = (uint8_t)family;
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
    name_end(event, ITEM_LOCAL, address, size, event->record.local_ip, &event->record.local_port);
}

void event_peer(struct event *event, const void *address, socklen_t size)
{
    name_end(event, ITEM_PEER, address, size, event->record.peer_ip, &event->record.peer_port);
}

socklen_t event_room(const void *address, const socklen_t *length)
{
    const uintptr_t at = (uintptr_t)length;
    if (address == NULL || at < 4096 || at >> 47 != 0)
        return 0;
    return *length;
}

struct created event_created(int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    if (kind == NO_SOCKET || kind == WAS_SOCKET)
        return (struct created){fd, 0, 0};
    const struct socket *const socket = &descriptors.sockets[fd];
    return (struct created){fd, socket->family | (uint32_t)socket->type << 8, socket->inode};
}

static bool within(const struct real_range *range, uintptr_t at)
{
    return at >= range->from && at < range->to;
}

/* Where the buffer lies, told by its address alone. The stack of a thread ends
 * at its thread pointer; the main thread's lies above everything. */
static uint8_t place_of(const void *buffer)
{
    const uintptr_t at = (uintptr_t)buffer;
    const uintptr_t stack = (uintptr_t)__builtin_frame_address(0);
    const uintptr_t end = (uintptr_t)__builtin_thread_pointer();
    if (at >= stack && (stack > end || at < end))
        return PLACE_STACK;
    if (within(&real_program, at) || within(&real_libraries, at))
        return PLACE_STATIC;
    if (at >= real_program.to && real_data.program_break != NULL && at < (uintptr_t)*real_data.program_break)
        return PLACE_HEAP;
    return PLACE_MAPPED;
}

void event_payload(struct event *event, int mark, const void *buffer, ssize_t moved)
{
    event->record.marks |= place_of(buffer);
    if (moved < 0)
        return;
    event->record.marks |= (uint8_t)mark;
    if (settings.data != 0 && moved > 0) {
        const size_t kept = (size_t)moved < settings.data ? (size_t)moved : settings.data;
        event_add(event, ITEM_PAYLOAD, buffer, kept, (size_t)moved);
    }
}

void event_payload_parts(struct event *event, int mark, const struct iovec *parts, size_t count, ssize_t moved)
{
    if (moved < 0)
        return;
    event->record.marks |= (uint8_t)mark;
    if (count == 0 || moved == 0)
        return;
    event->record.marks |= place_of(parts[0].iov_base);
    if (settings.data != 0) {
        const size_t kept = (size_t)moved < settings.data ? (size_t)moved : settings.data;
        event_add(event, ITEM_PAYLOAD, parts, kept, (size_t)moved);
        if (event->parts[event->count - 1].bytes == parts)
            event->parts[event->count - 1].kind |= RING_GATHER;
    }
}

/* The lane of the CPU that we run on, as the kernel tells through rseq; by
 * thread where it does not. A stale answer costs time, never a record. */
static inline uint32_t lane(const struct event *event)
{
    if (LIKELY(real_data.rseq_size != NULL && *real_data.rseq_size != 0))
        return *(const volatile uint32_t *)((const char *)__builtin_thread_pointer() + *real_data.rseq_offset);
    return event->record.tid;
}

void event_write(struct event *event)
{
    if (UNLIKELY(!settings.enabled[event->record.call]))
        return;
    if (UNLIKELY(event->doubtful)) {
        if (event->record.error != EBADF) {
            if (event->record.fd >= 0 && descriptor_kind(event->record.fd) == WAS_SOCKET)
                descriptors.kind[event->record.fd] = NO_SOCKET;
            return;
        }
        memset(&event->record.inode, 0, offsetof(struct record, arg) - offsetof(struct record, inode));
        event->count = 0;
    }
    process_sign(&ring, &event->record);
    ring_write(&ring, lane(event), &event->record, event->parts, event->count);
}

void event_note(enum call call, int fd, uint64_t what)
{
    struct event event;
    if (!event_begin_any(&event, call, fd))
        return;
    event.record.arg[0] = what;
    event.record.end = event.record.start;
    event_write(&event);
}

void event_hidden_open(int fd, bool look_up)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    if (kind == SOCKET || kind == CLOSING || (unsigned)fd >= descriptors.limit || !process_owns_memory())
        return;
    if (!look_up || !descriptor_learn(fd))
        descriptor_open(fd, AF_UNSPEC, 0, 0);
    ring_count(&ring, COUNT_HIDDEN_OPEN, 1);
    event_note(CALL_hidden, fd, HIDDEN_OPEN);
}
