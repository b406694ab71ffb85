/* export_mermaid.c - a sequence diagram in Mermaid's words, for Markdown.
 *
 * A participant for each process, one for each socket, which is created and
 * destroyed, and one for each peer that was not recorded. All text goes through
 * mermaid_text.
 */
#include "base/memory.h"
#include "export/export.h"
#include "export/mermaid_text.h"
#include "out/phrase.h"

#include <sys/socket.h>

enum { PAYLOAD_SHOWN = 24 };

struct chart {
    struct out *out;
    struct history *history;
    struct out text;     /* a line's text in the making */
    struct map shown[3]; /* participants: what stands behind them to their number, by enum part */
    struct map gone;     /* sockets that were destroyed */
    struct map phases;   /* the last phase that was announced, by pipe */
    uint32_t *order;     /* the records to tell, by when they took effect */
    size_t count;
};

enum part { PART_PROCESS, PART_SOCKET, PART_PEER };

/* --- text ----------------------------------------------------------------------------- */

/* Writes chart->text out and empties it. */
static void put_text(struct chart *chart)
{
    mermaid_text(chart->out, chart->text.buffer, chart->text.used);
    chart->text.used = 0;
}

static void add(struct chart *chart, const char *text)
{
    out_text(&chart->text, text);
}

static void add_foreign(struct chart *chart, const void *bytes, size_t size, enum escape escape)
{
    out_foreign(&chart->text, bytes, size, escape);
}

static void add_address(struct chart *chart, const struct address *address)
{
    char text[ADDRESS_TEXT];
    if (address->family == 0)
        add(chart, "?");
    else
        add_foreign(chart, text, address_format(address, text), ESCAPE_TEXT);
}

static void add_process(struct chart *chart, const struct process *process)
{
    add_foreign(chart, process->comm, strlen(process->comm), ESCAPE_TEXT);
    add(chart, "[");
    out_uint(&chart->text, process->pid);
    add(chart, "]");
}

static void end_line(struct chart *chart)
{
    put_text(chart);
    out_char(chart->out, '\n');
}

/* --- participants ----------------------------------------------------------------------- */

static uint64_t key_of(const void *what)
{
    return (uint64_t)(uintptr_t)what;
}

/* The participant's number, counted from 1; 0: there is none. */
static uintptr_t number_of(const struct chart *chart, enum part part, const void *what)
{
    return (uintptr_t)map_get(&chart->shown[part], key_of(what));
}

static uintptr_t number_new(struct chart *chart, enum part part, const void *what)
{
    uintptr_t number = number_of(chart, part, what);
    if (number == 0) {
        number = chart->shown[part].count + 1;
        map_put(&chart->shown[part], key_of(what), (void *)number);
    }
    return number;
}

static void put_id(struct chart *chart, enum part part, const void *what)
{
    out_char(chart->out, "PSX"[part]);
    out_uint(chart->out, number_of(chart, part, what));
}

static void declare_process(struct chart *chart, const struct process *process)
{
    if (process == NULL || number_of(chart, PART_PROCESS, process) != 0)
        return;
    number_new(chart, PART_PROCESS, process);
    out_text(chart->out, "    participant ");
    put_id(chart, PART_PROCESS, process);
    out_text(chart->out, " as ");
    add_process(chart, process);
    end_line(chart);
}

/* The end of a pipe that was not recorded. */
static void declare_peer(struct chart *chart, const struct entry *entry)
{
    const struct pipe *const pipe = entry->pipe;
    if (pipe == NULL || pipe->connection->ends[1 - entry->end].socket != NULL || entry->bytes == 0 ||
        number_of(chart, PART_PEER, pipe) != 0)
        return;
    number_new(chart, PART_PEER, pipe);
    out_text(chart->out, "    participant ");
    put_id(chart, PART_PEER, pipe);
    out_text(chart->out, " as ");
    add_address(chart, &pipe->connection->addresses[1 - entry->end]);
    end_line(chart);
}

/* --- lines ------------------------------------------------------------------------------ */

/* "    P1->>S2: " and the text. */
static void put_message(struct chart *chart, enum part from_part, const void *from, const char *arrow,
                        enum part to_part, const void *to)
{
    out_text(chart->out, "    ");
    put_id(chart, from_part, from);
    out_text(chart->out, arrow);
    put_id(chart, to_part, to);
    out_text(chart->out, ": ");
    end_line(chart);
}

static void put_note(struct chart *chart, enum part part, const void *what)
{
    out_text(chart->out, "    Note over ");
    put_id(chart, part, what);
    out_text(chart->out, ": ");
    end_line(chart);
}

/* Is the socket a participant just now? */
static bool is_there(const struct chart *chart, const struct socket *socket)
{
    return socket != NULL && number_of(chart, PART_SOCKET, socket) != 0 &&
           map_get(&chart->gone, key_of(socket)) == NULL;
}

