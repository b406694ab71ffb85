/* verb_sockets.c - sockspy sockets: a row per socket. */
#include "base/shelf.h"
#include "scan/scan.h"
#include "tables/leaks.h"
#include "tables/live.h"
#include "tables/render_socket.h"
#include "verb.h"

#include <time.h>
#include <unistd.h>

struct sockets {
    struct scan scan;
    struct procfs procfs;
    struct table table;
    struct shelf shelf;
    struct live_recent recent;
    int64_t now; /* Unix ns, or the time of the last record of a ring of old */
};

/* The sockets that a record acted on, or made, are to be shown if it passes the
 * filter. */
static void mark(const struct step *step)
{
    if (step->socket != NULL)
        step->socket->mark |= step->socket->mark == 0;
    if (step->created != NULL)
        step->created->mark |= step->created->mark == 0;
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == SOCKET_OPENED && step->view != NULL)
            step->changes[i].socket->mark |= step->changes[i].socket->mark == 0;
    }
}

static bool is_wanted(const struct sockets *sockets, const struct socket *socket)
{
    const struct options *const options = sockets->scan.options;
    if (socket->mark == 0 || (options->open && socket->ended))
        return false;
    if (options->leaks && leak_of(sockets->scan.model, socket, sockets->now) == NULL)
        return false;
    return !options->open || living_is_open(&sockets->procfs, socket) != ALIVE_NO;
}

/* Holds it, and with it the pipe that it is an end of. */
static void hold(struct socket *socket)
{
    socket_hold(socket);
    if (socket->connection != NULL)
        connection_hold(socket->connection);
}

static void take_down(struct sockets *sockets, struct socket *socket)
{
    if (!is_wanted(sockets, socket))
        return;
    hold(socket);
    shelf_put(&sockets->shelf, socket);
}

static void visit(void *context, const struct step *step, bool passes)
{
    struct sockets *const sockets = context;
    if (passes)
        mark(step);
    if (step->view != NULL && step->view->time != 0)
        sockets->now = step->view->time;
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == SOCKET_ENDED)
            take_down(sockets, step->changes[i].socket);
    }
}

static const char *note_of(const struct sockets *sockets, const struct socket *socket)
{
    const struct options *const options = sockets->scan.options;
    if (options->leaks)
        return leak_of(sockets->scan.model, socket, sockets->now);
    if (options->open && living_is_open(&sockets->procfs, socket) == ALIVE_UNKNOWN)
        return "not checked";
    return NULL;
}

static void print(void *context, void *item)
{
    struct sockets *const sockets = context;
    const struct model *const model = sockets->scan.model;
    const char *const note = note_of(sockets, item);
    switch (sockets->scan.options->format) {
    case FORMAT_JSONL: socket_jsonl(&sockets->scan.out, model, item, note); break;
    case FORMAT_CSV: socket_csv(&sockets->scan.out, model, item, note); break;
    default: socket_row(&sockets->table, model, item, note);
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

static void keep_time(struct sockets *sockets)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ring_is_of_this_boot(&sockets->scan.source.ring))
        sockets->now = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void print_all(struct sockets *sockets)
{
    struct out *const out = &sockets->scan.out;
    table_begin(&sockets->table, out, socket_columns, SOCKET_COLUMNS, out_width(out));
    if (sockets->scan.options->format == FORMAT_CSV)
        socket_csv_header(out);
    scan_all(&sockets->scan, visit, sockets);
    living_check(&sockets->scan, &sockets->procfs, visit, sockets);
    if (sockets->scan.options->open)
        living_find(&sockets->scan, &sockets->procfs, visit, sockets);
    keep_time(sockets);
    for (struct socket *socket = model_sockets(sockets->scan.model); socket != NULL; socket = socket->next) {
        if (!socket->ended)
            take_down(sockets, socket);
    }
    shelf_empty(&sockets->shelf);
    table_print(&sockets->table);
    table_free(&sockets->table);
}

/* --- following -------------------------------------------------------------------- */

/* mark: 0: not wanted; else the state that was printed last, and one. */
static void print_change(struct sockets *sockets, struct socket *socket)
{
    const uint64_t state = 2 + (uint64_t)socket_state(sockets->scan.model, socket);
    if (socket->mark == 0 || socket->mark == state)
        return;
    socket->mark = state;
    if (is_wanted(sockets, socket)) {
        print(sockets, socket);
        table_print(&sockets->table);
    }
}

static void visit_lines(void *context, const struct step *step, bool passes)
{
    struct sockets *const sockets = context;
    if (passes)
        mark(step);
    if (step->socket != NULL)
        print_change(sockets, step->socket);
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == SOCKET_OPENED || step->changes[i].kind == SOCKET_ENDED)
            print_change(sockets, step->changes[i].socket);
    }
    for (int end = 0; end < 2 && step->connection != NULL; end++) { /* what one end does, the other feels */
        if (step->connection->ends[end].socket != NULL)
            print_change(sockets, step->connection->ends[end].socket);
    }
}

