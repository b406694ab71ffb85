/* model_connection.c - which two ends belong together.
 *
 * Streams of the Internet families are matched by both addresses: each end names
 * the other. The records of connect and accept come in either order, and ports
 * are used again; what tells is that nobody is accepted before his connect
 * began, and that a listening socket's queue is first in, first out. AF_UNIX
 * clients have no address: there it is the path and the queue alone.
 */
#include "memory.h"
#include "model_inside.h"

#include "payload.h"

/* --- keys ------------------------------------------------------------------------ */

bool is_internet(const struct address *address)
{
    return address->family == AF_INET || address->family == AF_INET6;
}

uint64_t address_hash(const struct address *address)
{
    uint64_t hash = address->family;
    for (size_t i = 0; i < address->size; i++)
        hash = map_mix(hash, address->bytes[i]);
    return hash;
}

uint64_t listening_key(const struct address *local, uint8_t type)
{
    const uint64_t hash = is_internet(local) ? map_mix(local->port, AF_INET) : address_hash(local);
    return map_mix(hash, type) | 1;
}

/* The key under which both ends of a pipe are found; 0: too little is known. */
uint64_t pair_key(const struct address *local, const struct address *peer, uint8_t type)
{
    if (is_internet(local) && is_internet(peer)) {
        const uint16_t low = local->port < peer->port ? local->port : peer->port;
        const uint16_t high = local->port < peer->port ? peer->port : local->port;
        return map_mix(map_mix((uint64_t)low << 16 | high, type), AF_INET) | 1;
    }
    if (local->family != 0 && peer->family != 0)
        return map_mix(address_hash(local) + address_hash(peer), type) | 1;
    return 0;
}

/* For AF_UNIX: the path alone, and for whom it waits. */
uint64_t path_key(const struct address *path, uint8_t type, int missing)
{
    return map_mix(map_mix(address_hash(path), type), 2 + (uint64_t)missing) | 1;
}

void chain_add(struct model *model, struct own_connection *own, uint64_t key)
{
    struct chain *chain = map_get(&model->chains, key);
    if (key == 0)
        return;
    if (chain == NULL) {
        chain = memory_new(1, sizeof *chain);
        map_put(&model->chains, key, chain);
    }
    own->key = key;
    own->chain_previous = chain->last;
    own->chain_next = NULL;
    *(chain->last != NULL ? &chain->last->chain_next : &chain->first) = own;
    chain->last = own;
}

static void chain_remove(struct model *model, struct own_connection *own)
{
    if (own->key == 0)
        return;
    struct chain *const chain = map_get(&model->chains, own->key);
    *(own->chain_previous != NULL ? &own->chain_previous->chain_next : &chain->first) = own->chain_next;
    *(own->chain_next != NULL ? &own->chain_next->chain_previous : &chain->last) = own->chain_previous;
    if (chain->first == NULL)
        free(map_remove(&model->chains, own->key));
    own->key = 0;
}

/* --- addresses ------------------------------------------------------------------- */

static bool is_wildcard(const struct address *address)
{
    static const uint8_t zero[16];
    const uint8_t *const ipv4 = address_ipv4(address);
    return ipv4 != NULL ? memcmp(ipv4, zero, 4) == 0 : memcmp(address->bytes, zero, 16) == 0;
}

/* May these be the same place, as far as either tells? */
bool addresses_meet(const struct address *a, const struct address *b)
{
    if (a->family == 0 || b->family == 0)
        return true;
    if (!is_internet(a) || !is_internet(b))
        return address_equal(a, b);
    if (a->port != b->port)
        return false;
    if (is_wildcard(a) || is_wildcard(b))
        return true;
    const uint8_t *const a4 = address_ipv4(a), *const b4 = address_ipv4(b);
    if (a4 != NULL || b4 != NULL)
        return a4 != NULL && b4 != NULL && memcmp(a4, b4, 4) == 0;
    return memcmp(a->bytes, b->bytes, 16) == 0;
}

/* Notes an address that tells more than the one that is known. */
static void learn(struct address *known, const struct address *address)
{
    if (address->family == 0)
        return;
    if (known->family == 0 || (is_internet(known) && is_wildcard(known) && !is_wildcard(address)))
        *known = *address;
}

/* --- connections ----------------------------------------------------------------- */

struct own_connection *connection_new(struct model *model, const struct socket *socket, int64_t opened)
{
    struct own_connection *const own = memory_new(1, sizeof *own);
    struct connection *const connection = &own->connection;
    own->refs = 1;
    own->epoch = model->epoch;
    connection->id = ++model->sums.connections;
    connection->family = socket->family;
    connection->type = socket->type;
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
    learn(&own->connection.addresses[end], local);
    learn(&own->connection.addresses[1 - end], peer);
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

void connection_free(struct model *model, struct connection *connection)
{
    struct own_connection *const own = own_connection(connection);
    chain_remove(model, own);
    flow_leave(model, own);
    *(connection->previous != NULL ? &connection->previous->next : &model->connections) = connection->next;
    *(connection->next != NULL ? &connection->next->previous : &model->last_connection) = connection->previous;
    for (int end = 0; end < 2; end++) {
        struct socket *const socket = connection->ends[end].socket;
        if (socket == NULL)
            continue;
        if (socket->connection == connection)
            socket->connection = NULL;
        model_unref(model, THING_SOCKET, socket);
    }
    payload_free(connection->facts);
    free(own);
}

/* --- matching streams ------------------------------------------------------------ */

/* Who looks for his other end. */
struct seeker {
    const struct address *local, *peer;
    uint8_t family, type;
    int end;        /* CLIENT_END or SERVER_END; -1: not known */
    uint64_t ticks; /* when the connect began, or the accept was done; 0: not known */
};

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
        learn(&to->addresses[i], &from->addresses[i]);
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
        if (own->key == 0)
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
    learn(&connection->addresses[end], &socket->local);
    learn(&connection->addresses[1 - end], &socket->peer);
    own->epoch = model->epoch;
    if (connection->match == MATCH_NONE) {
        const struct seeker seeker = {&socket->local, &socket->peer, socket->family,
                                      socket->type,   end,           end == CLIENT_END ? own->began : own->accepted};
        match_stream(model, socket, own, &seeker, connection->opened);
    }
}

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
    if (out->socket == NULL || in->socket == NULL || connection->match == MATCH_PATH || !out->socket->born ||
        !in->socket->born || out->socket->partial || in->socket->partial)
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
    if (client == NULL || !client->born) /* born before the records begin: so the other end is just late */
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

void connections_closed(struct model *model, struct socket *socket, int64_t time)
{
    if (socket->connection != NULL && !socket->connection->ended)
        connection_close(model, own_connection(socket->connection), time);
    if (!is_stream(socket->type) && socket->connections > 1)
        flows_closed(model, socket, time);
}
