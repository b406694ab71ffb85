/* verb_sockets.c - sockspy sockets: a row per socket. */
#include "render_socket.h"
#include "scan.h"
#include "shelf.h"
#include "verb.h"

struct sockets {
    struct scan scan;
    struct table table;
    struct shelf shelf;
};

/* The sockets that a record acted on, or made, are to be shown if it passes the
 * filter. */
static void mark(const struct step *step)
{
    if (step->socket != NULL)
        step->socket->mark = 1;
    if (step->created != NULL)
        step->created->mark = 1;
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == SOCKET_OPENED && step->view != NULL)
            step->changes[i].socket->mark = 1;
    }
}

/* Puts it on the shelf, and with it the pipe that it is an end of. */
static void take_down(struct sockets *sockets, struct socket *socket)
{
    socket_hold(socket);
    if (socket->connection != NULL)
        connection_hold(socket->connection);
    shelf_put(&sockets->shelf, socket);
}

static void visit(void *context, const struct step *step, bool passes)
{
    struct sockets *const sockets = context;
    if (passes)
        mark(step);
    for (size_t i = 0; i < step->change_count; i++) {
        struct socket *const socket = step->changes[i].socket;
        if (step->changes[i].kind != SOCKET_ENDED || socket->mark == 0 || sockets->scan.options->open)
            continue;
        take_down(sockets, socket);
    }
}

static void print(void *context, void *item)
{
    struct sockets *const sockets = context;
    switch (sockets->scan.options->format) {
    case FORMAT_JSONL: socket_jsonl(&sockets->scan.out, sockets->scan.model, item, NULL); break;
    case FORMAT_CSV: socket_csv(&sockets->scan.out, sockets->scan.model, item, NULL); break;
    default: socket_row(&sockets->table, sockets->scan.model, item, NULL);
    }
}

static void release(void *context, void *item)
{
    struct sockets *const sockets = context;
    struct socket *const socket = item;
    if (socket->connection != NULL)
        connection_release(sockets->scan.model, socket->connection);
    socket_release(sockets->scan.model, socket);
}

int verb_sockets(const struct options *options)
{
    struct sockets sockets;
    if (!scan_open(&sockets.scan, options, false))
        return STATUS_FAILED;
    struct out *const out = &sockets.scan.out;
    table_begin(&sockets.table, out, socket_columns, SOCKET_COLUMNS);
    sockets.shelf =
        (struct shelf){.last = options->filter.last, .context = &sockets, .print = print, .release = release};
    if (options->format == FORMAT_CSV)
        socket_csv_header(out);
    scan_all(&sockets.scan, visit, &sockets);
    for (struct socket *socket = model_sockets(sockets.scan.model); socket != NULL; socket = socket->next) {
        if (!socket->ended && socket->mark != 0)
            take_down(&sockets, socket);
    }
    shelf_empty(&sockets.shelf);
    table_print(&sockets.table, out_width(out));
    table_free(&sockets.table);
    return scan_close(&sockets.scan);
}