/* Says, the first time, that a pipe enters a phase. */
static void announce(struct chart *chart, const struct entry *entry, enum phase phase)
{
    static const char *const names[] = {"", "", "", "③ sending and receiving", "④ disconnecting"};
    const struct pipe *const pipe = entry->pipe;
    if (pipe == NULL || phase < PHASE_TRANSFER || (uintptr_t)map_get(&chart->phases, key_of(pipe)) >= (uintptr_t)phase)
        return;
    map_put(&chart->phases, key_of(pipe), (void *)(uintptr_t)phase);
    const struct socket *const other = pipe->connection->ends[1 - entry->end].socket;
    out_text(chart->out, "    Note over ");
    put_id(chart, PART_SOCKET, entry->socket);
    if (is_there(chart, other)) {
        out_char(chart->out, ',');
        put_id(chart, PART_SOCKET, other);
    }
    out_text(chart->out, ": ");
    add(chart, names[phase]);
    end_line(chart);
}

static void create_socket(struct chart *chart, const struct socket *socket, const struct process *process, int fd,
                          enum part from_part, const void *from, const char *how)
{
    number_new(chart, PART_SOCKET, socket);
    out_text(chart->out, "    create participant ");
    put_id(chart, PART_SOCKET, socket);
    out_text(chart->out, " as ");
    add_foreign(chart, process->comm, strlen(process->comm), ESCAPE_TEXT);
    add(chart, " fd ");
    out_int(&chart->text, fd);
    end_line(chart);
    add(chart, how);
    put_message(chart, from_part, from, "->>", PART_SOCKET, socket);
}

/* The socket behind the record becomes a participant, if it is none yet. */
static void show_socket(struct chart *chart, const struct entry *entry)
{
    if (number_of(chart, PART_SOCKET, entry->socket) == 0)
        create_socket(chart, entry->socket, entry->process, entry->fd, PART_PROCESS, entry->process,
                      "(was there before)");
}

static void add_bytes(struct chart *chart, const struct entry *entry)
{
    add(chart, entry->call->api);
    add(chart, " ");
    out_grouped(&chart->text, entry->bytes);
    add(chart, entry->bytes == 1 ? " byte" : " bytes");
    if (entry->kept == 0)
        return;
    add(chart, " “");
    add_foreign(chart, entry->payload, entry->kept < PAYLOAD_SHOWN ? entry->kept : PAYLOAD_SHOWN, ESCAPE_BYTES);
    add(chart, entry->bytes > PAYLOAD_SHOWN ? "…”" : "”");
}

/* --- what the records say ------------------------------------------------------------------ */

/* Is the record worth a line? A receive whose send is shown is part of its arrow. */
static bool is_told(const struct chart *chart, const struct entry *entry)
{
    if (!entry->wanted || entry->call == NULL || entry->process == NULL)
        return false;
    if (entry->socket == NULL)
        return entry_is(entry, "socketpair") && entry->error == 0;
    if (entry->way == WAY_IN && entry->bytes != 0 && entry->other != NONE)
        return !chart->history->entries[entry->other].wanted;
    if (entry->way == WAY_OUT && entry->bytes == 0)
        return false;
    return entry->call->phase != PHASE_NONE;
}

static void tell_pair(struct chart *chart, const struct entry *entry)
{
    for (int end = 0; end < 2 && entry->pipe != NULL; end++) {
        const uint32_t holding = entry->pipe->holdings[end];
        if (holding == NONE)
            continue;
        const struct holder *const holder = chart->history->holdings[holding].holder;
        if (number_of(chart, PART_SOCKET, holder->socket) == 0)
            create_socket(chart, holder->socket, entry->process, holder->fd, PART_PROCESS, entry->process,
                          "① socketpair");
    }
}

/* The new socket comes out of the listening one. */
static void tell_accept(struct chart *chart, const struct entry *entry)
{
    const struct socket *const made = entry->pipe != NULL ? entry->pipe->connection->ends[SERVER_END].socket : NULL;
    if (made == NULL || number_of(chart, PART_SOCKET, made) != 0)
        return;
    create_socket(chart, made, entry->process, (int)entry->ret, PART_SOCKET, entry->socket,
                  "② accept gives a new socket");
    add_address(chart, &made->peer);
    add(chart, " ⇄ ");
    add_address(chart, &made->local);
    put_note(chart, PART_SOCKET, made);
}

static void tell_bytes(struct chart *chart, const struct entry *entry)
{
    const struct pipe *const pipe = entry->pipe;
    const struct socket *const other = pipe != NULL ? pipe->connection->ends[1 - entry->end].socket : NULL;
    const bool peer = pipe != NULL && number_of(chart, PART_PEER, pipe) != 0;
    const enum part part = other != NULL ? PART_SOCKET : PART_PEER;
    const void *const what = other != NULL ? (const void *)other : (const void *)pipe;
    announce(chart, entry, PHASE_TRANSFER);
    add_bytes(chart, entry);
    if ((other == NULL && !peer) || (other != NULL && !is_there(chart, other)))
        put_note(chart, PART_SOCKET, entry->socket);
    else if (entry->way == WAY_OUT)
        put_message(chart, PART_SOCKET, entry->socket, "->>", part, what);
    else
        put_message(chart, part, what, "->>", PART_SOCKET, entry->socket);
}

