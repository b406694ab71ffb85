/* verb_connections.c - sockspy connections: a row per pipe, with both its ends. */
#include "living.h"
#include "render_connection.h"
#include "scan.h"
#include "shelf.h"
#include "verb.h"

#include <unistd.h>

struct connections {
    struct scan scan;
    struct table table;
    struct shelf shelf;
};

/* A pipe is to be shown if a record passes the filter that used it, or acted on
 * one of its ends. */
static void mark(const struct step *step)
{
    if (step->connection != NULL)
        step->connection->mark = 1;
    if (step->socket != NULL && step->socket->connection != NULL)
        step->socket->connection->mark = 1;
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
    case FORMAT_CSV: connection_csv(&connections->scan.out, model, item); break;
    default: connection_row(&connections->table, model, item);
    }
}

static void release(void *context, void *item)
{
    struct connections *const connections = context;
    connection_release(connections->scan.model, item);
}

int verb_connections(const struct options *options)
{
    struct connections connections;
    struct procfs procfs;
    if (!scan_open(&connections.scan, options, false, STDOUT_FILENO))
        return STATUS_FAILED;
    struct out *const out = &connections.scan.out;
    table_begin(&connections.table, out, connection_columns, CONNECTION_COLUMNS);
    connections.shelf =
        (struct shelf){.last = options->filter.last, .context = &connections, .print = print, .release = release};
    if (options->format == FORMAT_CSV)
        connection_csv_header(out);
    scan_all(&connections.scan, visit, &connections);
    procfs_open(&procfs, "/proc");
    living_check(&connections.scan, &procfs, visit, &connections);
    struct connection *connection = model_connections(connections.scan.model);
    for (; connection != NULL; connection = connection->next) {
        if (!connection->ended && connection->mark != 0)
            take_down(&connections, connection);
    }
    shelf_empty(&connections.shelf);
    table_print(&connections.table, out_width(out));
    table_free(&connections.table);
    return scan_close(&connections.scan);
}
