/* model_match.c - which two ends belong together.
 *
 * Streams of the Internet families are matched by both addresses: each end names
 * the other. The records of connect and accept come in either order, and ports
 * are used again; what tells is that nobody is accepted before his connect
 * began, and that a listening socket's queue is first in, first out. AF_UNIX
 * clients have no address: there it is the path and the queue alone.
 */
#include "model/model_inside.h"

/* Who looks for his other end. */
struct seeker {
    const struct address *local, *peer;
    uint8_t family, type;
    int end;        /* CLIENT_END or SERVER_END; -1: not known */
    uint64_t ticks; /* when the connect began, or the accept was done; 0: not known */
};

static bool fits(const struct model *model, const struct own_connection *own, const struct seeker *seeker, int end)
{
    const struct connection *const connection = &own->connection;
    const struct end *const other = &connection->ends[1 - end];
    if (connection->ends[end].socket != NULL || other->socket == NULL || connection->type != seeker->type ||
        connection->error != 0 || !connection_is_current(model, own))
        return false;
    if (!addresses_meet(&connection->addresses[end], seeker->local) ||
        !addresses_meet(&connection->addresses[1 - end], seeker->peer))
        return false;
    if (seeker->ticks == 0)
        return true;
    if (end == CLIENT_END)
        return own->accepted == 0 || seeker->ticks <= own->accepted;
    return own->began <= seeker->ticks && other->in.bytes == 0; /* nobody can have answered it yet */
}

/* The oldest connection in the chain that waits for this end. */
static struct own_connection *find_partner(const struct model *model, uint64_t key, const struct seeker *seeker,
                                           int *end)
{
    const struct chain *const chain = key != 0 ? map_get(&model->chains, key) : NULL;
    for (struct own_connection *own = chain != NULL ? chain->first : NULL; own != NULL; own = own->chain_next) {
        for (*end = 0; *end < 2; ++*end) {
            if ((seeker->end < 0 || seeker->end == *end) && fits(model, own, seeker, *end))
                return own;
        }
    }
    return NULL;
}

/* Which end it is likely to be, where its beginning was not seen. */
static int guess_end(const struct model *model, const struct socket *socket)
{
    if (map_get(&model->listening, listening_key(&socket->local, socket->type)) != NULL)
        return SERVER_END;
    if (is_internet(&socket->local) && is_internet(&socket->peer))
        return socket->local.port < socket->peer.port ? SERVER_END : CLIENT_END;
    return socket->family == AF_UNIX && socket->local.family != 0 ? SERVER_END : CLIENT_END;
}

/* The keys under which a stream looks for its other end, and waits for it. */
static void stream_keys(const struct socket *socket, int end, uint64_t *look, uint64_t *wait)
{
    *look = *wait = pair_key(&socket->local, &socket->peer, socket->type);
    if (socket->family != AF_UNIX)
        return;
    const struct address *const path = end == CLIENT_END ? &socket->peer : &socket->local;
    *look = *wait = 0;
    if (path->family == 0)
        return;
    *look = path_key(path, socket->type, end);
    *wait = path_key(path, socket->type, 1 - end);
}

/* Both ends stood alone in connections of their own: `own` takes over what
 * `other` has, which is no more. */
static void absorb(struct model *model, struct own_connection *own, struct own_connection *other, int end)
{
    struct connection *const to = &own->connection, *const from = &other->connection;
    to->ends[end] = from->ends[end];
    from->ends[end].socket = NULL;
    to->ends[end].socket->connection = to;
    for (int i = 0; i < 2; i++)
        address_learn(&to->addresses[i], &from->addresses[i]);
    if (to->facts == NULL) {
        to->facts = from->facts;
        from->facts = NULL;
    }
    from->merged = true;
    connection_end(model, other, 0);
}

/* Finds the other end of the socket, which is one of `own` already if that is
 * not NULL, or lets it wait for it. */
