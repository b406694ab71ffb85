/* render_connection.c - see render_connection.h. */
#include "tables/render_connection.h"

#include "names.h"
#include "out/csv.h"
#include "out/json.h"
#include "record/payload.h"
#include "record/transport.h"
#include "tables/put.h"

static const struct holder *end_holder(const struct connection *connection, int end)
{
    const struct socket *const socket = connection->ends[end].socket;
    return socket != NULL ? socket_holder(socket) : NULL;
}

/* The name under which the client knows the server: looked up or, in a room of
 * HOST_NAME, as the payload says; NULL if none is known. A Host header may hold the
 * address itself, and mostly ends with the port. */
static const char *server_host(const struct connection *connection, char *room)
{
    const struct socket *const client = connection->ends[CLIENT_END].socket;
    if (client != NULL && client->host != NULL)
        return client->host;
    if (connection->facts == NULL)
        return NULL;
    const char *const host = connection->facts->host, *const colon = strrchr(host, ':');
    const bool port = colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0';
    const size_t size = port ? (size_t)(colon - host) : strlen(host);
    memcpy(room, host, size);
    room[size] = '\0';

    char ip[ADDRESS_TEXT];
    const size_t ip_size = address_format_ip(&connection->addresses[SERVER_END], ip);
    const char *const bare = room + (room[0] == '['); /* as IPv6 addresses stand in URLs */
    const bool same = ip_size != 0 && strcspn(bare, "]") == ip_size && memcmp(bare, ip, ip_size) == 0;
    return size != 0 && !same ? room : NULL;
}

/* --- text ------------------------------------------------------------------------ */

enum { ROOMY = 100 /* columns */ };

/* clang-format off */
const struct column connection_columns[CONNECTION_COLUMNS] = {
    {"CLIENT",  false, CUT_NAME,  18, 10, 0, 14},
    {"FD",      true,  CUT_NEVER,  0,  0, 0, 6},
    {"ADDRESS", false, CUT_PLACE, 21, 11, 0, 21},
    {"",        false, CUT_NEVER,  0,  0, 0, 1},
    {"ADDRESS", false, CUT_PLACE, 21, 11, 0, 21},
    {"FD",      true,  CUT_NEVER,  0,  0, 0, 6},
    {"SERVER",  false, CUT_NAME,  18, 10, 0, 14},
    {"SENT",    true,  CUT_NEVER,  0,  0, 0, 7},
    {"GOT",     true,  CUT_NEVER,  0,  0, 0, 7},
    {"OPENED",  false, CUT_NEVER,  0,  0, 4, 12},
    {"LIFE",    true,  CUT_NEVER,  0,  0, 2, 7},
    {"NOTE",    false, CUT_END,   20,  8, 3, 30},
};
/* clang-format on */

static void cell_process(struct table *table, const struct holder *holder)
{
    if (holder != NULL)
        put_process(&table->cell, holder->process);
    else
        out_char(&table->cell, '?');
    table_cell(table, holder != NULL ? PAINT_BOLD : PAINT_DIM);
}

/* "fd 5", where there is room for the word. */
static void cell_descriptor(struct table *table, const struct connection *connection, int end)
{
    const bool roomy = table->most == 0 || table->most >= ROOMY;
    if (connection->ends[end].socket != NULL) {
        out_text(&table->cell, roomy ? "fd " : "");
        put_descriptor(&table->cell, connection->ends[end].socket);
    }
    table_cell(table, PAINT_PLAIN);
}

static void cell_server(struct table *table, const struct connection *connection)
{
    char room[HOST_NAME];
    put_place(&table->cell, &connection->addresses[SERVER_END], server_host(connection, room));
    table_cell(table, PAINT_PLAIN);
}

/* What a sum of this end is worth. */
static bool is_whole(const struct end *end)
{
    return end->socket == NULL || (end->socket->born && !end->socket->partial);
}

/* What went from one end to the other, and what arrived if that differs. */
static void cell_bytes(struct table *table, const struct connection *connection, int from)
{
    struct out *const cell = &table->cell;
    const struct end *const out = &connection->ends[from], *const in = &connection->ends[1 - from];
    const bool agrees = connection_agrees(connection, from);
    const bool sent = out->socket != NULL && (!match_tells_server_alone(connection->match) || from == CLIENT_END);
    put_moved(cell, sent ? out->out.bytes : in->in.bytes, is_whole(sent ? out : in));
    if (!agrees) {
        out_symbol(cell, "≠", "/");
        put_amount(cell, in->in.bytes);
    }
    table_cell(table, agrees ? PAINT_PLAIN : PAINT_ERROR);
}

