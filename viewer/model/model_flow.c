/* model_flow.c - datagrams have no connection; what goes to and fro between two
 * addresses is a flow, and is told as one. An unconnected socket may be an end
 * of many, of which those that rest the longest are given up when there are too
 * many of them.
 */
#include "model/model_inside.h"

/* The server's path names it, the client mostly has no name at all. */
static uint64_t key_as(const struct address *local, const struct address *peer, uint8_t type, int end)
{
    if (local->family == AF_UNIX || peer->family == AF_UNIX) {
        const struct address *const path = end == CLIENT_END ? peer : local;
        return path->family == AF_UNIX ? path_key(path, type, 0) : 0;
    }
    return pair_key(local, peer, type);
}

static bool is_mine(const struct own_connection *own, int end, const struct socket *socket, const struct address *peer)
{
    const struct connection *const connection = &own->connection;
    return connection->ends[end].socket == socket && connection->addresses[1 - end].family != 0 &&
           addresses_meet(&connection->addresses[1 - end], peer);
}

static bool waits_for(const struct model *model, const struct own_connection *own, int end, const struct address *local,
                      const struct address *peer)
{
    const struct connection *const connection = &own->connection;
    return connection->ends[end].socket == NULL && connection->ends[1 - end].socket != NULL &&
           addresses_meet(&connection->addresses[end], local) &&
           addresses_meet(&connection->addresses[1 - end], peer) && connection_is_current(model, own);
}

/* Is the other side gone, and all read that it sent? Then what comes from its
 * address, or goes there, is another's that has got it since. */
static bool is_spent(const struct own_connection *own, int end)
{
    const struct end *const here = &own->connection.ends[end], *const there = &own->connection.ends[1 - end];
    return there->socket != NULL && there->socket->ended && there->out.calls <= here->in.calls;
}

/* The flow of the socket and that peer, in the chains where it may stand; better
 * one that is not spent. */
static struct own_connection *find_mine(const struct model *model, struct socket *socket, const struct address *local,
                                        const struct address *peer, int *end)
{
    struct own_connection *spent = NULL;
    int spent_end = CLIENT_END;
    for (*end = 0; *end < 2; ++*end) {
        const uint64_t key = key_as(local, peer, socket->type, *end);
        const struct chain *const chain = key != 0 ? map_get(&model->chains, key) : NULL;
        for (struct own_connection *own = chain != NULL ? chain->first : NULL; own != NULL; own = own->chain_next) {
            if (!is_mine(own, *end, socket, peer))
                continue;
            if (!is_spent(own, *end))
                return own;
            spent = own;
            spent_end = *end;
        }
    }
    *end = spent_end;
    return spent;
}

/* One that was begun by the other side; the socket becomes its second end. */
static struct own_connection *join(struct model *model, struct socket *socket, const struct address *local,
                                   const struct address *peer, int64_t time, int *end)
{
    for (*end = 0; *end < 2; ++*end) {
        const uint64_t key = key_as(local, peer, socket->type, *end);
        const struct chain *const chain = key != 0 ? map_get(&model->chains, key) : NULL;
        for (struct own_connection *own = chain != NULL ? chain->first : NULL; own != NULL; own = own->chain_next) {
            if (!waits_for(model, own, *end, local, peer))
                continue;
            connection_attach(own, *end, socket, local, peer);
            own->connection.match = MATCH_NAMES;
            model_change(model,
                         (struct change){.kind = CONNECTION_MATCHED, .time = time, .connection = &own->connection});
            return own;
        }
    }
    return NULL;
}

/* --- finding it ------------------------------------------------------------------ */

static uint64_t bound_key(const struct address *local, uint8_t type)
{
    return is_internet(local) ? listening_key(local, type) : address_hash(local) | 1;
}

/* Its server's socket becomes the second end of what a client began. */
static void attach_server(struct model *model, struct own_connection *own, struct socket *server, int64_t time)
{
    struct connection *const connection = &own->connection;
    const struct address client = connection->addresses[CLIENT_END], peer = connection->addresses[SERVER_END];
    const bool by_path = server->family == AF_UNIX;
    connection_attach(own, SERVER_END, server, by_path ? &server->local : &peer, &client);
    connection->match = !by_path ? MATCH_PORT : client.family != 0 ? MATCH_NAMES : MATCH_PATH;
    model_change(model, (struct change){.kind = CONNECTION_MATCHED, .time = time, .connection = connection});
}

/* Is what is sent to `peer` surely for that server, which never asks who sends
 * (recv)? After losses only if it was seen again. */
static bool hears(const struct model *model, const struct socket *server, const struct address *peer)
{
    const struct own_socket *const own = own_socket(server);
    return own->deaf && !own->shares_port && own->epoch == model->epoch && !server->connected &&
           addresses_meet(&server->local, peer) && address_is_here(peer, &server->local);
}

static struct own_connection *begin(struct model *model, struct socket *socket, const struct view *view,
                                    const struct address *local, const struct address *peer, int *end)
{
    const int64_t time = view_done(view);
    *end = (view->record->marks & MARK_IN) != 0 ? SERVER_END : CLIENT_END;
    struct own_connection *const own = connection_new(model, socket, time);
    connection_attach(own, *end, socket, local, peer);
    chain_add(model, own, key_as(local, peer, socket->type, *end));
    if (socket->connected)
        connection_close_loop(own, socket);
    if (model->flows >= FLOWS_MAX)
        connection_end(model, model->oldest_flow, time);
    if (*end != CLIENT_END)
        return own;
    if (own->connection.match != MATCH_NONE)
        return own;
    struct socket *const server = map_get(&model->bound, bound_key(peer, socket->type));
    if (server != NULL && server != socket &&
        (peer->family == AF_UNIX ? address_equal(&server->local, peer) : hears(model, server, peer)))
        attach_server(model, own, server, time);
    return own;
}

