/* export_pcapng.c - a capture file of packets that nobody captured: each is put
 * together from what the calls tell (wire.h), as a network would have carried it.
 */
#include "base/memory.h"
#include "export/capture_address.h"
#include "export/export.h"
#include "export/line.h"
#include "export/pcapng.h"
#include "export/wire.h"
#include "out/phrase.h"

#include <errno.h>
#include <sys/socket.h>

#define ABOUT                                                                                                          \
    "Packets put together by sockspy from the socket calls that programs made; none was captured. Sequence numbers "   \
    "count the bytes that went into and came out of the sockets. How the network divided them, what it sent twice "    \
    "and what it acknowledged is not known. Sockets of AF_UNIX have made-up addresses, 10.0.x.x."

/* A packet's id: its record's, what that tells, and the piece of the transfer. No
 * call moves more pieces than that, nor do many calls move many; damaged records may
 * say so. */
enum { KIND_SHIFT = 44, PIECE_SHIFT = 48, PIECES_MAX = 1 << 16, FURTHER_MAX = 1 << 20 };
#define UNTOLD (UINT64_C(1) << 43) /* in an id: there is no record */

struct capture {
    struct pcapng pcapng;
    struct history *history;
    struct capture_addresses addresses;
    struct lines lines;
    struct line *pipe_lines; /* by pipe */
    struct out comment;
    struct packet packet;
    const struct wire_event *event; /* what the packets being made stand for */
    bool crossed;                   /* its ends are the other way round in its conversation */
    uint64_t piece;                 /* of the event, from 0 */
    uint64_t lost;                  /* records, since the last packet */
    uint64_t packets;
    uint64_t further;                    /* pieces but the first of each transfer */
    uint8_t segment[PACKET_SEGMENT_MAX]; /* payload in the making */
};

/* --- comments ------------------------------------------------------------------------ */

/* Who holds an end of a pipe, or NULL. */
static const struct holder *holder_of(const struct capture *capture, const struct pipe *pipe, int end)
{
    const uint32_t holding = pipe->holdings[end];
    return holding != NONE ? capture->history->holdings[holding].holder : NULL;
}

/* Through which descriptor; a socketpair has two. */
static void say_descriptor(struct out *out, const struct capture *capture, const struct entry *entry)
{
    for (int end = 0; end < 2 && entry->fd < 0 && entry->pipe != NULL; end++) {
        const struct holder *const holder = holder_of(capture, entry->pipe, end);
        if (holder != NULL) {
            out_text(out, " fd ");
            out_int(out, holder->fd);
        }
    }
    if (entry->fd >= 0) {
        out_text(out, " fd ");
        out_int(out, entry->fd);
    }
}

/* curl pid 811 tid 812 fd 5: send, 78 bytes, record 4711 */
static void say_record(struct out *out, const struct capture *capture, const struct entry *entry)
{
    const char *const comm = entry->process != NULL ? entry->process->comm : "?";
    out_foreign(out, comm, strlen(comm), ESCAPE_TEXT);
    out_text(out, " pid ");
    out_uint(out, entry->pid);
    out_text(out, " tid ");
    out_uint(out, entry->tid);
    say_descriptor(out, capture, entry);
    out_text(out, ": ");
    out_text(out, entry->call->api);
    if (entry_accepts(entry) && entry->ret >= 0) {
        out_text(out, ", new fd ");
        out_int(out, entry->ret);
    }
    if (entry->bytes != 0) {
        out_text(out, ", ");
        out_uint(out, entry->bytes);
        out_text(out, entry->bytes == 1 ? " byte" : " bytes");
    }
    if (entry->messages > 1) {
        out_text(out, " in ");
        out_uint(out, entry->messages);
        out_text(out, " datagrams");
    }
    if (entry->error != 0) {
        out_text(out, ", ");
        name_text(out, KIND_errno, entry->error);
    }
    out_text(out, ", record ");
    out_uint(out, entry->id);
}

