/* report_data.c - see report.h: what there is - processes, sockets, connections,
 * what could not be seen. */
#include "base/memory.h"
#include "record/counts.h"
#include "report/report.h"
#include "tables/put.h"

#include <time.h>

/* --- what is part of it ------------------------------------------------------------------ */

/* With filters, only what the records that are wanted touch: marks it. */
static void mark_wanted(struct history *history)
{
    for (struct process *p = model_processes(history->model); p != NULL; p = p->next)
        p->mark = 0;
    for (struct socket *s = model_sockets(history->model); s != NULL; s = s->next)
        s->mark = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *const entry = &history->entries[i];
        if (!entry->wanted)
            continue;
        if (entry->process != NULL)
            entry->process->mark = 1;
        if (entry->socket != NULL)
            entry->socket->mark = 1;
    }
    for (size_t i = 0; i < history->pipe_count; i++) {
        for (int end = 0; end < 2 && history->pipes[i].wanted; end++) {
            if (history->pipes[i].connection->ends[end].socket != NULL)
                history->pipes[i].connection->ends[end].socket->mark = 1;
        }
    }
    for (size_t i = 0; i < history->holding_count; i++) { /* whoever holds such a socket */
        const struct holder *const holder = history->holdings[i].holder;
        if (holder->socket->mark != 0)
            holder->process->mark = 1;
    }
}

/* Marks become rows. */
static void number_rows(struct report *report)
{
    struct history *const history = report->history;
    uint64_t row = 0;
    for (struct process *p = model_processes(history->model); p != NULL; p = p->next)
        p->mark = p->mark != 0 ? ++row : 0;
    row = 0;
    for (struct socket *s = model_sockets(history->model); s != NULL; s = s->next)
        s->mark = s->mark != 0 ? ++row : 0;
    uint32_t pipes = 0, records = 0;
    for (size_t i = 0; i < history->pipe_count; i++)
        report->pipe_rows[i] = history->pipes[i].wanted ? pipes++ : NONE;
    for (size_t i = 0; i < history->count; i++) {
        const uint32_t index = report->order[i];
        report->record_rows[index] = history->entries[index].wanted ? records++ : NONE;
    }
}

/* --- tables ------------------------------------------------------------------------------- */

static void put_processes(struct report *report)
{
    struct rows *const rows = &report->rows;
    rows_table(rows, "processes");
    for (const struct process *p = model_processes(report->history->model); p != NULL; p = p->next) {
        if (p->mark == 0)
            continue;
        rows_open(rows);
        rows_int(rows, p->pid);
        rows_foreign(rows, p->comm, strlen(p->comm));
        rows_foreign(rows, p->path, strlen(p->path));
        rows_foreign(rows, p->args, strlen(p->args));
        rows_time(rows, p->began);
        rows_time(rows, p->ended);
        rows_close(rows);
    }
    rows_close(rows);
}

static void put_sockets(struct report *report)
{
    struct rows *const rows = &report->rows;
    rows_table(rows, "sockets");
    for (const struct socket *s = model_sockets(report->history->model); s != NULL; s = s->next) {
        if (s->mark == 0)
            continue;
        rows_open(rows);
        rows_int(rows, (int64_t)s->id);
        put_kind(&rows->text, s->family, s->type, s->protocol);
        rows_text(rows);
        rows_word(rows, role_word(s->role));
        rows_address(rows, &s->local);
        rows_address(rows, &s->peer);
        rows_foreign(rows, s->host, s->host != NULL ? strlen(s->host) : 0);
        rows_word(rows, state_word(socket_state(report->history->model, s)));
        rows_time(rows, s->opened);
        rows_time(rows, s->closed);
        rows_close(rows);
    }
    rows_close(rows);
}

/* Every holding has its row, so that its number is its index; those of sockets
 * that are not wanted are null. */
static void put_lanes(struct report *report)
{
    struct rows *const rows = &report->rows;
    rows_table(rows, "lanes");
    for (size_t i = 0; i < report->history->holding_count; i++) {
        const struct holding *const holding = &report->history->holdings[i];
        if (holding->holder->socket->mark == 0) {
            rows_null(rows);
            continue;
        }
        rows_open(rows);
        rows_index(rows, report_row(holding->holder->process->mark));
        rows_int(rows, holding->holder->fd);
        rows_index(rows, report_row(holding->holder->socket->mark));
        rows_time(rows, holding->since);
        rows_time(rows, holding->until);
        rows_close(rows);
    }
    rows_close(rows);
}

