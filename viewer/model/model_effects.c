/* model_effects.c - what each call does, by a table: those that create, name,
 * connect and close sockets are here, the others in model_transfer.c and
 * model_run.c. */
#include "model/model_effects.h"

#include "record/transport.h"

#include <errno.h>
#include <netinet/in.h>

#define CLOEXEC_ONLY 4u /* CLOSE_RANGE_CLOEXEC */

static void use(struct model *model, const struct view *view)
{
    touch(model, view);
}

/* --- ① creating ------------------------------------------------------------------ */

static struct socket *create(struct model *model, const struct view *view, int fd, uint64_t inode, enum came came)
{
    const struct record *const record = view->record;
    struct process *const process = model->step.process;
    socket_displaced(model, inode);
    struct socket *const socket = socket_new(model, inode, record->family, record->type, view_done(view));
    struct holder *const holder = holder_open(model, process, fd, socket, came, view_done(view));
    holder->calls++;
    process->opened++;
    if (model->step.created == NULL)
        model->step.created = socket;
    return socket;
}

static void take_socket(struct model *model, const struct view *view)
{
    if (view->failed)
        return;
    struct socket *const socket = create(model, view, (int)view->record->ret, view->record->inode, CAME_CREATED);
    const uint64_t *const protocol = view_argument(view, KIND_protocol);
    if (protocol != NULL)
        socket->protocol = transport_other(socket->family, socket->type, *protocol);
    model->step.socket = socket;
    model->step.holder = process_descriptor(model->step.process, (int)view->record->ret);
}

static void take_pair(struct model *model, const struct view *view)
{
    struct socket *sockets[2];
    if (view->failed || view->created_count != 2)
        return;
    for (int i = 0; i < 2; i++) {
        sockets[i] = create(model, view, view->created[i].fd, view->created[i].inode, CAME_CREATED);
        sockets[i]->role = ROLE_PAIR;
        sockets[i]->connected = true;
        sockets[i]->connected_at = view_done(view);
    }
    connection_pair(model, sockets[0], sockets[1], view_done(view));
    note_connection(model, sockets[0]->connection, CLIENT_END);
}

/* The client's side of a connection that was accepted. */
static void client_was_accepted(struct socket *accepted, int64_t time)
{
    const struct connection *const connection = accepted->connection;
    struct socket *const client = connection != NULL ? connection->ends[CLIENT_END].socket : NULL;
    if (client == NULL || !client->connecting)
        return;
    client->connecting = false;
    client->connected = true;
    client->connected_at = time;
}

static void take_accept(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    /* The record's names are the new socket's; so is the inode of a raw call. */
    struct holder *const holder =
        closed_meanwhile(model, view) == NULL
            ? holder_of(model, view, view->inodes_told || view->failed ? record->inode : 0, CAME_FOUND)
            : NULL;
    if (holder != NULL) {
        holder->calls++;
        holder->uses++;
        model->step.holder = holder;
        model->step.socket = holder->socket;
        socket_seen(model, holder->socket);
        socket_listens(model, holder->socket);
        holder->socket->accepted += !view->failed;
        holder->socket->last_used = view_done(view);
    }
    if (view->failed || view->created_count == 0)
        return;
    struct socket *const socket = create(model, view, view->created[0].fd,
                                         view->inodes_told ? view->created[0].inode : record->inode, CAME_ACCEPTED);
    socket->local = view->local;
    socket->peer = view->peer;
    if (holder != NULL && holder->socket->protocol != IPPROTO_MPTCP) /* a client without it gets plain TCP */
        socket->protocol = holder->socket->protocol;
    socket->role = ROLE_SERVER;
    socket->connected = true;
    socket->connected_at = view_done(view);
    socket->port_chosen = holder != NULL && holder->socket->port_chosen;
    connection_begin(model, socket, SERVER_END, record->end, view_done(view));
    client_was_accepted(socket, view_done(view));
    note_connection(model, socket->connection, SERVER_END);
}

static void take_dup(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket != NULL && !view->failed && view->created_count != 0)
        holder_open(model, model->step.process, view->created[0].fd, socket, CAME_COPIED, view_done(view));
}

/* Closes what `to` named before, whatever it names now. */
static void take_dup2(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    const bool from_socket = record->family != 0 || record->inode != 0;
    struct socket *const socket = from_socket ? touch(model, view) : NULL;
    const int to = (int)record->arg[0];
    struct holder *const replaced = process_descriptor(model->step.process, to);
    if (view->failed || to == record->fd || to < 0)
        return;
    if (replaced != NULL)
        holder_close(model, replaced, view->time, false, false);
    if (socket != NULL)
        holder_open(model, model->step.process, to, socket, CAME_COPIED, view_done(view));
}

