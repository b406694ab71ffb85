/* export_perfetto.c - Chrome's trace events as JSON, which Perfetto and
 * chrome://tracing read: a track for each thread with its calls as slices, a span
 * for each end of a connection, an arrow from a send to the receive at the other
 * end, counters of open sockets and bytes.
 *
 * Times are microseconds since the recording began, with three decimals: those
 * since 1970 would not fit the reader's numbers.
 */
#include "base/memory.h"
#include "export/export.h"
#include "out/json.h"
#include "record/args.h"

enum { NAMESPACE_STEP = 1 << 22 /* no pid is larger */ };

struct trace {
    struct out *out;
    struct history *history;
    bool any;              /* events were written */
    struct map namespaces; /* of pids, numbered from 1: pids repeat in others */
    struct map named;      /* processes and threads that have their names */
    struct bytes {
        uint64_t sent, received;
    } * bytes; /* so far, by the process's id */
};

static const char *const categories[] = {"other", "create", "connect", "transfer", "close"};

/* --- pieces --------------------------------------------------------------------------- */

static void put_time(struct trace *trace, const char *key, int64_t ns)
{
    const uint64_t positive = ns > 0 ? (uint64_t)ns : 0;
    out_text(trace->out, key);
    out_uint(trace->out, positive / 1000);
    out_char(trace->out, '.');
    out_digits(trace->out, positive % 1000, 3);
}

/* A moment; one that is not known is the beginning. */
static int64_t since_began(const struct trace *trace, int64_t time)
{
    return time > trace->history->began ? time - trace->history->began : 0;
}

/* What sets the ids of a process's namespace apart from those of the first. */
static uint64_t id_base(struct trace *trace, const struct process *process)
{
    if (process == NULL || process->pid_namespace == 0)
        return 0;
    uintptr_t number = (uintptr_t)map_get(&trace->namespaces, process->pid_namespace);
    if (number == 0) {
        number = trace->namespaces.count + 1;
        map_put(&trace->namespaces, process->pid_namespace, (void *)number);
    }
    return (number - 1) * NAMESPACE_STEP;
}

/* Begins an event: {"ph":"X","pid":…,"tid":…,"ts":… */
static void begin(struct trace *trace, const char *phase, const struct process *process, uint32_t tid, int64_t time)
{
    const uint64_t base = id_base(trace, process);
    out_text(trace->out, trace->any ? ",\n{\"ph\":\"" : "\n{\"ph\":\"");
    out_text(trace->out, phase);
    out_text(trace->out, "\",\"pid\":");
    out_uint(trace->out, process != NULL ? base + process->pid : 0);
    out_text(trace->out, ",\"tid\":");
    out_uint(trace->out, process != NULL ? base + tid : 0);
    put_time(trace, ",\"ts\":", since_began(trace, time));
    trace->any = true;
}

static void put_name(struct trace *trace, const char *name)
{
    out_text(trace->out, ",\"name\":");
    out_json_string(trace->out, name, strlen(name));
}

static void put_category(struct trace *trace, const char *category)
{
    out_text(trace->out, ",\"cat\":\"");
    out_text(trace->out, category);
    out_char(trace->out, '"');
}

static void end(struct trace *trace)
{
    out_char(trace->out, '}');
}

/* --- names of tracks -------------------------------------------------------------------- */

static bool is_new(struct trace *trace, uint64_t what, uint64_t id)
{
    const uint64_t key = map_mix(map_mix(what, 0), id);
    if (map_get(&trace->named, key) != NULL)
        return false;
    map_put(&trace->named, key, trace);
    return true;
}

static void name_track(struct trace *trace, const struct process *process, uint32_t tid, const char *what)
{
    begin(trace, "M", process, tid, 0);
    put_name(trace, what);
    out_text(trace->out, ",\"args\":{\"name\":");
    out_json_string(trace->out, process->comm, strlen(process->comm));
    out_char(trace->out, '}');
    end(trace);
}

static void name_tracks(struct trace *trace, const struct process *process, uint32_t tid)
{
    if (is_new(trace, 1, process->id))
        name_track(trace, process, process->pid, "process_name");
    if (is_new(trace, 2 + process->id, tid))
        name_track(trace, process, tid, "thread_name");
}

