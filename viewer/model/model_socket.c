/* model_socket.c - sockets, and who holds them under which descriptors. */
#include "base/memory.h"
#include "model/model_inside.h"

/* --- coming ---------------------------------------------------------------------- */

struct socket *socket_by_inode(const struct model *model, uint64_t inode)
{
    return inode != 0 ? map_get(&model->inodes, inode) : NULL;
}

struct socket *socket_new(struct model *model, uint64_t inode, uint8_t family, uint8_t type, int64_t opened)
{
    struct own_socket *const own = memory_new(1, sizeof *own);
    struct socket *const socket = &own->socket;
    own->refs = 1;
    own->epoch = model->epoch;
    own->end = -1;
    socket->id = ++model->sums.sockets;
    socket->inode = inode;
    socket->family = family;
    socket->type = type;
    socket->opened = opened;
    socket->born = opened != 0;
    socket->partial = model->doubt != 0;
    socket->previous = model->last_socket;
    *(model->last_socket != NULL ? &model->last_socket->next : &model->sockets) = socket;
    model->last_socket = socket;
    if (inode != 0)
        map_put(&model->inodes, inode, socket);
    model_change(model, (struct change){.kind = SOCKET_OPENED, .time = opened, .socket = socket});
    return socket;
}

static void add_holder(struct socket *socket, struct holder *holder)
{
    struct own_socket *const own = own_socket(socket);
    holder->previous = own->last_holder;
    *(own->last_holder != NULL ? &own->last_holder->next : &socket->holders) = holder;
    own->last_holder = holder;
    socket->open_holders++;
}

struct holder *holder_open(struct model *model, struct process *process, int fd, struct socket *socket, enum came came,
                           int64_t time)
{
    struct holder *const old = fd_table_get(&process->table, fd);
    if (old != NULL && old->socket == socket)
        return old;
    if (old != NULL) /* its end was not seen */
        holder_close(model, old, 0, false, false);
    struct holder *const holder = memory_new(1, sizeof *holder);
    *holder =
        (struct holder){.process = process, .socket = socket, .fd = fd, .came = came, .open = true, .since = time};
    own_process(process)->refs++;
    model->holders++;
    fd_table_put(&process->table, fd, holder);
    add_holder(socket, holder);
    own_socket(socket)->deadline = 0;
    model_change(model,
                 (struct change){
                     .kind = DESCRIPTOR_OPENED, .time = time, .process = process, .holder = holder, .socket = socket});
    return holder;
}

/* --- going ----------------------------------------------------------------------- */

/* Takes a holder that is past out of its socket's list. */
static void drop_past(struct model *model, struct holder *holder)
{
    struct own_socket *const own = own_socket(holder->socket);
    *(holder->previous != NULL ? &holder->previous->next : &own->socket.holders) = holder->next;
    *(holder->next != NULL ? &holder->next->previous : &own->last_holder) = holder->previous;
    own->past--;
    model_discard(model, THING_HOLDER, holder);
}

/* Of the past holders those stay that tell something, and not too many. */
static void trim_past(struct model *model, struct holder *just)
{
    struct socket *const socket = just->socket;
    const bool copy = just->came == CAME_FORKED || just->came == CAME_INHERITED;
    if (model->keep)
        return;
    if (copy && just->calls == 0 && socket->open_holders != 0) {
        drop_past(model, just);
        return;
    }
    if (own_socket(socket)->past <= PAST_HOLDERS_MAX)
        return;
    struct holder *least = NULL;
    for (struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        if (!holder->open && (least == NULL || holder->calls < least->calls))
            least = holder;
    }
    if (least != NULL)
        drop_past(model, least);
}

/* What it is, or was, an end of. */
static void close_connections(struct model *model, struct socket *socket, int64_t time)
{
    if (socket->connection != NULL && !socket->connection->ended)
        connection_close(model, own_connection(socket->connection), time);
    if (!is_stream(socket->type) && socket->connections > 1)
        flows_closed(model, socket, time);
}

static void end_socket(struct model *model, struct socket *socket, int64_t time, bool by_exit, bool unsure)
{
    struct own_socket *const own = own_socket(socket);
    const bool lost = time == 0 && (own->epoch != model->epoch || model->doubt != 0); /* how it went on, and ended */
    socket->ended = true;
    socket->closed = time;
    socket->by_exit = by_exit;
    socket->unsure_end = unsure || lost;
    socket->partial |= lost;
    map_forget(&model->inodes, socket->inode, socket);
    if (own->listed_key != 0)
        map_count(&model->listening, own->listed_key, -1);
    flow_unbound(model, socket);
    close_connections(model, socket, time);
    model_change(model, (struct change){.kind = SOCKET_ENDED, .time = time, .socket = socket});
    model_discard(model, THING_SOCKET, socket);
}