static void match_stream(struct model *model, struct socket *socket, struct own_connection *own,
                         const struct seeker *seeker, int64_t time)
{
    const int likely = seeker->end >= 0 ? seeker->end : guess_end(model, socket);
    uint64_t look, wait;
    int end;
    stream_keys(socket, likely, &look, &wait);
    struct own_connection *partner = find_partner(model, look, seeker, &end);
    if (partner == NULL) {
        if (own == NULL) {
            own = connection_new(model, socket, time);
            connection_attach(own, likely, socket, &socket->local, &socket->peer);
            *(likely == CLIENT_END ? &own->began : &own->accepted) = seeker->ticks;
        }
        connection_close_loop(own, socket);
        if (own->key == 0 && own->connection.match == MATCH_NONE)
            chain_add(model, own, wait);
        return;
    }
    if (own == NULL) {
        connection_attach(partner, end, socket, &socket->local, &socket->peer);
    } else {
        absorb(model, own, partner, 1 - end);
        partner = own;
    }
    chain_remove(model, partner);
    partner->epoch = model->epoch;
    partner->deadline = 0;
    partner->connection.match = socket->family == AF_UNIX ? MATCH_ORDER : MATCH_NAMES;
    model_change(model, (struct change){.kind = CONNECTION_MATCHED, .time = time, .connection = &partner->connection});
}

/* The connection of a stream, if it goes on under these names. */
static bool goes_on(const struct socket *socket, int end)
{
    const struct connection *const connection = socket->connection;
    if (connection == NULL || connection->ended || (end >= 0 && own_socket(socket)->end != end))
        return false;
    return addresses_meet(&connection->addresses[own_socket(socket)->end], &socket->local) &&
           addresses_meet(&connection->addresses[1 - own_socket(socket)->end], &socket->peer);
}

void connection_begin(struct model *model, struct socket *socket, int end, uint64_t ticks, int64_t time)
{
    if (goes_on(socket, end))
        return;
    if (socket->connection != NULL && !socket->connection->ended)
        connection_end(model, own_connection(socket->connection), time);
    const struct seeker seeker = {&socket->local, &socket->peer, socket->family, socket->type, end, ticks};
    match_stream(model, socket, NULL, &seeker, time);
}

void connection_seen(struct model *model, struct socket *socket)
{
    struct connection *const connection = socket->connection;
    if (connection == NULL || connection->ended || !is_stream(socket->type))
        return;
    struct own_connection *const own = own_connection(connection);
    const int end = own_socket(socket)->end;
    address_learn(&connection->addresses[end], &socket->local);
    address_learn(&connection->addresses[1 - end], &socket->peer);
    own->epoch = model->epoch;
    if (connection->match == MATCH_NONE) {
        const struct seeker seeker = {&socket->local, &socket->peer, socket->family,
                                      socket->type,   end,           end == CLIENT_END ? own->began : own->accepted};
        match_stream(model, socket, own, &seeker, connection->opened);
    }
}

/* --- told by the kernel ---------------------------------------------------------- */

/* Gives both connections the other's end. */
static void swap_ends(struct connection *a, struct connection *b, int end)
{
    const struct end kept = a->ends[end];
    a->ends[end] = b->ends[end];
    b->ends[end] = kept;
    if (a->ends[end].socket != NULL)
        a->ends[end].socket->connection = a;
    if (b->ends[end].socket != NULL)
        b->ends[end].socket->connection = b;
}

void connection_join(struct model *model, struct socket *first, struct socket *second)
{
    const int end = own_socket(second)->end;
    struct connection *const to = first->connection, *const from = second->connection;
    if (to == NULL || from == NULL || to->ended || from->ended || own_socket(first)->end != 1 - end)
        return;
    if (to != from) {
        if (to->ends[end].socket == NULL && from->ends[1 - end].socket == NULL) {
            absorb(model, own_connection(to), own_connection(from), end);
        } else {
            swap_ends(to, from, end);
            from->match = from->ends[0].socket != NULL && from->ends[1].socket != NULL ? MATCH_ORDER : MATCH_NONE;
        }
        chain_remove(model, own_connection(to));
    }
    if (to->match != MATCH_PAIR)
        to->match = MATCH_KERNEL;
    model_change(model, (struct change){.kind = CONNECTION_MATCHED, .time = to->opened, .connection = to});
}