/* The name that either end's program knows the other by. */
static const char *host_of(const struct connection *connection)
{
    for (int end = 0; end < 2; end++) {
        const struct socket *const socket = connection->ends[end].socket;
        if (socket != NULL && socket->host != NULL)
            return socket->host;
    }
    return "";
}

static void put_connection(struct rows *rows, const struct pipe *pipe)
{
    const struct connection *const connection = pipe->connection;
    rows_open(rows);
    rows_int(rows, (int64_t)connection->id);
    rows_open(rows);
    for (int end = 0; end < 2; end++)
        rows_index(rows, pipe->holdings[end]);
    rows_close(rows);
    rows_open(rows);
    for (int end = 0; end < 2; end++)
        rows_address(rows, &connection->addresses[end]);
    rows_close(rows);
    rows_foreign(rows, host_of(connection), strlen(host_of(connection)));
    put_kind(&rows->text, connection->family, connection->type, connection->protocol);
    rows_text(rows);
    rows_open(rows);
    for (int end = 0; end < 2; end++) {
        const struct stream *const stream = &pipe->streams[end];
        rows_int(rows, (int64_t)(pipe_told_by_sender(pipe, end) ? stream->sent_bytes : stream->received_bytes));
    }
    rows_close(rows);
    rows_time(rows, connection->opened);
    rows_time(rows, connection->closed);
    rows_word(rows, connection->error != 0 ? name_of(KIND_errno, (uint64_t)connection->error) : NULL);
    rows_close(rows);
}

static void put_connections(struct report *report)
{
    rows_table(&report->rows, "connections");
    for (size_t i = 0; i < report->history->pipe_count; i++) {
        if (report->history->pipes[i].wanted)
            put_connection(&report->rows, &report->history->pipes[i]);
    }
    rows_close(&report->rows);
}

/* --- what could not be seen ------------------------------------------------------------------ */

static void put_count(struct rows *rows, const char *key, uint64_t count, const char *words)
{
    if (count == 0)
        return;
    rows_open(rows);
    rows_word(rows, key);
    rows_int(rows, (int64_t)count);
    rows_word(rows, words);
    rows_close(rows);
}

static void put_unseen(struct report *report)
{
    struct history *const history = report->history;
    struct rows *const rows = &report->rows;
    rows_table(rows, "unseen");
    put_count(rows, "lost", history->lost, "records are missing: overwritten by later ones, or never finished");
    for (unsigned kind = 0; kind < COUNT_KINDS; kind++) {
        const uint64_t count = __atomic_load_n(&history->source.ring.header->count[kind], __ATOMIC_RELAXED);
        put_count(rows, count_key(kind), count, count_words(kind, count));
    }
    rows_close(rows);
}

/* --- all together --------------------------------------------------------------------------- */

static void put_head(struct report *report, const char *ring)
{
    struct rows *const rows = &report->rows;
    struct history *const history = report->history;
    char began[40];
    snprintf(began, sizeof began, "%lld.%09lld", (long long)(history->began / 1000000000),
             (long long)(history->began % 1000000000));
    rows_key(rows, "version", SOCKSPY_VERSION);
    rows_key(rows, "began", began);
    rows_key_int(rows, "made", time(NULL));
    rows_key_int(rows, "span", history->ended - history->began);
    rows_table(rows, "ring");
    rows_foreign(rows, ring, strlen(ring));
    rows_close(rows);
}

void report_data(struct out *out, struct story *story, const char *ring)
{
    struct history *const history = &story->history;
    struct report report = {
        .story = story,
        .history = history,
        .order = history_order(history),
        .record_rows = memory_new(history->count, sizeof *report.record_rows),
        .pipe_rows = memory_new(history->pipe_count, sizeof *report.pipe_rows),
    };
    mark_wanted(history);
    number_rows(&report);
    rows_begin(&report.rows, out, history->began);
    put_head(&report, ring);
    put_processes(&report);
    put_sockets(&report);
    put_lanes(&report);
    put_connections(&report);
    report_calls(&report);
    report_records(&report);
    report_steps(&report);
    put_unseen(&report);
    rows_end(&report.rows);
    free(report.order);
    free(report.record_rows);
    free(report.pipe_rows);
}