/* Behind those that wait already: all of them for the same time. */
static void queue_up(struct model *model, struct own_socket *own)
{
    struct journey *const journey = &model->on_their_way[own->to_heir];
    own->due = own->deadline;
    own->next_settling = NULL;
    *(journey->first != NULL ? &journey->last->next_settling : &journey->first) = own;
    journey->last = own;
}

/* It was closed at that time, and may turn up with another holder. */
static void wait_for_arrival(struct model *model, struct own_socket *own, int64_t time, bool to_heir)
{
    own->to_heir = to_heir;
    own->deadline = time + (to_heir ? EXEC_GRACE : PASSING_GRACE);
    if (own->waiting)
        return;
    own->waiting = true;
    own->refs++;
    queue_up(model, own);
}

/* Keeps the socket for calls that had begun when its descriptor was closed. */
static void remember_closing(struct model *model, const struct holder *holder)
{
    struct fd_table *const closings = &holder->process->closings;
    struct closing *closing = fd_table_get(closings, holder->fd);
    if (closing != NULL) {
        model_unref(model, THING_SOCKET, closing->socket);
    } else {
        closing = memory_new(1, sizeof *closing);
        fd_table_put(closings, holder->fd, closing);
    }
    own_socket(holder->socket)->refs++;
    *closing = (struct closing){holder->socket, holder->until};
}

/* Nobody holds its socket any more, as far as is known by now. */
static void lose_last(struct model *model, const struct holder *holder, bool unsure)
{
    struct own_socket *const own = own_socket(holder->socket);
    const int64_t time = holder->until;
    if (time == 0)
        end_socket(model, holder->socket, 0, holder->by_exit, unsure);
    else if (own->passing != 0 || time < own_process(holder->process)->heirs_until)
        wait_for_arrival(model, own, time, own->passing == 0);
    else
        end_socket(model, holder->socket, own->let_go, own->let_go_by_exit, unsure);
}

void holder_close(struct model *model, struct holder *holder, int64_t time, bool by_exit, bool unsure)
{
    struct socket *const socket = holder->socket;
    struct own_socket *const own = own_socket(socket);
    fd_table_put(&holder->process->table, holder->fd, NULL);
    holder->open = false;
    holder->until = time;
    holder->by_exit = by_exit;
    socket->open_holders--;
    own->past++;
    if (time != 0 && !by_exit)
        remember_closing(model, holder);
    if (time >= own->let_go) {
        own->let_go = time;
        own->let_go_by_exit = by_exit;
    }
    model_change(
        model,
        (struct change){
            .kind = DESCRIPTOR_CLOSED, .time = time, .process = holder->process, .holder = holder, .socket = socket});
    if (socket->open_holders == 0)
        lose_last(model, holder, unsure);
    trim_past(model, holder);
}

/* Whoever got it, we do not see him; an heir would have told. */
static void give_up(struct model *model, struct own_socket *own, bool unsure)
{
    if (own->to_heir)
        end_socket(model, &own->socket, own->let_go, own->let_go_by_exit, false);
    else
        end_socket(model, &own->socket, 0, false, unsure);
}

void socket_displaced(struct model *model, uint64_t inode)
{
    struct socket *const old = socket_by_inode(model, inode);
    struct holder *next;
    for (struct holder *holder = old != NULL ? old->holders : NULL; holder != NULL; holder = next) {
        next = holder->next;
        if (holder->open)
            holder_close(model, holder, 0, false, false);
    }
    if (old != NULL && !old->ended) /* it was on its way to nobody */
        give_up(model, own_socket(old), false);
}

void socket_passes(struct socket *socket, int64_t began)
{
    struct own_socket *const own = own_socket(socket);
    if (own->arrived != 0 && began <= own->arrived)
        own->arrived = 0;
    else
        own->passing++;
}

void socket_arrives(struct socket *socket, int64_t time)
{
    struct own_socket *const own = own_socket(socket);
    if (own->passing != 0)
        own->passing--;
    else
        own->arrived = time;
}

static void settle(struct model *model, struct journey *journey, int64_t now)
{
    for (struct own_socket *own; (own = journey->first) != NULL && own->due <= now;) {
        journey->first = own->next_settling;
        if (own->deadline > now) { /* it came, and went once more */
            queue_up(model, own);
            continue;
        }
        if (own->deadline != 0 && !own->socket.ended)
            give_up(model, own, true);
        own->deadline = 0;
        own->waiting = false;
        model_unref(model, THING_SOCKET, own);
    }
}

void sockets_settle(struct model *model, int64_t now)
{
    for (int i = 0; i < 2; i++)
        settle(model, &model->on_their_way[i], now);
}

/* --- what is known of it --------------------------------------------------------- */

