/* render_socket.c - see render_socket.h. */
#include "tables/render_socket.h"

#include "names.h"
#include "out/csv.h"
#include "out/json.h"
#include "record/transport.h"
#include "tables/put.h"

#include <sys/socket.h>

/* --- text ------------------------------------------------------------------------ */

/* clang-format off */
const struct column socket_columns[SOCKET_COLUMNS] = {
    {"PROCESS", false, CUT_NAME,  18, 10, 0, 14},
    {"FD",      true,  CUT_NEVER,  0,  0, 0, 3},
    {"KIND",    false, CUT_NEVER,  0,  0, 2, 4},
    {"LOCAL",   false, CUT_PLACE, 21, 12, 0, 21},
    {"PEER",    false, CUT_PLACE, 21, 15, 0, 21},
    {"STATE",   false, CUT_END,   11,  9, 0, 12},
    {"IN",      true,  CUT_NEVER,  0,  0, 0, 7},
    {"OUT",     true,  CUT_NEVER,  0,  0, 0, 7},
    {"OPENED",  false, CUT_NEVER,  0,  0, 4, 12},
    {"LIFE",    true,  CUT_NEVER,  0,  0, 3, 7},
    {"NOTE",    false, CUT_NEVER,  0,  0, 0, 0},
};
/* clang-format on */

/* The other end, where it has no name of its own, of a socketpair or an AF_UNIX
 * stream: fd 6, and whose if not the same process's. */
static void put_other(struct out *out, const struct socket *socket)
{
    const struct connection *const pipe = socket->connection;
    if (pipe == NULL)
        return;
    const struct socket *const other = pipe->ends[pipe->ends[CLIENT_END].socket == socket].socket;
    const struct holder *const mine = socket_holder(socket), *const its = other != NULL ? socket_holder(other) : NULL;
    if (its == NULL || mine == NULL)
        return;
    out_text(out, "fd ");
    out_int(out, its->fd);
    if (its->process != mine->process) {
        out_char(out, ' ');
        put_process(out, its->process);
    }
}

/* What takes the place of a peer where there is none, or more than one. */
static void put_peers(struct out *out, const struct socket *socket)
{
    if (socket->role == ROLE_LISTENING) {
        out_grouped(out, socket->accepted);
        out_text(out, " accepted");
    } else if (socket->role == ROLE_PAIR || (socket->role == ROLE_SERVER && socket->family == AF_UNIX)) {
        put_other(out, socket);
    } else if (socket->type == SOCK_DGRAM && !socket->connected && socket->connections > 1) {
        out_grouped(out, socket->connections);
        out_text(out, " peers");
    } else {
        put_place(out, &socket->peer, socket->host);
    }
}

void socket_row(struct table *table, const struct model *model, const struct socket *socket, const char *note)
{
    struct out *const cell = &table->cell;
    const struct holder *const holder = socket_holder(socket);
    const bool whole = socket->born && !socket->partial;
    if (holder != NULL)
        put_process(cell, holder->process);
    table_cell(table, PAINT_BOLD);
    put_descriptor(cell, socket);
    table_cell(table, PAINT_PLAIN);
    put_kind(cell, socket->family, socket->type, socket->protocol);
    table_cell(table, PAINT_PLAIN);
    put_place(cell, &socket->local, NULL);
    table_cell(table, PAINT_PLAIN);
    put_peers(cell, socket);
    table_cell(table, PAINT_PLAIN);
    table_cell(table, put_state(cell, model, socket));
    if (socket->role != ROLE_LISTENING)
        put_moved(cell, socket->in.bytes, whole);
    table_cell(table, PAINT_PLAIN);
    if (socket->role != ROLE_LISTENING)
        put_moved(cell, socket->out.bytes, whole);
    table_cell(table, PAINT_PLAIN);
    if (socket->opened != 0)
        put_clock(cell, socket->opened);
    else
        out_text(cell, "before");
    table_cell(table, PAINT_DIM);
    if (socket->opened != 0 && socket->closed != 0)
        put_lasting(cell, socket->closed - socket->opened);
    table_cell(table, PAINT_DIM);
    if (note != NULL)
        out_text(cell, note);
    table_cell(table, PAINT_ERROR);
    table_row(table);
}

/* --- JSON ------------------------------------------------------------------------ */

static const char *came_word(enum came came)
{
    static const char *const words[] = {
        [CAME_FOUND] = "found",   [CAME_CREATED] = "created", [CAME_ACCEPTED] = "accepted",
        [CAME_COPIED] = "copied", [CAME_FORKED] = "forked",   [CAME_INHERITED] = "inherited",
        [CAME_PASSED] = "passed",
    };
    return words[came];
}