/* --- calls -------------------------------------------------------------------------------- */

static void put_facts(struct trace *trace, const struct view *view)
{
    const struct record *const record = view->record;
    struct json json = {.out = trace->out};
    json_uint(&json, "id", record->id);
    if (record->fd >= 0)
        json_int(&json, "fd", record->fd);
    if (!view->call->event)
        json_int(&json, "ret", record->ret);
    if (view->error != NULL)
        json_word(&json, "errno", view->error);
    if (record->inode != 0)
        json_uint(&json, "inode", record->inode);
    json_address(&json, "local", &view->local);
    json_address(&json, "peer", &view->peer);
    if (view->host != NULL)
        json_text(&json, "host", view->host);
    if (view->bytes != 0)
        json_uint(&json, "bytes", view->bytes);
    args_json(trace->out, view, ",\"args\":{");
}

static void put_call(struct trace *trace, const struct view *view, const struct entry *entry)
{
    const bool instant = view->call->event;
    name_tracks(trace, entry->process, entry->tid);
    begin(trace, instant ? "i" : "X", entry->process, entry->tid, entry->time);
    if (instant)
        out_text(trace->out, ",\"s\":\"t\"");
    else
        put_time(trace, ",\"dur\":", entry->done - entry->time);
    put_name(trace, view->call->api);
    put_category(trace, categories[view->call->phase]);
    out_text(trace->out, ",\"args\":{");
    put_facts(trace, view);
    out_char(trace->out, '}');
    end(trace);
}

static void put_lost(struct trace *trace, const struct view *view, int64_t time)
{
    begin(trace, "i", NULL, 0, time);
    put_name(trace, "lost records");
    out_text(trace->out, ",\"s\":\"g\",\"args\":{\"count\":");
    out_uint(trace->out, view->lost);
    out_char(trace->out, '}');
    end(trace);
}

/* --- arrows ------------------------------------------------------------------------------- */

/* From the slice of a send to that of the receive, which may have waited since
 * long before. */
static void put_arrow(struct trace *trace, const struct entry *sent)
{
    const struct entry *const received = &trace->history->entries[sent->other];
    int64_t arrival = sent->time > received->time ? sent->time : received->time;
    if (arrival >= received->done && received->done > received->time)
        arrival = received->done - 1; /* within the slice, whose end is not part of it */
    if (arrival < sent->time || !received->wanted || sent->process == NULL || received->process == NULL)
        return;
    const struct entry *const ends[] = {sent, received};
    for (int i = 0; i < 2; i++) {
        begin(trace, i == 0 ? "s" : "f", ends[i]->process, ends[i]->tid, i == 0 ? sent->time : arrival);
        put_name(trace, "bytes");
        put_category(trace, "pipe");
        out_text(trace->out, ",\"id\":");
        out_uint(trace->out, sent->id);
        out_text(trace->out, i == 0 ? "" : ",\"bp\":\"e\"");
        end(trace);
    }
}

/* --- connections ---------------------------------------------------------------------------- */

static void put_span(struct trace *trace, const struct pipe *pipe, int which, const char *phase, int64_t time)
{
    const struct connection *const connection = pipe->connection;
    const struct holder *const holder = trace->history->holdings[pipe->holdings[which]].holder;
    char name[2 * ADDRESS_TEXT + 32], address[ADDRESS_TEXT];
    size_t size = (size_t)snprintf(name, sizeof name, "fd %d", holder->fd);
    for (int i = 0; i < 2; i++) {
        const struct address *const at = &connection->addresses[i == 0 ? which : 1 - which];
        if (at->family == 0)
            continue;
        size += (size_t)snprintf(name + size, sizeof name - size, i == 0 ? " " : " → ");
        const size_t length = address_format(at, address);
        memcpy(name + size, address, length);
        size += length;
    }
    begin(trace, phase, holder->process, holder->process->pid, time);
    out_text(trace->out, ",\"name\":");
    out_json_string(trace->out, name, size);
    put_category(trace, "connection");
    out_text(trace->out, ",\"id\":\"");
    out_uint(trace->out, connection->id);
    out_text(trace->out, which == CLIENT_END ? ".client\"" : ".server\"");
    end(trace);
}

