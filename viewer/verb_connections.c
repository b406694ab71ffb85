/* verb_connections.c - sockspy connections: a row per pipe, with both its ends. */
#include "base/shelf.h"
#include "scan/scan.h"
#include "tables/live.h"
#include "tables/render_connection.h"
#include "verb.h"

#include <unistd.h>

struct connections {
    struct scan scan;
    struct table table;
    struct shelf shelf;
    struct live_recent recent;
};

/* A pipe is to be shown if a record passes the filter that used it, or acted on
 * one of its ends. */
static void mark(const struct step *step)
{
    if (step->connection != NULL)
        step->connection->mark |= step->connection->mark == 0;
    if (step->socket != NULL && step->socket->connection != NULL)
        step->socket->connection->mark |= step->socket->connection->mark == 0;
}

static void take_down(struct connections *connections, struct connection *connection)
{
    connection_hold(connection);
    shelf_put(&connections->shelf, connection);
}

static void visit(void *context, const struct step *step, bool passes)
{
    struct connections *const connections = context;
    if (passes)
        mark(step);
    for (size_t i = 0; i < step->change_count; i++) {
        struct connection *const connection = step->changes[i].connection;
        if (step->changes[i].kind == CONNECTION_ENDED && connection->mark != 0 && !connection->merged)
            take_down(connections, connection);
    }
}

static void print(void *context, void *item)
{
    struct connections *const connections = context;
    const struct model *const model = connections->scan.model;
    switch (connections->scan.options->format) {
    case FORMAT_JSONL: connection_jsonl(&connections->scan.out, model, item); break;
    case FORMAT_CSV: connection_csv(&connections->scan.out, item); break;
    default: connection_row(&connections->table, model, item);
    }
}

static void release(void *context, void *item)
{
    struct connections *const connections = context;
    connection_release(connections->scan.model, item);
}

/* --- following -------------------------------------------------------------------- */

/* mark: 0: not wanted; 1: wanted; 2: printed; 3: printed with both ends. */
static void print_change(struct connections *connections, struct connection *connection, uint64_t state)
{
    if (connection->mark == 0 || connection->merged || connection->mark >= state)
        return;
    connection->mark = state;
    print(connections, connection);
    table_print(&connections->table);
}

static void visit_lines(void *context, const struct step *step, bool passes)
{
    struct connections *const connections = context;
    if (passes)
        mark(step);
    if (step->connection != NULL)
        print_change(connections, step->connection, step->connection->match != MATCH_NONE ? 3 : 2);
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == CONNECTION_MATCHED)
            print_change(connections, step->changes[i].connection, 3);
        else if (step->changes[i].kind == CONNECTION_ENDED)
            print_change(connections, step->changes[i].connection, 4);
    }
}

static void visit_screen(void *context, const struct step *step, bool passes)
{
    struct connections *const connections = context;
    if (passes)
        mark(step);
    for (size_t i = 0; i < step->change_count; i++) {
        struct connection *const connection = step->changes[i].connection;
        if (step->changes[i].kind != CONNECTION_ENDED || connection->mark == 0 || connection->merged)
            continue;
        connection_hold(connection);
        live_recent_put(&connections->recent, connection);
    }
}

static int64_t last_used(const struct connection *connection)
{
    int64_t used = connection->opened > connection->closed ? connection->opened : connection->closed;
    for (int end = 0; end < 2; end++) {
        const struct socket *const socket = connection->ends[end].socket;
        if (socket != NULL && socket->last_used > used)
            used = socket->last_used;
    }
    return used;
}

static void draw(void *context, struct out *out, unsigned rows, unsigned columns)
{
    struct connections *const connections = context;
    struct live_rows chosen = {0};
    struct table table;
    struct connection *connection = model_connections(connections->scan.model);
    live_recent_expire(&connections->recent, false);
    for (; connection != NULL; connection = connection->next) {
        if (!connection->ended && connection->mark != 0)
            live_rows_add(&chosen, connection, last_used(connection));
    }
    for (unsigned i = 0; i < connections->recent.count; i++)
        live_rows_add(&chosen, connections->recent.slots[i].item, last_used(connections->recent.slots[i].item));
    const size_t more = live_rows_choose(&chosen, rows > 2 ? rows - 2 : 0);
    table_begin(&table, out, connection_columns, CONNECTION_COLUMNS, columns);
    for (size_t i = 0; i < chosen.count; i++)
        connection_row(&table, connections->scan.model, chosen.rows[i].item);
    table_print(&table);
    table_free(&table);
    live_put_more(out, more);
    live_rows_free(&chosen);
}

static void follow(struct connections *connections, const struct procfs *procfs)
{
    const bool screen = live_has_screen(&connections->scan);
    const struct live live = {&connections->scan, procfs, connections, screen ? visit_screen : visit_lines, draw};
    table_stream(&connections->table);
    connections->recent.context = connections;
    connections->recent.release = release;
    live_follow(&live);
    live_recent_expire(&connections->recent, true);
}

/* --- once -------------------------------------------------------------------------- */

static void print_all(struct connections *connections, const struct procfs *procfs)
{
    struct connection *connection;
    scan_all(&connections->scan, visit, connections);
    living_check(&connections->scan, procfs, visit, connections);
    for (connection = model_connections(connections->scan.model); connection != NULL; connection = connection->next) {
        if (!connection->ended && connection->mark != 0)
            take_down(connections, connection);
    }
    shelf_empty(&connections->shelf);
    table_print(&connections->table);
}

int verb_connections(const struct options *options)
{
    struct connections connections = {.recent.count = 0};
    struct procfs procfs;
    if (!scan_open(&connections.scan, options, false, STDOUT_FILENO))
        return STATUS_FAILED;
    struct out *const out = &connections.scan.out;
    table_begin(&connections.table, out, connection_columns, CONNECTION_COLUMNS, out_width(out));
    connections.shelf =
        (struct shelf){.last = options->filter.last, .context = &connections, .print = print, .release = release};
    if (options->format == FORMAT_CSV)
        connection_csv_header(out);
    procfs_open(&procfs, "/proc");
    if (options->follow)
        follow(&connections, &procfs);
    else
        print_all(&connections, &procfs);
    table_free(&connections.table);
    return scan_close(&connections.scan);
}