static void put_holder(struct json *json, const struct holder *holder)
{
    json_open(json, NULL, '{');
    json_uint(json, "pid", holder->process->pid);
    json_text(json, "comm", holder->process->comm);
    json_int(json, "fd", holder->fd);
    json_word(json, "how", came_word(holder->came));
    json_time(json, "since", holder->since);
    if (holder->open)
        json_true(json, "open");
    else
        json_time(json, "until", holder->until);
    json_uint(json, "calls", holder->calls);
    json_close(json, '}');
}

static void put_kind_keys(struct json *json, const struct socket *socket)
{
    if (socket->family != 0) {
        json_key(json, "family");
        name_json(json->out, KIND_family, socket->family);
    }
    if (socket->type != 0) {
        json_key(json, "type");
        name_json(json->out, KIND_type, socket->type);
    }
    if (socket->protocol != 0)
        json_word(json, "transport", transport_word(socket->family, socket->type, socket->protocol));
    if (socket->inode != 0)
        json_uint(json, "inode", socket->inode);
}

void socket_jsonl(struct out *out, const struct model *model, const struct socket *socket, const char *note)
{
    struct json json = json_line(out);
    const struct holder *const main = socket_holder(socket);
    json_uint(&json, "id", socket->id);
    if (main != NULL) {
        json_uint(&json, "pid", main->process->pid);
        json_text(&json, "comm", main->process->comm);
        json_int(&json, "fd", main->fd);
    }
    json_open(&json, "holders", '[');
    for (const struct holder *holder = socket->holders; holder != NULL; holder = holder->next)
        put_holder(&json, holder);
    json_close(&json, ']');
    put_kind_keys(&json, socket);
    if (socket->role != ROLE_NONE)
        json_word(&json, "role", role_word(socket->role));
    json_word(&json, "state", state_word(socket_state(model, socket)));
    if (socket->error != 0) {
        json_key(&json, "errno");
        name_json(out, KIND_errno, (uint64_t)socket->error);
    }
    json_address(&json, "local", &socket->local);
    json_address(&json, "peer", &socket->peer);
    if (socket->host != NULL)
        json_text(&json, "host", socket->host);
    json_uint(&json, "bytes_in", socket->in.bytes);
    json_uint(&json, "bytes_out", socket->out.bytes);
    json_uint(&json, "calls_in", socket->in.calls);
    json_uint(&json, "calls_out", socket->out.calls);
    if (socket->role == ROLE_LISTENING)
        json_uint(&json, "accepted", socket->accepted);
    if (socket->partial || !socket->born)
        json_true(&json, "partial");
    json_time(&json, "opened", socket->opened);
    json_time(&json, "closed", socket->closed);
    if (socket->by_exit)
        json_true(&json, "by_exit");
    if (note != NULL)
        json_word(&json, "note", note);
    json_end(&json);
}

/* --- CSV ------------------------------------------------------------------------- */

void socket_csv_header(struct out *out)
{
    out_text(out, "id,pid,comm,fd,holders,family,type,inode,role,state,errno,local,peer,host,bytes_in,bytes_out,"
                  "calls_in,calls_out,opened,closed,note\n");
}

void socket_csv(struct out *out, const struct model *model, const struct socket *socket, const char *note)
{
    const struct holder *const holder = socket_holder(socket);
    struct csv csv = csv_row(out);
    csv_uint(&csv, socket->id);
    csv_known(&csv, holder != NULL ? holder->process->pid : 0);
    csv_text(&csv, holder != NULL ? holder->process->comm : NULL);
    if (holder != NULL)
        csv_int(&csv, holder->fd);
    else
        csv_field(&csv);
    csv_uint(&csv, socket->open_holders);
    name_csv(&csv, KIND_family, socket->family);
    name_csv(&csv, KIND_type, socket->type);
    csv_known(&csv, socket->inode);
    csv_word(&csv, role_word(socket->role));
    csv_word(&csv, state_word(socket_state(model, socket)));
    name_csv(&csv, KIND_errno, (uint64_t)socket->error);
    csv_address(&csv, &socket->local);
    csv_address(&csv, &socket->peer);
    csv_text(&csv, socket->host);
    csv_uint(&csv, socket->in.bytes);
    csv_uint(&csv, socket->out.bytes);
    csv_uint(&csv, socket->in.calls);
    csv_uint(&csv, socket->out.calls);
    csv_time(&csv, socket->opened);
    csv_time(&csv, socket->closed);
    csv_word(&csv, note);
    csv_end(&csv);
}
