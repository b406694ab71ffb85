/* wire.c - see wire.h. */
#include "export/wire.h"

#include "base/memory.h"

#include <errno.h>
#include <sys/socket.h>

static void add(struct wire *wire, enum wire_kind kind, const struct pipe *pipe, int end, uint32_t entry, int64_t time)
{
    if (wire->count == wire->room) {
        wire->room = 2 * wire->room + 1024;
        wire->events = memory_grow(wire->events, wire->room, sizeof *wire->events);
    }
    wire->events[wire->count++] =
        (struct wire_event){time, (struct pipe *)(uintptr_t)pipe, entry, (uint8_t)kind, (uint8_t)end};
}

bool pipe_has_end(const struct pipe *pipe, int end)
{
    return pipe->connection->ends[end].socket != NULL;
}

bool pipe_was_begun(const struct pipe *pipe)
{
    const struct end *const ends = pipe->connection->ends;
    return (ends[0].socket != NULL && ends[0].socket->born) || (ends[1].socket != NULL && ends[1].socket->born);
}

/* --- how a stream begins ----------------------------------------------------------- */

/* The client asked. When it was answered is known from the server's accept, or
 * from when the client learnt of it. */
static void begin_by_connect(struct wire *wire, const struct entry *entry, uint32_t index)
{
    const struct pipe *const pipe = entry->pipe;
    const struct socket *const client = entry->socket;
    add(wire, WIRE_ASK, pipe, CLIENT_END, index, entry->time);
    if (entry->error == 0)
        add(wire, WIRE_ESTABLISH, pipe, CLIENT_END, index, entry->done);
    else if (pipe->connection->error != 0)
        add(wire, WIRE_REFUSED, pipe, CLIENT_END, index, pipe->connection->closed);
    else if (client != NULL && client->connected_at != 0 && client->connection == pipe->connection)
        add(wire, WIRE_ESTABLISH, pipe, CLIENT_END, index, client->connected_at);
}

static void begin(struct wire *wire, const struct entry *entry, uint32_t index)
{
    if (entry_is(entry, "connect"))
        begin_by_connect(wire, entry, index);
    else if (entry_accepts(entry) && entry->error == 0)
        add(wire, WIRE_ESTABLISH, entry->pipe, SERVER_END, index, entry->done);
    else if (entry_is(entry, "socketpair"))
        add(wire, WIRE_ESTABLISH, entry->pipe, CLIENT_END, index, entry->done);
}

/* --- how it goes on, and ends -------------------------------------------------------- */

/* One direction: what the better informed side tells, in its order. Returns when
 * the last of it went. */
static int64_t tell_stream(struct wire *wire, const struct history *history, const struct pipe *pipe, int end)
{
    const struct stream *const stream = &pipe->streams[end];
    const bool by_sender = pipe_told_by_sender(pipe, end);
    int64_t last = 0;
    for (size_t i = 0; i < (by_sender ? stream->sent_count : stream->received_count); i++) {
        const uint32_t index = by_sender ? stream->sent[i] : stream->received[i];
        const struct entry *const entry = &history->entries[index];
        const int64_t time = by_sender ? entry->time : entry->done;
        last = time > last ? time : last; /* two threads may send at once: keep the order of the bytes */
        add(wire, WIRE_SEND, pipe, end, index, last);
    }
    int64_t read = 0;
    for (size_t i = 0; by_sender && i < stream->received_count; i++) {
        const int64_t time = history->entries[stream->received[i]].done;
        read = time > read ? time : read;
        add(wire, WIRE_READ, pipe, 1 - end, stream->received[i], read);
    }
    return last;
}

/* When `end` said that it sends no more: by shutdown, or when its socket went. */
static void tell_closing(struct wire *wire, const struct pipe *pipe, int end, int64_t last)
{
    const struct socket *const socket = pipe->connection->ends[end].socket;
    if (socket == NULL || !socket->ended || socket->closed == 0 || socket->connection != pipe->connection)
        return;
    const int64_t time = socket->closed > last ? socket->closed : last;
    add(wire, pipe->resets[end] ? WIRE_RESET : WIRE_FINISH, pipe, end, pipe->closed_by[end], time);
}

/* A record that tells something else of a stream than bytes. `last`: when the last
 * of those went from each end. */
static void tell_other(struct wire *wire, const struct entry *entry, uint32_t index, const int64_t last[2])
{
    begin(wire, entry, index);
    if (entry->zero == ZERO_END)
        add(wire, WIRE_SEE_END, entry->pipe, entry->end, index, entry->done);
    if (entry->shuts_out)
        add(wire, WIRE_FINISH, entry->pipe, entry->end, index,
            entry->time > last[entry->end] ? entry->time : last[entry->end]);
    if (entry->error == ECONNRESET && entry->call->class == CLASS_IO)
        add(wire, WIRE_RESET, entry->pipe, 1 - entry->end, index, entry->done);
}

/* --- datagrams --------------------------------------------------------------------- */

static void tell_datagrams(struct wire *wire, const struct history *history, const struct pipe *pipe, int end)
{
    const struct stream *const stream = &pipe->streams[end];
    for (size_t i = 0; i < stream->sent_count; i++)
        add(wire, WIRE_DATAGRAM, pipe, end, stream->sent[i], history->entries[stream->sent[i]].time);
    for (size_t i = 0; i < stream->received_count; i++) {
        const struct entry *const received = &history->entries[stream->received[i]];
        if (received->other == NONE)
            add(wire, WIRE_DATAGRAM, pipe, end, stream->received[i], received->done);
    }
}