void socket_told(struct model *model, struct socket *socket, uint64_t inode, const struct address *local,
                 const struct address *peer)
{
    if (socket->inode == 0 && inode != 0 && socket_by_inode(model, inode) == NULL) {
        socket->inode = inode;
        map_put(&model->inodes, inode, socket);
    }
    if (socket->local.family == 0)
        socket->local = *local;
    if (socket->peer.family == 0)
        socket->peer = *peer;
    if (socket->listening)
        socket_listens(model, socket);
    connection_seen(model, socket);
}

struct socket *socket_discovered(struct model *model, const struct discovery *discovery)
{
    struct socket *socket = socket_by_inode(model, discovery->inode);
    if (socket == NULL)
        socket = socket_new(model, discovery->inode, discovery->family, discovery->type, 0);
    holder_open(model, discovery->process, discovery->fd, socket, CAME_FOUND, 0);
    socket_seen(model, socket);
    socket->connected |= discovery->connected;
    socket->peer_done |= discovery->peer_closed;
    socket_told(model, socket, discovery->inode, &discovery->local, &discovery->peer);
    if (discovery->listening)
        socket_listens(model, socket);
    return socket;
}

bool socket_seen(const struct model *model, struct socket *socket)
{
    struct own_socket *const own = own_socket(socket);
    const bool news = own->epoch != model->epoch;
    socket->partial |= news || model->doubt != 0;
    own->epoch = model->epoch;
    return news;
}

/* --- what it does ---------------------------------------------------------------- */

void socket_listens(struct model *model, struct socket *socket)
{
    struct own_socket *const own = own_socket(socket);
    socket->listening = true;
    socket->role = ROLE_LISTENING;
    if (own->listed_key != 0 || socket->local.family == 0)
        return;
    own->listed_key = listening_key(&socket->local, socket->type);
    map_count(&model->listening, own->listed_key, 1);
}

/* Is the other end, if it was recorded, closed? */
static bool peer_is_closed(const struct socket *socket)
{
    const struct connection *const connection = socket->connection;
    if (connection == NULL || !is_stream(socket->type))
        return false;
    const struct socket *const peer = connection->ends[1 - own_socket(socket)->end].socket;
    return peer != NULL && peer->ended && !peer->unsure_end;
}

static bool peer_is_recorded(const struct socket *socket)
{
    return socket->connection != NULL && socket->connection->ends[1 - own_socket(socket)->end].socket != NULL;
}

enum socket_state socket_state(const struct model *model, const struct socket *socket)
{
    if (socket->ended)
        return socket->unsure_end ? STATE_UNKNOWN : socket->error != 0 ? STATE_FAILED : STATE_CLOSED;
    if (own_socket(socket)->epoch != model->epoch || socket->open_holders == 0)
        return STATE_UNKNOWN;
    if (socket->error != 0)
        return STATE_FAILED;
    if (socket->listening)
        return STATE_LISTENING;
    if (peer_is_closed(socket) || (socket->peer_done && !peer_is_recorded(socket)))
        return STATE_PEER_CLOSED;
    if (socket->peer_done)
        return STATE_PEER_HALF;
    if (socket->shut_out)
        return STATE_HALF_CLOSED;
    if (socket->connected)
        return STATE_CONNECTED;
    if (socket->connecting)
        return STATE_CONNECTING;
    if (socket->bound)
        return STATE_BOUND;
    return socket->born ? STATE_CREATED : STATE_UNKNOWN;
}

const char *state_word(enum socket_state state)
{
    static const char *const words[STATES] = {
        [STATE_UNKNOWN] = "unknown",
        [STATE_CREATED] = "created",
        [STATE_BOUND] = "bound",
        [STATE_LISTENING] = "listening",
        [STATE_CONNECTING] = "connecting",
        [STATE_CONNECTED] = "connected",
        [STATE_HALF_CLOSED] = "half-closed",
        [STATE_PEER_HALF] = "peer half-closed",
        [STATE_PEER_CLOSED] = "peer closed",
        [STATE_FAILED] = "failed",
        [STATE_CLOSED] = "closed",
    };
    return words[state];
}

const char *role_word(enum role role)
{
    static const char *const words[] = {
        [ROLE_NONE] = "",     [ROLE_CLIENT] = "client", [ROLE_SERVER] = "server", [ROLE_LISTENING] = "listening",
        [ROLE_PAIR] = "pair",
    };
    return words[role];
}

const struct holder *socket_holder(const struct socket *socket)
{
    const struct holder *best = socket->holders;
    for (const struct holder *holder = best; holder != NULL; holder = holder->next) {
        if (holder->uses > best->uses || (holder->uses == best->uses && holder->open && !best->open))
            best = holder;
    }
    return best;
}
