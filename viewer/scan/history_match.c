/* history_match.c - which records moved the same bytes, one at each end.
 *
 * In a stream the bytes are counted: what was sent as the hundredth is received
 * as the hundredth. That holds only where both ends saw all of it, and what was
 * kept of the payload must agree. Datagrams are matched by their order and size.
 */
#include "base/memory.h"
#include "scan/history.h"

#include <sys/socket.h>

bool pipe_is_stream(const struct pipe *pipe)
{
    return pipe->connection->type == SOCK_STREAM;
}

bool pipe_told_by_sender(const struct pipe *pipe, int end)
{
    const struct stream *const stream = &pipe->streams[end];
    if (stream->sent_count == 0 || stream->received_count == 0)
        return stream->sent_count != 0;
    return stream->sent_bytes > stream->received_bytes ||
           (stream->sent_bytes == stream->received_bytes && !stream->muddled);
}

/* --- streams' lists -------------------------------------------------------------- */

/* A message may be empty. */
static bool moves(const struct entry *entry)
{
    if (entry->pipe == NULL || entry->way == WAY_NONE)
        return false;
    return entry->bytes != 0 || entry->zero == ZERO_EMPTY || (entry->zero == ZERO_NOT && !pipe_is_stream(entry->pipe));
}

/* The direction that the entry's bytes went. */
static struct stream *stream_of(const struct entry *entry)
{
    return &entry->pipe->streams[entry->way == WAY_OUT ? entry->end : 1 - entry->end];
}

static void count(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        struct entry *const entry = &history->entries[i];
        if (!moves(entry))
            continue;
        struct stream *const stream = stream_of(entry);
        const int64_t moved = entry->way == WAY_OUT ? entry->time : entry->done;
        if (entry->pipe->first_moved == 0 || moved < entry->pipe->first_moved)
            entry->pipe->first_moved = moved;
        if (entry->way == WAY_OUT) {
            entry->offset = stream->sent_bytes;
            stream->sent_bytes += entry->bytes;
            stream->sent_count++;
        } else {
            entry->offset = stream->received_bytes;
            stream->received_bytes += entry->bytes;
            stream->received_count++;
        }
    }
}

static void list(struct history *history)
{
    for (size_t i = 0; i < history->pipe_count; i++) {
        for (int end = 0; end < 2; end++) {
            struct stream *const stream = &history->pipes[i].streams[end];
            stream->sent = memory_new(stream->sent_count, sizeof *stream->sent);
            stream->received = memory_new(stream->received_count, sizeof *stream->received);
            stream->sent_count = stream->received_count = 0;
        }
    }
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *const entry = &history->entries[i];
        if (!moves(entry))
            continue;
        struct stream *const stream = stream_of(entry);
        if (entry->way == WAY_OUT)
            stream->sent[stream->sent_count++] = (uint32_t)i;
        else
            stream->received[stream->received_count++] = (uint32_t)i;
    }
}

/* --- streams --------------------------------------------------------------------- */

/* Did this end see its socket's whole life? */
static bool knows_all(const struct end *end)
{
    return end->socket != NULL && end->socket->born && !end->socket->partial;
}

/* Do the two share bytes? Where both kept some of those, they must be the same:
 * *contradict otherwise. */
static bool share(const struct entry *a, const struct entry *b, bool *contradict)
{
    const uint64_t from = a->offset > b->offset ? a->offset : b->offset;
    const uint64_t a_end = a->offset + a->bytes, b_end = b->offset + b->bytes;
    if (from >= a_end || from >= b_end)
        return false;
    const uint64_t a_kept = a->offset + a->kept, b_kept = b->offset + b->kept;
    const uint64_t until = a_kept < b_kept ? a_kept : b_kept;
    if (until > from && memcmp(a->payload + (from - a->offset), b->payload + (from - b->offset), until - from) != 0)
        *contradict = true;
    return true;
}

/* Walks both lists side by side; with `set`, each record learns of its first
 * partner. Returns false where the payload contradicts. */
static bool walk(struct history *history, const struct stream *stream, bool set)
{
    bool contradict = false;
    size_t i = 0, k = 0;
    while (i < stream->sent_count && k < stream->received_count && !contradict) {
        struct entry *const sent = &history->entries[stream->sent[i]];
        struct entry *const received = &history->entries[stream->received[k]];
        if (share(sent, received, &contradict) && set) {
            if (sent->other == NONE)
                sent->other = stream->received[k];
            if (received->other == NONE)
                received->other = stream->sent[i];
        }
        if (sent->offset + sent->bytes <= received->offset + received->bytes)
            i++;
        else
            k++;
    }
    return !contradict;
}

/* --- datagrams ------------------------------------------------------------------- */

/* May this be the datagram that was sent? One that did not fit the receiver's
 * buffer came in shorter. */
static bool same_datagram(const struct entry *sent, const struct entry *received)
{
    const uint32_t known = sent->kept < received->kept ? sent->kept : received->kept;
    if (sent->time > received->done || sent->messages != received->messages || received->bytes > sent->bytes)
        return false;
    return known == 0 || memcmp(sent->payload, received->payload, known) == 0;
}

/* First sent, first received; those in between were lost on the way. A datagram
 * that fits nothing of the next few was not sent by anybody we know. */
static void match_datagrams(struct history *history, const struct stream *stream)
{
    enum { AHEAD = 1024 };
    size_t next = 0;
    for (size_t k = 0; k < stream->received_count; k++) {
        struct entry *const received = &history->entries[stream->received[k]];
        for (size_t i = next; i < stream->sent_count && i < next + AHEAD; i++) {
            struct entry *const sent = &history->entries[stream->sent[i]];
            if (!same_datagram(sent, received))
                continue;
            sent->other = stream->received[k];
            received->other = stream->sent[i];
            next = i + 1;
            break;
        }
    }
}

void history_match(struct history *history)
{
    count(history);
    list(history);
    for (size_t i = 0; i < history->pipe_count; i++) {
        struct pipe *const pipe = &history->pipes[i];
        const bool known = knows_all(&pipe->connection->ends[0]) && knows_all(&pipe->connection->ends[1]);
        for (int end = 0; end < 2; end++) {
            struct stream *const stream = &pipe->streams[end];
            if (!pipe_is_stream(pipe)) {
                match_datagrams(history, stream);
            } else if (known) {
                stream->aligned = walk(history, stream, false);
                stream->muddled = !stream->aligned;
                if (stream->aligned)
                    walk(history, stream, true);
            }
        }
    }
}