static void visit_screen(void *context, const struct step *step, bool passes)
{
    struct sockets *const sockets = context;
    if (passes)
        mark(step);
    for (size_t i = 0; i < step->change_count; i++) {
        struct socket *const socket = step->changes[i].socket;
        if (step->changes[i].kind != SOCKET_ENDED || !is_wanted(sockets, socket))
            continue;
        hold(socket);
        live_recent_put(&sockets->recent, socket);
    }
}

static void draw(void *context, struct out *out, unsigned rows, unsigned columns)
{
    struct sockets *const sockets = context;
    struct live_rows chosen = {0};
    struct table table;
    keep_time(sockets);
    live_recent_expire(&sockets->recent, false);
    for (struct socket *socket = model_sockets(sockets->scan.model); socket != NULL; socket = socket->next) {
        if (!socket->ended && is_wanted(sockets, socket))
            live_rows_add(&chosen, socket, socket->last_used > socket->opened ? socket->last_used : socket->opened);
    }
    for (unsigned i = 0; i < sockets->recent.count; i++) {
        struct socket *const socket = sockets->recent.slots[i].item;
        live_rows_add(&chosen, socket, socket->closed);
    }
    const size_t more = live_rows_choose(&chosen, rows > 2 ? rows - 2 : 0);
    table_begin(&table, out, socket_columns, SOCKET_COLUMNS, columns);
    for (size_t i = 0; i < chosen.count; i++)
        socket_row(&table, sockets->scan.model, chosen.rows[i].item, note_of(sockets, chosen.rows[i].item));
    table_print(&table);
    table_free(&table);
    live_put_more(out, more);
    live_rows_free(&chosen);
}

static void follow(struct sockets *sockets)
{
    const bool screen = live_has_screen(&sockets->scan);
    const struct live live = {&sockets->scan, &sockets->procfs, sockets, screen ? visit_screen : visit_lines, draw};
    sockets->recent.context = sockets;
    sockets->recent.release = release;
    table_begin(&sockets->table, &sockets->scan.out, socket_columns, SOCKET_COLUMNS, out_width(&sockets->scan.out));
    table_stream(&sockets->table);
    keep_time(sockets);
    if (sockets->scan.options->format == FORMAT_CSV)
        socket_csv_header(&sockets->scan.out);
    live_follow(&live);
    live_recent_expire(&sockets->recent, true);
    table_free(&sockets->table);
}

int verb_sockets(const struct options *options)
{
    struct sockets sockets = {.now = 0};
    if (!scan_open(&sockets.scan, options, false, STDOUT_FILENO))
        return STATUS_FAILED;
    procfs_open(&sockets.procfs, "/proc");
    sockets.shelf =
        (struct shelf){.last = options->filter.last, .context = &sockets, .print = print, .release = release};
    if (options->follow)
        follow(&sockets);
    else
        print_all(&sockets);
    return scan_close(&sockets.scan);
}