/* --- all together ------------------------------------------------------------------ */

/* By time; what is told at the same moment, in the order in which it was
 * collected, which the room between the places keeps. */
static int compare(const void *left, const void *right)
{
    const struct wire_event *const a = left, *const b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->pipe != b->pipe)
        return a->pipe < b->pipe ? -1 : 1;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : a->entry < b->entry ? -1 : a->entry > b->entry;
}

/* A connect to which a network would have answered with a no, or not at all. */
static bool is_refused(const struct entry *entry)
{
    return entry->attempt != NULL && entry->wanted && entry->socket != NULL && entry->socket->type == SOCK_STREAM &&
           (entry->attempt->peer.family == AF_INET || entry->attempt->peer.family == AF_INET6) &&
           (entry->error == ECONNREFUSED || entry->error == ETIMEDOUT || entry->error == EHOSTUNREACH);
}

/* When the last bytes went from each end of a pipe. */
struct last {
    int64_t from[2];
};

static void collect_pipes(struct wire *wire, const struct history *history, struct last *last)
{
    for (size_t i = 0; i < history->pipe_count; i++) {
        const struct pipe *const pipe = &history->pipes[i];
        for (int end = 0; end < 2 && pipe->wanted; end++) {
            if (pipe_is_stream(pipe)) {
                last[i].from[end] = tell_stream(wire, history, pipe, end);
                tell_closing(wire, pipe, end, last[i].from[end]);
            } else {
                tell_datagrams(wire, history, pipe, end);
            }
        }
    }
}

static void collect_records(struct wire *wire, const struct history *history, const struct last *last)
{
    int64_t now = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *const entry = &history->entries[i];
        now = entry->done > now ? entry->done : now;
        if (entry->call == NULL)
            add(wire, WIRE_LOST, NULL, 0, (uint32_t)i, entry->time != 0 ? entry->time : now);
        else if (entry->pipe != NULL && entry->pipe->wanted && pipe_is_stream(entry->pipe))
            tell_other(wire, entry, (uint32_t)i, last[entry->pipe - history->pipes].from);
        else if (is_refused(entry))
            add(wire, WIRE_REFUSED, NULL, CLIENT_END, (uint32_t)i, entry->time);
    }
}

void wire_collect(struct wire *wire, const struct history *history)
{
    struct last *const last = memory_new(history->pipe_count, sizeof *last);
    *wire = (struct wire){0};
    collect_pipes(wire, history, last);
    collect_records(wire, history, last);
    free(last);
    if (wire->count != 0)
        qsort(wire->events, wire->count, sizeof *wire->events, compare);
}

void wire_free(struct wire *wire)
{
    free(wire->events);
    wire->events = NULL;
}

/* --- payload ----------------------------------------------------------------------- */

/* The entry of a list within whose bytes `offset` lies, or NULL. *next becomes
 * where the following one begins, if that is nearer than what it was. */
static const struct entry *entry_at(const struct history *history, const uint32_t *list, size_t count, uint64_t offset,
                                    uint64_t *next)
{
    size_t low = 0, high = count; /* the first that begins behind `offset` */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (history->entries[list[middle]].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count && history->entries[list[low]].offset < *next && history->entries[list[low]].kept != 0)
        *next = history->entries[list[low]].offset;
    return low != 0 ? &history->entries[list[low - 1]] : NULL;
}

/* What was kept from `offset` on in one piece; its size in *size, 0 if nothing.
 * *next: where something was kept again. */
static const uint8_t *kept_at(const struct history *history, const struct pipe *pipe, int end, uint64_t offset,
                              size_t *size, uint64_t *next)
{
    const struct stream *const stream = &pipe->streams[end];
    const bool by_sender = pipe_told_by_sender(pipe, end);
    const uint32_t *const lists[] = {by_sender ? stream->sent : stream->received,
                                     by_sender ? stream->received : stream->sent};
    const size_t counts[] = {by_sender ? stream->sent_count : stream->received_count,
                             by_sender ? stream->received_count : stream->sent_count};
    const uint8_t *best = NULL;
    *size = 0;
    *next = UINT64_MAX;
    for (int i = 0; i < (stream->aligned ? 2 : 1); i++) {
        const struct entry *const entry = entry_at(history, lists[i], counts[i], offset, next);
        if (entry == NULL || offset - entry->offset >= entry->kept || entry->kept - (offset - entry->offset) <= *size)
            continue;
        best = entry->payload + (offset - entry->offset);
        *size = (size_t)(entry->kept - (offset - entry->offset));
    }
    return best;
}

size_t wire_bytes(const struct history *history, const struct pipe *pipe, int end, uint64_t offset, uint8_t *buffer,
                  size_t size)
{
    size_t done = 0, piece;
    uint64_t next;
    while (done < size) {
        const uint8_t *const bytes = kept_at(history, pipe, end, offset + done, &piece, &next);
        if (bytes == NULL)
            break;
        piece = piece < size - done ? piece : size - done;
        memcpy(buffer + done, bytes, piece);
        done += piece;
    }
    return done;
}

uint64_t wire_gap(const struct history *history, const struct pipe *pipe, int end, uint64_t offset, uint64_t size)
{
    size_t piece;
    uint64_t next, at = offset;
    while (at < offset + size && kept_at(history, pipe, end, at, &piece, &next) == NULL && next < offset + size)
        at = next;
    if (kept_at(history, pipe, end, at, &piece, &next) != NULL)
        return at - offset;
    return size;
}