/* An end of a pipe that no record tells of: its process has exited. */
static void say_end(struct out *out, const struct holder *holder)
{
    if (holder != NULL) {
        out_foreign(out, holder->process->comm, strlen(holder->process->comm), ESCAPE_TEXT);
        out_text(out, " pid ");
        out_uint(out, holder->process->pid);
        out_text(out, " fd ");
        out_int(out, holder->fd);
        out_text(out, ": ");
    }
    out_text(out, "closed with its process");
}

static void say_path(struct out *out, const struct pipe *pipe)
{
    const struct address *const address = &pipe->connection->addresses[SERVER_END];
    char text[ADDRESS_TEXT];
    if (pipe->connection->family != AF_UNIX)
        return;
    out_text(out, "; ");
    if (address->family != 0)
        out_foreign(out, text, address_format(address, text), ESCAPE_TEXT);
    else
        out_text(out, "unix socket without a name");
}

/* Begins the comment of an event's packets. */
static void say_event(struct capture *capture)
{
    const struct wire_event *const event = capture->event;
    struct out *const out = &capture->comment;
    out->used = 0;
    if (event->entry == NONE) {
        say_end(out, holder_of(capture, event->pipe, event->end));
    } else {
        const struct entry *const entry = &capture->history->entries[event->entry];
        say_record(out, capture, entry);
        if ((event->kind == WIRE_SEND || event->kind == WIRE_DATAGRAM) && entry->other != NONE) {
            out_text(out, entry->way == WAY_OUT ? "; received by " : "; sent by ");
            say_record(out, capture, &capture->history->entries[entry->other]);
        }
    }
    if (event->pipe != NULL)
        say_path(out, event->pipe);
}

/* --- packets ------------------------------------------------------------------------- */

/* Names the packet: by its record and the piece of it, or by the end of which no
 * record tells. */
static void identify(const struct capture *capture, struct pcapng_packet *packet)
{
    const struct wire_event *const event = capture->event;
    if (event->entry != NONE) {
        const struct entry *const entry = &capture->history->entries[event->entry];
        packet->id = entry->id;
        packet->pid = entry->pid;
        packet->tid = entry->tid;
    } else {
        const struct holder *const holder = holder_of(capture, event->pipe, event->end);
        packet->id = UNTOLD | event->pipe->connection->id << 1 | event->end;
        packet->pid = packet->tid = holder != NULL ? holder->process->pid : 0;
    }
    packet->id |= (uint64_t)event->kind << KIND_SHIFT | capture->piece << PIECE_SHIFT;
}

/* A conversation_write: puts the packet into the file. */
static void write_packet(void *context, const struct packet *packet, int from)
{
    struct capture *const capture = context;
    const struct wire_event *const event = capture->event;
    const bool told = event->entry != NONE && event->pipe != NULL;
    const int end = told ? capture->history->entries[event->entry].end : event->end;
    struct pcapng_packet block = {
        .time = event->time,
        .data = packet->bytes,
        .captured = packet->captured,
        .original = packet->original,
        .direction = (from ^ (int)capture->crossed) == end ? PCAPNG_OUTBOUND : PCAPNG_INBOUND,
        .comment = capture->comment.buffer,
        .comment_size = capture->comment.used,
        .dropped = capture->lost,
    };
    identify(capture, &block);
    pcapng_packet(&capture->pcapng, &block);
    capture->lost = 0;
    capture->packets++;
    capture->piece++;
}

/* What a record sent through a stream, in segments: each begins with what was
 * kept and goes on with what was not. */
static void send_segments(struct capture *capture, const struct line *line, const struct conversation_output *output)
{
    const struct wire_event *const event = capture->event;
    const struct entry *const entry = &capture->history->entries[event->entry];
    uint64_t done = 0;
    for (unsigned pieces = 0; done < entry->bytes && pieces < PIECES_MAX; pieces++) {
        if (pieces != 0 && ++capture->further > FURTHER_MAX)
            return;
        const uint64_t at = entry->offset + done, rest = entry->bytes - done;
        const size_t room = rest < PACKET_SEGMENT_MAX ? (size_t)rest : PACKET_SEGMENT_MAX;
        const size_t kept = wire_bytes(capture->history, event->pipe, event->end, at, capture->segment, room);
        const size_t gap =
            (size_t)wire_gap(capture->history, event->pipe, event->end, at + kept, (uint64_t)(room - kept));
        const struct packet_payload payload = {capture->segment, kept, kept + gap};
        conversation_send(line->conversation, output, event->end ^ (int)line->crossed, &payload);
        done += payload.whole;
    }
}

