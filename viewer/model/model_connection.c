/* model_connection.c - connections: how they begin, what they are, how long they
 * wait for an end that may still come.
 */
#include "base/memory.h"
#include "model/model_inside.h"

#include <netinet/in.h>

struct own_connection *connection_new(struct model *model, const struct socket *socket, int64_t opened)
{
    struct own_connection *const own = memory_new(1, sizeof *own);
    struct connection *const connection = &own->connection;
    own->refs = 1;
    own->epoch = model->epoch;
    connection->id = ++model->sums.connections;
    connection->family = socket->family;
    connection->type = socket->type;
    connection->protocol = socket->protocol != IPPROTO_MPTCP ? socket->protocol : 0;
    connection->opened = opened;
    connection->previous = model->last_connection;
    *(model->last_connection != NULL ? &model->last_connection->next : &model->connections) = connection;
    model->last_connection = connection;
    model_change(model, (struct change){.kind = CONNECTION_OPENED, .time = opened, .connection = connection});
    return own;
}

/* The socket is that end from now on. */
void connection_attach(struct own_connection *own, int end, struct socket *socket, const struct address *local,
                       const struct address *peer)
{
    own->connection.ends[end].socket = socket;
    own_socket(socket)->refs++;
    own_socket(socket)->end = end;
    socket->connection = &own->connection;
    socket->connections++;
    address_learn(&own->connection.addresses[end], local);
    address_learn(&own->connection.addresses[1 - end], peer);
}

void connection_close_loop(struct own_connection *own, struct socket *socket)
{
    if (own->connection.ends[SERVER_END].socket != NULL || own->connection.ends[CLIENT_END].socket != socket ||
        !is_own_peer(socket) || !address_equal(&own->connection.addresses[0], &own->connection.addresses[1]))
        return;
    connection_attach(own, SERVER_END, socket, &socket->local, &socket->peer);
    own_socket(socket)->end = CLIENT_END;
    socket->connections--;
    own->connection.match = MATCH_NAMES;
}

void connection_end(struct model *model, struct own_connection *own, int64_t time)
{
    if (own->connection.ended)
        return;
    own->connection.ended = true;
    own->connection.closed = time;
    chain_remove(model, own);
    flow_leave(model, own);
    model_change(model, (struct change){.kind = CONNECTION_ENDED, .time = time, .connection = &own->connection});
    model_discard(model, THING_CONNECTION, &own->connection);
}

/* Can what is known of the connection still be believed after losses? */
bool connection_is_current(const struct model *model, const struct own_connection *own)
{
    if (own->epoch == model->epoch)
        return true;
    for (int end = 0; end < 2; end++) {
        const struct socket *const socket = own->connection.ends[end].socket;
        if (socket != NULL && (socket->ended || own_socket(socket)->epoch != model->epoch))
            return false;
    }
    return true;
}

void connection_pair(struct model *model, struct socket *first, struct socket *second, int64_t time)
{
    struct own_connection *const own = connection_new(model, first, time);
    const struct address none = {0};
    connection_attach(own, CLIENT_END, first, &none, &none);
    connection_attach(own, SERVER_END, second, &none, &none);
    own->connection.match = MATCH_PAIR;
}

void connection_fail(struct model *model, struct socket *socket, int error, int64_t time)
{
    struct connection *const connection = socket->connection;
    if (connection == NULL || connection->ended || connection->match != MATCH_NONE)
        return;
    connection->error = error;
    connection_end(model, own_connection(connection), time);
}

bool connection_agrees(const struct connection *connection, int from)
{
    const struct end *const out = &connection->ends[from], *const in = &connection->ends[1 - from];
    if (out->socket == NULL || in->socket == NULL || match_tells_server_alone(connection->match) ||
        !out->socket->born || !in->socket->born || out->socket->partial || in->socket->partial)
        return true;
    return connection->ended ? out->out.bytes == in->in.bytes : out->out.bytes >= in->in.bytes; /* on its way */
}

/* --- ending ---------------------------------------------------------------------- */

/* May there be more to come, its other end for one? How long to wait, in ns. */
static int64_t grace(const struct model *model, const struct own_connection *own)
{
    const struct connection *const connection = &own->connection;
    if (!is_stream(connection->type)) /* records of what was under way */
        return own->key != 0 ? CONNECT_GRACE : 0;
    if (own->key == 0 || connection->match != MATCH_NONE || own->epoch != model->epoch)
        return 0;
    const struct socket *const client = connection->ends[CLIENT_END].socket;
    const struct socket *const known = client != NULL ? client : connection->ends[SERVER_END].socket;
    if (known != NULL && !known->born) /* born before the records begin: its other end may be slow to be heard of */
        return ACCEPT_GRACE;
    if (client == NULL)
        return CONNECT_GRACE;
    const uint64_t key = listening_key(&connection->addresses[SERVER_END], connection->type);
    return map_get(&model->listening, key) != NULL ? ACCEPT_GRACE : 0;
}

void connection_close(struct model *model, struct own_connection *own, int64_t time)
{
    const struct connection *const connection = &own->connection;
    for (int end = 0; end < 2; end++) {
        const struct socket *const socket = connection->ends[end].socket;
        if (socket != NULL && !socket->ended && is_stream(connection->type))
            return; /* the other one is open still */
    }
    if (own->deadline != 0)
        return;
    const int64_t wait = grace(model, own);
    if (wait == 0 || time == 0) {
        connection_end(model, own, time);
        return;
    }
    own->connection.closed = time;
    own->deadline = time + wait;
    own->refs++;
    own->next_lingering = NULL;
    struct lingering *const list = &model->lingering[wait == CONNECT_GRACE];
    *(list->last != NULL ? &list->last->next_lingering : &list->first) = own;
    list->last = own;
}

void connections_settle(struct model *model, int64_t now)
{
    for (int i = 0; i < 2; i++) {
        struct lingering *const list = &model->lingering[i];
        while (list->first != NULL && list->first->deadline <= now) {
            struct own_connection *const own = list->first;
            list->first = own->next_lingering;
            if (list->first == NULL)
                list->last = NULL;
            if (own->deadline != 0)
                connection_end(model, own, own->connection.closed);
            model_unref(model, THING_CONNECTION, &own->connection);
        }
    }
}