/* A datagram came, and nobody asked from where: what was sent to that port lately,
 * since it was bound, by clients that are recorded, was for it. */
static void hear(struct model *model, struct socket *socket, const struct view *view)
{
    enum { LATELY = 64 };
    if ((view->record->marks & MARK_IN) == 0 || own_socket(socket)->bound_key == 0 || !is_internet(&socket->local))
        return;
    own_socket(socket)->deaf = true;
    struct own_connection *own = model->youngest_flow;
    for (unsigned i = 0; i < LATELY && own != NULL; i++, own = own->older) {
        const struct connection *const flow = &own->connection;
        if (flow->type == socket->type && flow->ends[SERVER_END].socket == NULL &&
            flow->ends[CLIENT_END].socket != socket && own->used >= own_socket(socket)->bound_at &&
            connection_is_current(model, own) && hears(model, socket, &flow->addresses[SERVER_END]))
            attach_server(model, own, socket, view_done(view));
    }
}

/* A record that names no peer: of a socket that has only ever had one. */
static struct connection *only_flow(const struct socket *socket, int *end)
{
    if (socket->connection == NULL || socket->connection->ended || socket->connections != 1)
        return NULL;
    *end = own_socket(socket)->end;
    return socket->connection;
}

struct connection *flow_of(struct model *model, struct socket *socket, const struct view *view, int *end)
{
    if (socket->role == ROLE_PAIR) {
        *end = own_socket(socket)->end;
        return socket->connection;
    }
    const struct address *const peer = &view->peer;
    const struct address unknown = {.family = peer->family, .size = peer->size};
    const struct address *const named = view->local.family != 0 ? &view->local : &socket->local;
    const struct address *const local = named->family != 0 || !is_internet(peer) ? named : &unknown;
    if (peer->family != AF_UNIX && (!is_internet(peer) || peer->port == 0)) {
        hear(model, socket, view);
        return only_flow(socket, end);
    }
    struct own_connection *own = NULL;
    if (socket->connection != NULL && !socket->connection->ended) {
        own = own_connection(socket->connection);
        *end = own_socket(socket)->end;
        if (!is_mine(own, *end, socket, peer))
            own = NULL;
    }
    if (own == NULL)
        own = find_mine(model, socket, local, peer, end);
    if (own == NULL || is_spent(own, *end)) {
        int other;
        struct own_connection *const joined = join(model, socket, local, peer, view_done(view), &other);
        *end = joined != NULL ? other : *end;
        own = joined != NULL ? joined : own;
    }
    if (own == NULL)
        own = begin(model, socket, view, local, peer, end);
    socket->connection = &own->connection;
    own_socket(socket)->end = *end;
    if (!socket->connected)
        socket->peer = *peer;
    flow_used(model, own, view->time);
    return &own->connection;
}

void flows_closed(struct model *model, struct socket *socket, int64_t time)
{
    for (struct own_connection *own = model->oldest_flow, *next; own != NULL; own = next) {
        next = own->younger;
        if (own->connection.ends[CLIENT_END].socket == socket || own->connection.ends[SERVER_END].socket == socket)
            connection_close(model, own, time);
    }
}

/* --- servers --------------------------------------------------------------------- */

/* As a bind returns later than the path is there, somebody may have sent to it already. */
static void attach_early(struct model *model, struct socket *server, const struct view *view)
{
    const struct chain *const chain = map_get(&model->chains, path_key(&server->local, server->type, 0));
    for (struct own_connection *own = chain != NULL ? chain->first : NULL; own != NULL; own = own->chain_next) {
        const struct connection *const flow = &own->connection;
        if (flow->ends[SERVER_END].socket == NULL && flow->ends[CLIENT_END].socket != server && view->time != 0 &&
            flow->opened >= view->time && address_equal(&flow->addresses[SERVER_END], &server->local) &&
            connection_is_current(model, own))
            attach_server(model, own, server, view_done(view));
    }
}

void flow_bound(struct model *model, struct socket *socket, const struct view *view)
{
    const bool has_port = is_internet(&socket->local) && socket->local.port != 0;
    const bool has_path = socket->local.family == AF_UNIX;
    if (is_stream(socket->type) || (!has_path && !has_port))
        return;
    flow_unbound(model, socket);
    const uint64_t key = bound_key(&socket->local, socket->type);
    struct socket *const before = map_get(&model->bound, key);
    own_socket(socket)->bound_key = key;
    own_socket(socket)->bound_at = view_done(view);
    own_socket(socket)->shares_port = map_count(&model->binders, key, 1) > 1;
    if (before != NULL)
        own_socket(before)->shares_port = true;
    map_put(&model->bound, key, socket);
    if (has_path)
        attach_early(model, socket, view);
}

void flow_unbound(struct model *model, struct socket *socket)
{
    struct own_socket *const own = own_socket(socket);
    if (own->bound_key == 0)
        return;
    map_forget(&model->bound, own->bound_key, socket);
    map_count(&model->binders, own->bound_key, -1);
    own->bound_key = 0;
}