static void put_facts(struct out *out, const struct payload_facts *facts)
{
    const char *const version = tls_version_word(facts->tls_version);
    switch (facts->protocol) {
    case PROTOCOL_TLS:
        out_text(out, "TLS");
        if (version != NULL) {
            out_char(out, ' ');
            out_text(out, version);
        }
        if (facts->alpn[0] != '\0') {
            out_char(out, ' ');
            out_text(out, facts->alpn);
        }
        break;
    case PROTOCOL_HTTP:
    case PROTOCOL_DNS:
        out_text(out, facts->request);
        if (facts->answers[0] != '\0' || facts->status != 0)
            out_symbol(out, " → ", " -> ");
        out_text(out, facts->answers);
        if (facts->status != 0)
            out_uint(out, facts->status);
        break;
    default:
        if (protocol_word(facts->protocol) != NULL)
            out_text(out, protocol_word(facts->protocol));
    }
}

static void cell_note(struct table *table, const struct connection *connection)
{
    struct out *const cell = &table->cell;
    if (connection->error != 0)
        name_text(cell, KIND_errno, (uint64_t)connection->error);
    else if (connection->facts != NULL)
        put_facts(cell, connection->facts);
    table_cell(table, connection->error != 0 ? PAINT_ERROR : PAINT_DIM);
}

static void cell_life(struct table *table, const struct model *model, const struct connection *connection)
{
    struct out *const cell = &table->cell;
    bool unknown = false;
    for (int end = 0; end < 2; end++) {
        const struct socket *const socket = connection->ends[end].socket;
        unknown |= socket != NULL && !socket->ended && socket_state(model, socket) == STATE_UNKNOWN;
    }
    if (connection->ended && connection->opened != 0 && connection->closed != 0)
        put_lasting(cell, connection->closed - connection->opened);
    else if (!connection->ended)
        out_text(cell, unknown ? "unknown" : "open");
    table_cell(table, connection->ended || unknown ? PAINT_DIM : PAINT_CREATE);
}

void connection_row(struct table *table, const struct model *model, const struct connection *connection)
{
    struct out *const cell = &table->cell;
    cell_process(table, end_holder(connection, CLIENT_END));
    cell_descriptor(table, connection, CLIENT_END);
    put_place(cell, &connection->addresses[CLIENT_END], NULL);
    table_cell(table, PAINT_PLAIN);
    out_symbol(cell, "⇄", "<>");
    table_cell(table, connection->match != MATCH_NONE ? PAINT_CONNECT : PAINT_DIM);
    cell_server(table, connection);
    cell_descriptor(table, connection, SERVER_END);
    cell_process(table, end_holder(connection, SERVER_END));
    cell_bytes(table, connection, CLIENT_END);
    cell_bytes(table, connection, SERVER_END);
    if (connection->opened != 0)
        put_clock(cell, connection->opened);
    else
        out_text(cell, "before");
    table_cell(table, PAINT_DIM);
    cell_life(table, model, connection);
    cell_note(table, connection);
    table_row(table);
}

/* --- JSON ------------------------------------------------------------------------ */

static const char *match_word(enum match match)
{
    static const char *const words[] = {
        [MATCH_NONE] = "none", [MATCH_PAIR] = "pair", [MATCH_NAMES] = "names",   [MATCH_ORDER] = "order",
        [MATCH_PATH] = "path", [MATCH_PORT] = "port", [MATCH_KERNEL] = "kernel",
    };
    return words[match];
}