/* Only where all is known do acknowledgements come from reading. */
static bool is_told(const struct pipe *pipe, int end)
{
    const struct stream *const stream = &pipe->streams[1 - end];
    return pipe_has_end(pipe, end) && pipe_told_by_sender(pipe, 1 - end) && stream->aligned &&
           stream->received_count != 0;
}

static const struct line *line_of(struct capture *capture, const struct pipe *pipe)
{
    struct line *const line = &capture->pipe_lines[pipe - capture->history->pipes];
    struct line_ends ends = {.heard = {pipe_has_end(pipe, 0), pipe_has_end(pipe, 1)}, .begun = pipe_was_begun(pipe)};
    if (line->conversation != NULL)
        return line;
    capture_ends(&capture->addresses, pipe, ends.ends);
    *line = lines_begin(&capture->lines, &ends);
    for (int end = 0; end < 2 && ends.begun; end++)
        line->conversation->told[end] = is_told(pipe, end);
    return line;
}

static void stream_event(struct capture *capture)
{
    const struct wire_event *const event = capture->event;
    const struct conversation_output output = {write_packet, capture, &capture->packet};
    const struct line *const line = line_of(capture, event->pipe);
    struct conversation *const conversation = line->conversation;
    const int end = event->end ^ (int)line->crossed;
    capture->crossed = line->crossed;
    switch (event->kind) {
    case WIRE_ASK: conversation_ask(conversation, &output); break;
    case WIRE_REFUSED: conversation_refuse(conversation, &output); break;
    case WIRE_ESTABLISH: conversation_establish(conversation, &output); break;
    case WIRE_SEND: send_segments(capture, line, &output); break;
    case WIRE_READ: conversation_read(conversation, &output, end, capture->history->entries[event->entry].bytes); break;
    case WIRE_SEE_END: conversation_see_end(conversation, &output, end); break;
    case WIRE_FINISH: conversation_finish(conversation, &output, end); break;
    case WIRE_RESET: conversation_reset(conversation, &output, end); break;
    default: break;
    }
    capture->crossed = false;
}

/* One datagram, or of several in one call: the first, and the rest in one
 * packet, since nobody knows how they were divided. */
static void datagram_event(struct capture *capture)
{
    const struct wire_event *const event = capture->event;
    const struct entry *const entry = &capture->history->entries[event->entry];
    const struct entry *const other = entry->other != NONE ? &capture->history->entries[entry->other] : NULL;
    const struct entry *const best = other != NULL && other->kept > entry->kept ? other : entry;
    struct packet_end ends[2];
    capture_ends(&capture->addresses, event->pipe, ends);
    uint64_t size = entry->messages > 1 && entry->first != 0 ? entry->first : entry->bytes, kept = best->kept;
    for (uint64_t done = 0; (done == 0 || done < entry->bytes) && capture->piece < PIECES_MAX;
         done += size, size = entry->bytes - done, kept = 0) {
        const uint64_t whole = size < PACKET_DATAGRAM_MAX ? size : PACKET_DATAGRAM_MAX;
        const struct packet_payload payload = {best->payload, kept < whole ? kept : whole, whole};
        packet_udp(&capture->packet, &ends[event->end], &ends[1 - event->end], &payload);
        write_packet(capture, &capture->packet, event->end);
        if (size == 0)
            return;
    }
}

/* A connect that was answered with a no, or not at all. */
static void refused_event(struct capture *capture)
{
    const struct entry *const entry = &capture->history->entries[capture->event->entry];
    const struct conversation_output output = {write_packet, capture, &capture->packet};
    struct line_ends ends = {.heard = {true, false}, .begun = true};
    capture_refused_ends(entry->attempt, ends.ends);
    const struct line line = lines_begin(&capture->lines, &ends);
    if (entry->error == ECONNREFUSED)
        conversation_refuse(line.conversation, &output);
    else
        conversation_ask(line.conversation, &output);
}

/* --- names ---------------------------------------------------------------------------- */

