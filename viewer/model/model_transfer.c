/* model_transfer.c - phase three: what sending and receiving does. */
#include "model/model_effects.h"

#include "record/payload.h"

#include <errno.h>
#include <sys/socket.h>

/* Descriptors that came in or left with a message. */
static void take_passed(struct model *model, const struct view *view)
{
    struct process *const process = model->step.process;
    const struct item *const item = view->items[ITEM_PASSED];
    for (size_t at = 0; item != NULL && at + sizeof(int32_t) <= item->size; at += sizeof(int32_t)) {
        int32_t fd;
        memcpy(&fd, item_bytes(item) + at, sizeof fd);
        const struct holder *const holder = process_descriptor(process, fd);
        if (holder != NULL)
            socket_passes(holder->socket, view->time);
    }
    for (size_t i = 0; i < view->created_count; i++) {
        const struct new_descriptor *const created = &view->created[i];
        struct holder *const old = process_descriptor(process, created->fd);
        if (created->inode == 0 && created->family == 0) { /* no socket */
            if (old != NULL)
                holder_close(model, old, 0, false, false);
            continue;
        }
        struct socket *socket = socket_by_inode(model, created->inode);
        if (socket == NULL)
            socket = socket_new(model, created->inode, created->family, created->type, 0);
        holder_open(model, process, created->fd, socket, CAME_PASSED, view_done(view));
        socket_arrives(socket, view_done(view));
        socket_seen(model, socket);
        if (model->step.created == NULL)
            model->step.created = socket;
    }
}

static void count(struct traffic *traffic, uint64_t bytes)
{
    traffic->bytes += bytes;
    traffic->calls++;
}

/* The sums of the socket and of its end of a pipe. */
static void count_bytes(struct socket *socket, struct end *end, const struct view *view)
{
    const uint8_t marks = view->record->marks;
    const int64_t time = view_done(view);
    socket->last_used = time;
    if ((marks & MARK_OUT) != 0) {
        count(&socket->out, view->bytes);
        if (end != NULL) {
            count(&end->out, view->bytes);
            if (end->first_out == 0 && view->bytes != 0)
                end->first_out = time;
        }
    }
    if ((marks & MARK_IN) != 0) {
        count(&socket->in, view->bytes);
        if (socket->first_in == 0 && view->bytes != 0)
            socket->first_in = time;
        if (end != NULL) {
            count(&end->in, view->bytes);
            if (end->first_in == 0 && view->bytes != 0)
                end->first_in = time;
        }
    }
}

/* Errors after which a stream is of no use. */
static bool is_fatal(int error)
{
    return error == ECONNRESET || error == EPIPE || error == ETIMEDOUT || error == EHOSTUNREACH ||
           error == ENETUNREACH || error == ECONNREFUSED || error == ENETDOWN;
}

static void find_connection(struct model *model, struct socket *socket, const struct view *view)
{
    int end = own_socket(socket)->end;
    if (socket->ended)
        return;
    if (!is_stream(socket->type)) {
        struct connection *const flow = flow_of(model, socket, view, &end);
        note_connection(model, flow, end);
        return;
    }
    const bool named = socket->peer.family != 0 || socket->family == AF_UNIX;
    if ((socket->connection == NULL || socket->connection->ended) && named && !socket->listening &&
        socket->error == 0) {
        socket->connected = true; /* it must have been, before the records begin */
        connection_begin(model, socket, -1, 0, 0);
    }
    note_connection(model, socket->connection, own_socket(socket)->end);
}

/* The pipe to which a transfer belongs. */
static void find_pipe(struct model *model, struct socket *socket, const struct view *view)
{
    find_connection(model, socket, view);
    const struct connection *const connection = model->step.connection;
    const bool loop = connection != NULL && connection->ends[CLIENT_END].socket == connection->ends[SERVER_END].socket;
    if (loop && (view->record->marks & MARK_IN) != 0)
        model->step.end = SERVER_END;
}

/* A datagram socket is what it does first. */
static void note_role(struct socket *socket, const struct view *view)
{
    if (socket->role != ROLE_NONE || is_stream(socket->type) || socket->family == AF_NETLINK || !socket->born)
        return;
    const bool in = (view->record->marks & MARK_IN) != 0;
    socket->role = in && socket->bound ? ROLE_SERVER : in ? ROLE_NONE : ROLE_CLIENT;
}

/* Does it connect, too? See TCP Fast Open in tcp(7). */
static bool is_fast_open(const struct socket *socket, const struct view *view)
{
    const uint16_t call = view->record->call;
    return (call == CALL_sendto || call == CALL_sendmsg) && (view->record->arg[1] & MSG_FASTOPEN) != 0 &&
           socket->connection == NULL && is_stream(socket->type) && view->peer.family != 0;
}

void take_transfer(struct model *model, const struct view *view)
{
    touch(model, view);
    take_passed(model, view);
    struct socket *const socket = model->step.socket; /* its bytes count even if it was closed meanwhile */
    if (socket == NULL)
        return;
    if (is_fast_open(socket, view))
        connect_tried(model, socket, view);
    if (view->failed) {
        if (is_stream(socket->type) && is_fatal(view->record->error) && !socket->shut_out && socket->error == 0) {
            if (socket->connecting)
                connect_failed(model, socket, view->record->error, view_done(view));
            socket->error = view->record->error;
        }
        return;
    }
    if ((view->record->marks & (MARK_IN | MARK_OUT)) == 0)
        return;
    if (socket->connecting)
        connect_done(socket, view_done(view));
    note_role(socket, view);
    if (!is_stream(socket->type) && socket->local.family != 0)
        socket->bound = true;
    if (model->step.holder != NULL)
        model->step.holder->uses++;
    find_pipe(model, socket, view);
    struct connection *const connection = model->step.connection;
    const int end = model->step.end;
    model->step.zero = zero_of(socket, view);
    if (model->step.zero == ZERO_ASKED && !is_stream(socket->type))
        return; /* no message went */
    count_bytes(socket, connection != NULL ? &connection->ends[end] : NULL, view);
    if (model->step.zero == ZERO_END) {
        socket->peer_done = true;
        if (socket->peer_closed == 0)
            socket->peer_closed = view_done(view);
    }
    if (connection != NULL && view->items[ITEM_PAYLOAD] != NULL)
        payload_take(&connection->facts, view, end, (view->record->marks & MARK_OUT) != 0 ? end : 1 - end,
                     connection->addresses[SERVER_END].port, !is_stream(socket->type));
}