static void take_getfd(struct model *model, const struct view *view)
{
    if (!view->failed)
        touch_as(model, view, CAME_PASSED);
}

/* libc made it, bound or connected already. */
static void take_ready(struct model *model, const struct view *view)
{
    if (view->failed || (view->record->marks & MARK_CREATES) == 0)
        return;
    take_socket(model, view);
    learn_from(model, model->step.socket, view);
    model->step.socket->bound = true;
    if (view->peer.family == 0)
        return;
    model->step.socket->role = ROLE_CLIENT;
    connection_begin(model, model->step.socket, CLIENT_END, view->record->start, view_done(view));
    connect_done(model->step.socket, view_done(view));
}

static void take_inherit(struct model *model, const struct view *view)
{
    touch_as(model, view, CAME_INHERITED);
}

/* --- ② connecting ---------------------------------------------------------------- */

static void take_bind(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket == NULL)
        return;
    if (view->failed) {
        if (!socket->bound)
            socket->error = view->record->error;
        return;
    }
    socket->bound = true;
    socket->error = 0;
    socket->port_chosen = view->record->call == CALL_bind && view->record->arg[0] != 0;
    flow_bound(model, socket, view);
}

static void take_listen(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket != NULL && !view->failed) {
        socket->error = 0;
        socket_listens(model, socket);
    }
}

static void take_connect(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket == NULL || view->record->error == EALREADY)
        return;
    if (view->record->error == EISCONN)
        connect_done(socket, view_done(view));
    else
        connect_tried(model, socket, view);
}

/* SO_ERROR is where the end of a connect under way is read; getpeername tells
 * as well. */
static void take_question(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    struct socket *const socket = touch(model, view);
    const struct item *const item = view->items[ITEM_VALUE];
    if (socket == NULL || view->failed)
        return;
    if (record->call == CALL_getpeername) {
        if (socket->connecting)
            connect_done(socket, view_done(view));
    } else if (record->arg[0] == SOL_SOCKET && record->arg[1] == SO_ERROR && item != NULL && item->size >= 4) {
        int32_t error;
        memcpy(&error, item_bytes(item), sizeof error);
        if (error != 0 && socket->connecting)
            connect_failed(model, socket, error, view_done(view));
        else if (error != 0)
            socket->error = error;
        else if (socket->connecting)
            connect_done(socket, view_done(view));
    }
}

static void take_stream(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket != NULL && !view->failed)
        socket->partial = true; /* libc reads and writes it from here on */
}

/* --- ④ closing ------------------------------------------------------------------- */

static void take_shutdown(struct model *model, const struct view *view)
{
    struct socket *const socket = touch(model, view);
    if (socket == NULL || view->failed)
        return;
    socket->shut_in |= view->record->arg[0] != SHUT_WR;
    socket->shut_out |= view->record->arg[0] != SHUT_RD;
}

static void take_close(struct model *model, const struct view *view)
{
    if (view->record->error == EBADF || is_told_late(model, view))
        return;
    touch(model, view);
    if (model->step.holder != NULL && model->step.holder->open) /* Linux closes even when it reports an error */
        holder_close(model, model->step.holder, view->time, false, false);
}

static void take_close_range(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    const bool range = record->call == CALL_close_range;
    if (view->failed || (range && (record->arg[2] & CLOEXEC_ONLY) != 0))
        return;
    process_close_all(model, model->step.process, (int32_t)record->arg[0] < 0 ? 0 : (int64_t)record->arg[0],
                      range ? (int64_t)(uint32_t)record->arg[1] : INT64_MAX, view->time, false, false);
}

static void take_hidden(struct model *model, const struct view *view)
{
    const uint64_t what = view->record->arg[0];
    struct holder *const holder = process_descriptor(model->step.process, view->record->fd);
    if (what == HIDDEN_CLOSE) {
        if (holder != NULL)
            holder_close(model, holder, 0, false, false);
    } else if (what == HIDDEN_OPEN) {
        touch(model, view);
    } else if (holder != NULL && what != HIDDEN_IO_URING) {
        holder->socket->partial = true;
    }
}

/* --- the table ------------------------------------------------------------------- */