/* What programs called the hosts to which they connected, once each. */
static void write_hosts(struct capture *capture)
{
    struct map seen = {0};
    for (const struct socket *s = model_sockets(capture->history->model); s != NULL; s = s->next) {
        const uint8_t *const ipv4 = address_ipv4(&s->peer);
        const uint8_t *const ip = ipv4 != NULL ? ipv4 : s->peer.bytes;
        const size_t ip_size = ipv4 != NULL ? 4 : 16;
        if (s->host == NULL || (ipv4 == NULL && s->peer.family != AF_INET6))
            continue;
        uint64_t key = ip_size;
        for (size_t i = 0; i < ip_size; i++)
            key = map_mix(key, ip[i]);
        for (const char *at = s->host; *at != '\0'; at++)
            key = map_mix(key, (unsigned char)*at);
        if (map_get(&seen, key) != NULL)
            continue;
        map_put(&seen, key, capture);
        capture->comment.used = 0;
        out_foreign(&capture->comment, s->host, strlen(s->host), ESCAPE_TEXT);
        pcapng_name(&capture->pcapng, ip, ip_size, capture->comment.buffer, capture->comment.used);
    }
    map_free(&seen);
}

/* Who is behind the made-up addresses: programs and paths. */
static void write_made_hosts(struct capture *capture)
{
    for (size_t i = 0; i < capture->history->pipe_count; i++) {
        const struct pipe *const pipe = &capture->history->pipes[i];
        struct packet_end ends[2];
        if (pipe->wanted && pipe->connection->family == AF_UNIX)
            capture_ends(&capture->addresses, pipe, ends);
    }
    for (size_t i = 0; i < capture->addresses.count; i++) {
        const struct made_host *const host = &capture->addresses.hosts[i];
        const struct address *const path = &host->pipe->connection->addresses[SERVER_END];
        const uint32_t holding = host->pipe->holdings[host->end];
        struct out *const out = &capture->comment;
        char text[ADDRESS_TEXT];
        out->used = 0;
        if (host->end == SERVER_END && path->family != 0) {
            out_foreign(out, text, address_format(path, text), ESCAPE_TEXT);
        } else if (holding != NONE) {
            const struct process *const process = capture->history->holdings[holding].holder->process;
            out_foreign(out, process->comm, strlen(process->comm), ESCAPE_TEXT);
            out_char(out, '[');
            out_uint(out, process->pid);
            out_char(out, ']');
        } else {
            out_text(out, "not-recorded");
        }
        pcapng_name(&capture->pcapng, host->ip, sizeof host->ip, out->buffer, out->used);
    }
}

/* --- all together --------------------------------------------------------------------- */

static void write_event(struct capture *capture, const struct wire_event *event)
{
    capture->event = event;
    capture->piece = 0;
    if (event->kind == WIRE_LOST) {
        capture->lost += capture->history->entries[event->entry].bytes;
        return;
    }
    if (event->pipe != NULL && !capture_can_show(event->pipe))
        return;
    say_event(capture);
    if (event->pipe == NULL)
        refused_event(capture);
    else if (pipe_is_stream(event->pipe))
        stream_event(capture);
    else
        datagram_event(capture);
}

void export_pcapng(struct out *out, struct history *history)
{
    struct capture *const capture = memory_new(1, sizeof *capture);
    struct wire wire;
    wire_collect(&wire, history);
    capture->history = history;
    capture->addresses.history = history;
    capture->pipe_lines = memory_new(history->pipe_count, sizeof *capture->pipe_lines);
    phrase_scratch(&capture->comment, true);
    pcapng_begin(&capture->pcapng, out, ABOUT, "socket calls of recorded programs");
    write_hosts(capture);
    write_made_hosts(capture);
    for (size_t i = 0; i < wire.count && !out->broken; i++)
        write_event(capture, &wire.events[i]);
    pcapng_statistics(&capture->pcapng, history->ended, capture->packets, history->lost);
    pcapng_end(&capture->pcapng);
    phrase_scratch_end(&capture->comment);
    capture_addresses_free(&capture->addresses);
    wire_free(&wire);
    lines_free(&capture->lines);
    free(capture->pipe_lines);
    free(capture);
}