static void put_holders(struct json *json, const struct socket *socket)
{
    json_open(json, "holders", '[');
    for (const struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        json_open(json, NULL, '{');
        json_uint(json, "pid", holder->process->pid);
        json_text(json, "comm", holder->process->comm);
        json_int(json, "fd", holder->fd);
        if (holder->open)
            json_true(json, "open");
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* How long it took from the connect on, in ns. */
static void put_latency(struct json *json, const struct socket *socket, const struct end *end)
{
    if (socket->lookup_ns != 0)
        json_uint(json, "lookup_ns", socket->lookup_ns);
    if (socket->connect_began == 0 || socket->connected_at < socket->connect_began)
        return;
    json_uint(json, "connect_ns", (uint64_t)(socket->connected_at - socket->connect_began));
    if (end->first_in > socket->connected_at)
        json_uint(json, "first_byte_ns", (uint64_t)(end->first_in - socket->connected_at));
}

static void put_end(struct json *json, const struct model *model, const struct connection *connection, int end)
{
    const struct end *const half = &connection->ends[end];
    const struct holder *const holder = end_holder(connection, end);
    json_open(json, end == CLIENT_END ? "a" : "b", '{');
    if (holder != NULL) {
        json_uint(json, "pid", holder->process->pid);
        json_text(json, "comm", holder->process->comm);
        json_int(json, "fd", holder->fd);
    }
    json_address(json, "local", &connection->addresses[end]);
    if (half->socket != NULL) {
        json_uint(json, "socket", half->socket->id);
        if (half->socket->inode != 0)
            json_uint(json, "inode", half->socket->inode);
        json_word(json, "state", state_word(socket_state(model, half->socket)));
        json_uint(json, "bytes_out", half->out.bytes);
        json_uint(json, "bytes_in", half->in.bytes);
        json_uint(json, "calls_out", half->out.calls);
        json_uint(json, "calls_in", half->in.calls);
        if (half->socket->partial || !half->socket->born)
            json_true(json, "partial");
        put_latency(json, half->socket, half);
        put_holders(json, half->socket);
    }
    json_close(json, '}');
}

static void put_fact_keys(struct json *json, const struct payload_facts *facts)
{
    const char *const version = tls_version_word(facts->tls_version);
    if (protocol_word(facts->protocol) != NULL)
        json_word(json, "protocol", protocol_word(facts->protocol));
    if (version != NULL)
        json_word(json, "tls_version", version);
    if (facts->alpn[0] != '\0')
        json_text(json, "alpn", facts->alpn);
    if (facts->host[0] != '\0')
        json_text(json, facts->protocol == PROTOCOL_TLS ? "sni" : "http_host", facts->host);
    if (facts->request[0] != '\0')
        json_text(json, "request", facts->request);
    if (facts->status != 0)
        json_uint(json, "status", facts->status);
    if (facts->answers[0] != '\0')
        json_text(json, "answers", facts->answers);
}

void connection_jsonl(struct out *out, const struct model *model, const struct connection *connection)
{
    struct json json = json_line(out);
    char room[HOST_NAME];
    const char *const host = server_host(connection, room);
    json_uint(&json, "id", connection->id);
    json_key(&json, "family");
    name_json(out, KIND_family, connection->family);
    json_key(&json, "type");
    name_json(out, KIND_type, connection->type);
    if (connection->protocol != 0)
        json_word(&json, "transport", transport_word(connection->family, connection->type, connection->protocol));
    put_end(&json, model, connection, CLIENT_END);
    put_end(&json, model, connection, SERVER_END);
    json_word(&json, "match", match_word(connection->match));
    if (connection->ends[CLIENT_END].socket != NULL && connection->ends[SERVER_END].socket != NULL)
        json_bool(&json, "agree",
                  connection_agrees(connection, CLIENT_END) && connection_agrees(connection, SERVER_END));
    if (host != NULL)
        json_text(&json, "host", host);
    if (connection->error != 0) {
        json_key(&json, "errno");
        name_json(out, KIND_errno, (uint64_t)connection->error);
    }
    if (connection->facts != NULL)
        put_fact_keys(&json, connection->facts);
    json_time(&json, "opened", connection->opened);
    json_time(&json, "closed", connection->ended ? connection->closed : 0);
    json_bool(&json, "open", !connection->ended);
    json_end(&json);
}

/* --- CSV ------------------------------------------------------------------------- */

void connection_csv_header(struct out *out)
{
    out_text(out, "id,family,type,a_pid,a_comm,a_fd,a_local,a_bytes_out,a_bytes_in,b_pid,b_comm,b_fd,b_local,"
                  "b_bytes_out,b_bytes_in,match,host,errno,protocol,opened,closed\n");
}

static void csv_end_of(struct csv *csv, const struct connection *connection, int end)
{
    const struct end *const half = &connection->ends[end];
    const struct holder *const holder = end_holder(connection, end);
    csv_known(csv, holder != NULL ? holder->process->pid : 0);
    csv_text(csv, holder != NULL ? holder->process->comm : NULL);
    struct out *out = csv_field(csv);
    if (holder != NULL)
        out_int(out, holder->fd);
    csv_address(csv, &connection->addresses[end]);
    out = csv_field(csv);
    if (half->socket != NULL)
        out_uint(out, half->out.bytes);
    out = csv_field(csv);
    if (half->socket != NULL)
        out_uint(out, half->in.bytes);
}

void connection_csv(struct out *out, const struct connection *connection)
{
    struct csv csv = csv_row(out);
    char room[HOST_NAME];
    csv_uint(&csv, connection->id);
    name_csv(&csv, KIND_family, connection->family);
    name_csv(&csv, KIND_type, connection->type);
    csv_end_of(&csv, connection, CLIENT_END);
    csv_end_of(&csv, connection, SERVER_END);
    csv_word(&csv, match_word(connection->match));
    csv_text(&csv, server_host(connection, room));
    name_csv(&csv, KIND_errno, (uint64_t)connection->error);
    csv_word(&csv, connection->facts != NULL ? protocol_word(connection->facts->protocol) : NULL);
    csv_time(&csv, connection->opened);
    csv_time(&csv, connection->ended ? connection->closed : 0);
    csv_end(&csv);
}