/* By call; what is not here does nothing that the model knows of. */
static effect *const effects[CALLS_TOLD] = {
    [CALL_socket] = take_socket,
    [CALL_socketpair] = take_pair,
    [CALL_accept] = take_accept,
    [CALL_accept4] = take_accept,
    [CALL_dup] = take_dup,
    [CALL_fcntl] = take_dup,
    [CALL_fcntl64] = take_dup,
    [CALL___fcntl] = take_dup,
    [CALL_dup2] = take_dup2,
    [CALL___dup2] = take_dup2,
    [CALL_dup3] = take_dup2,
    [CALL_pidfd_getfd] = take_getfd,
    [CALL_rresvport] = take_ready,
    [CALL_rresvport_af] = take_ready,
    [CALL_rcmd] = take_ready,
    [CALL_rcmd_af] = take_ready,
    [CALL_rexec] = take_ready,
    [CALL_rexec_af] = take_ready,
    [CALL_inherit] = take_inherit,
    [CALL_hidden] = take_hidden,

    [CALL_bind] = take_bind,
    [CALL_bindresvport] = take_bind,
    [CALL_listen] = take_listen,
    [CALL_connect] = take_connect,
    [CALL___connect] = take_connect,
    [CALL_getsockopt] = take_question,
    [CALL_getpeername] = take_question,
    [CALL_getsockname] = use,
    [CALL_setsockopt] = use,
    [CALL_ioctl] = use,
    [CALL_sockatmark] = use,
    [CALL_isfdtype] = use,
    [CALL_fdopen] = take_stream,
    [CALL_aio_read] = take_stream,
    [CALL_aio_read64] = take_stream,
    [CALL_aio_write] = take_stream,
    [CALL_aio_write64] = take_stream,

    [CALL_send] = take_transfer,
    [CALL___send] = take_transfer,
    [CALL_sendto] = take_transfer,
    [CALL_sendmsg] = take_transfer,
    [CALL_sendmmsg] = take_transfer,
    [CALL_write] = take_transfer,
    [CALL___write] = take_transfer,
    [CALL_writev] = take_transfer,
    [CALL_pwritev2] = take_transfer,
    [CALL_pwritev64v2] = take_transfer,
    [CALL_sendfile] = take_transfer,
    [CALL_sendfile64] = take_transfer,
    [CALL_splice] = take_transfer,
    [CALL_dprintf] = take_transfer,
    [CALL_vdprintf] = take_transfer,
    [CALL___dprintf_chk] = take_transfer,
    [CALL___vdprintf_chk] = take_transfer,
    [CALL_recv] = take_transfer,
    [CALL___recv_chk] = take_transfer,
    [CALL_recvfrom] = take_transfer,
    [CALL___recvfrom_chk] = take_transfer,
    [CALL_recvmsg] = take_transfer,
    [CALL_recvmmsg] = take_transfer,
    [CALL_read] = take_transfer,
    [CALL___read] = take_transfer,
    [CALL___read_chk] = take_transfer,
    [CALL_readv] = take_transfer,
    [CALL_preadv2] = take_transfer,
    [CALL_preadv64v2] = take_transfer,

    [CALL_shutdown] = take_shutdown,
    [CALL_close] = take_close,
    [CALL___close] = take_close,
    [CALL_fclose] = take_close,
    [CALL_freopen] = take_close,
    [CALL_freopen64] = take_close,
    [CALL_close_range] = take_close_range,
    [CALL_closefrom] = take_close_range,

    [CALL_fork] = take_fork,
    [CALL___fork] = take_fork,
    [CALL__Fork] = take_fork,
    [CALL_forkpty] = take_fork,
    [CALL_vfork] = take_vfork,
    [CALL___vfork] = take_vfork,
    [CALL_clone] = take_clone,
    [CALL___clone] = take_clone,
    [CALL_posix_spawn] = take_spawn,
    [CALL_posix_spawnp] = take_spawn,
    [CALL_login_tty] = take_login,
    [CALL_daemon] = take_daemon,
    [CALL_exec] = take_exec,
    [CALL__exit] = take_exit,
    [CALL__Exit] = take_exit,
    [CALL_exit] = take_exit,

    [CALL_getaddrinfo] = take_lookup,
    [CALL_gethostbyname] = take_lookup,
    [CALL_gethostbyname2] = take_lookup,
    [CALL_gethostbyname_r] = take_lookup,
    [CALL_gethostbyname2_r] = take_lookup,
};

void model_effect(struct model *model, const struct view *view)
{
    const uint16_t call = view->record->call;
    effect *const take = call < CALLS_TOLD ? effects[call] : NULL;
    if (take != NULL)
        take(model, view);
}