/* With its last descriptor the socket goes. */
static void tell_close(struct chart *chart, const struct entry *entry)
{
    const uint32_t index = entry_index(chart->history, entry);
    const struct pipe *const pipe = entry->pipe;
    const bool last = entry->socket->ended && !entry->socket->by_exit &&
                      (pipe == NULL || pipe->closed_by[entry->end] == index || pipe->closed_by[entry->end] == NONE);
    announce(chart, entry, PHASE_CLOSE);
    add(chart, "④ close fd ");
    out_int(&chart->text, entry->fd);
    if (!last) {
        put_note(chart, PART_SOCKET, entry->socket);
        return;
    }
    out_text(chart->out, "    destroy ");
    put_id(chart, PART_SOCKET, entry->socket);
    out_char(chart->out, '\n');
    map_put(&chart->gone, key_of(entry->socket), chart);
    put_message(chart, PART_PROCESS, entry->process, "-x", PART_SOCKET, entry->socket);
}

/* Everything else is a remark beside the socket. */
static void tell_remark(struct chart *chart, const struct entry *entry)
{
    static const char *const signs[] = {"", "① ", "② ", "③ ", "④ "};
    const struct address *const local = &entry->socket->local;
    announce(chart, entry, entry->zero == ZERO_END ? PHASE_CLOSE : entry->call->phase);
    add(chart, signs[entry->zero == ZERO_END ? PHASE_CLOSE : entry->call->phase]);
    add(chart, entry->call->api);
    if (entry->zero == ZERO_END)
        add(chart, " = 0, the other side sends no more");
    if (entry_is(entry, "connect")) {
        add(chart, " ");
        add_address(chart, entry->attempt != NULL ? &entry->attempt->local : local);
        add(chart, " → ");
        add_address(chart, entry->attempt != NULL ? &entry->attempt->peer : &entry->socket->peer);
    } else if (entry_is(entry, "bind") || entry_is(entry, "listen")) {
        add(chart, " ");
        add_address(chart, local);
    }
    if (entry->error != 0) {
        add(chart, " = ");
        name_text(&chart->text, KIND_errno, entry->error);
    }
    put_note(chart, PART_SOCKET, entry->socket);
}

static void tell(struct chart *chart, const struct entry *entry)
{
    if (entry->socket == NULL) {
        tell_pair(chart, entry);
        return;
    }
    if (map_get(&chart->gone, key_of(entry->socket)) != NULL)
        return;
    if (number_of(chart, PART_SOCKET, entry->socket) == 0 && entry_is(entry, "socket") && entry->error == 0) {
        create_socket(chart, entry->socket, entry->process, entry->fd, PART_PROCESS, entry->process, "① socket");
        return;
    }
    show_socket(chart, entry);
    if (entry_accepts(entry) && entry->error == 0)
        tell_accept(chart, entry);
    else if (entry->way != WAY_NONE && entry->bytes != 0)
        tell_bytes(chart, entry);
    else if (entry_is(entry, "close") && entry->error == 0)
        tell_close(chart, entry);
    else
        tell_remark(chart, entry);
}

/* --- all together ----------------------------------------------------------------------------- */

/* What there is to tell, in order. */
static void find(struct chart *chart)
{
    const struct history *const history = chart->history;
    chart->order = history_order(history);
    for (size_t i = 0; i < history->count; i++) {
        if (is_told(chart, &history->entries[chart->order[i]]))
            chart->order[chart->count++] = chart->order[i];
    }
}

void export_mermaid(struct out *out, struct history *history, size_t messages)
{
    struct chart chart = {.out = out, .history = history};
    phrase_scratch(&chart.text, true);
    find(&chart);
    const size_t told = chart.count < messages ? chart.count : messages;
    out_text(out, "sequenceDiagram\n    autonumber\n");
    for (size_t i = 0; i < told; i++)
        declare_process(&chart, history->entries[chart.order[i]].process);
    for (size_t i = 0; i < told; i++)
        declare_peer(&chart, &history->entries[chart.order[i]]);
    if (chart.shown[PART_PROCESS].count == 0) /* a diagram has somebody in it */
        out_text(out,
                 chart.count == 0 ? "    participant P1 as (nothing was recorded)\n" : "    participant P1 as …\n");
    for (size_t i = 0; i < told; i++)
        tell(&chart, &history->entries[chart.order[i]]);
    if (told < chart.count) {
        out_text(out, "    Note over P1: … ");
        out_grouped(out, chart.count - told);
        out_text(out, " more\n");
    }
    phrase_scratch_end(&chart.text);
    for (int i = 0; i < 3; i++)
        map_free(&chart.shown[i]);
    map_free(&chart.gone);
    map_free(&chart.phases);
    free(chart.order);
}