static void put_connections(struct trace *trace)
{
    for (size_t i = 0; i < trace->history->pipe_count; i++) {
        const struct pipe *const pipe = &trace->history->pipes[i];
        for (int which = 0; which < 2 && pipe->wanted; which++) {
            const struct socket *const socket = pipe->connection->ends[which].socket;
            if (socket == NULL || pipe->holdings[which] == NONE)
                continue;
            const int64_t from = pipe->connection->opened;
            int64_t until = socket->connection == pipe->connection ? socket->closed : pipe->connection->closed;
            if (until == 0)
                until = trace->history->ended;
            put_span(trace, pipe, which, "b", from);
            put_span(trace, pipe, which, "e", until > from ? until : from);
        }
    }
}

/* --- counters ------------------------------------------------------------------------------- */

/* A descriptor comes or goes. */
struct change_of_count {
    int64_t time;
    struct process *process;
    int change;
};

static int by_time(const void *left, const void *right)
{
    const struct change_of_count *const a = left, *const b = right;
    return a->time != b->time ? (a->time < b->time ? -1 : 1) : b->change - a->change;
}

/* Descriptors that name sockets, by process; its mark is the count. */
static void put_open_sockets(struct trace *trace)
{
    const struct history *const history = trace->history;
    struct change_of_count *const changes = memory_new(2 * history->holding_count, sizeof *changes);
    size_t count = 0;
    for (size_t i = 0; i < history->holding_count; i++) {
        const struct holding *const holding = &history->holdings[i];
        changes[count++] = (struct change_of_count){holding->since, holding->holder->process, 1};
        if (holding->until != 0)
            changes[count++] = (struct change_of_count){holding->until, holding->holder->process, -1};
    }
    if (count != 0)
        qsort(changes, count, sizeof *changes, by_time);
    for (size_t i = 0; i < count; i++) {
        struct process *const process = changes[i].process;
        process->mark += (uint64_t)(int64_t)changes[i].change;
        if ((int64_t)process->mark < 0)
            process->mark = 0;
        begin(trace, "C", process, process->pid, changes[i].time);
        put_name(trace, "open sockets");
        out_text(trace->out, ",\"args\":{\"descriptors\":");
        out_uint(trace->out, process->mark);
        out_char(trace->out, '}');
        end(trace);
    }
    free(changes);
}

/* All that went through the process's sockets so far. */
static void put_bytes(struct trace *trace, const struct entry *entry)
{
    struct bytes *const bytes = &trace->bytes[entry->process->id];
    *(entry->way == WAY_IN ? &bytes->received : &bytes->sent) += entry->bytes;
    begin(trace, "C", entry->process, entry->process->pid, entry->done);
    put_name(trace, "bytes");
    out_text(trace->out, ",\"args\":{\"sent\":");
    out_uint(trace->out, bytes->sent);
    out_text(trace->out, ",\"received\":");
    out_uint(trace->out, bytes->received);
    out_char(trace->out, '}');
    end(trace);
}

/* --- all together ------------------------------------------------------------------------------ */

void export_perfetto(struct out *out, struct history *history)
{
    struct trace trace = {.out = out, .history = history};
    const struct entry *entry;
    const struct view *view;
    trace.bytes = memory_new(model_sums(history->model).processes + 1, sizeof *trace.bytes);
    out_text(out,
             "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"application\":\"sockspy " SOCKSPY_VERSION "\",\"began\":\"");
    out_seconds(out, history->began, 9);
    out_text(out, "\"},\"traceEvents\":[");
    while ((view = history_next(history, &entry)) != NULL && !out->broken) {
        if (view->lost != 0) {
            put_lost(&trace, view, entry->time);
            continue;
        }
        if (entry->process == NULL || entry->time == 0)
            continue;
        put_call(&trace, view, entry);
        if (entry->way == WAY_OUT && entry->other != NONE)
            put_arrow(&trace, entry);
        if (entry->bytes != 0)
            put_bytes(&trace, entry);
    }
    put_connections(&trace);
    put_open_sockets(&trace);
    out_text(out, "\n]}\n");
    free(trace.bytes);
    map_free(&trace.namespaces);
    map_free(&trace.named);
}
