/* model_touch.c - whose descriptor is it? See model_effects.h. */
#include "model/model_effects.h"

#include "base/memory.h"

#include <errno.h>

/* Is the socket in the table another one than the record tells of? */
static bool differs(const struct socket *socket, uint64_t inode, const struct record *record)
{
    if (inode != 0 && socket->inode != 0)
        return inode != socket->inode;
    return (socket->family != 0 && record->family != 0 && socket->family != record->family) ||
           (socket->type != 0 && record->type != 0 && socket->type != record->type);
}

/* Notes the inode, if it is not known yet. Where another socket has it, that is
 * the same one, met elsewhere: then the descriptor names that from now on. */
static struct holder *learn_inode(struct model *model, struct holder *holder, uint64_t inode)
{
    struct process *const process = holder->process;
    if (inode == 0 || holder->socket->inode != 0)
        return holder;
    struct socket *const other = socket_by_inode(model, inode);
    if (other == NULL) {
        holder->socket->inode = inode;
        map_put(&model->inodes, inode, holder->socket);
        return holder;
    }
    const int fd = holder->fd;
    holder_close(model, holder, 0, false, true);
    return holder_open(model, process, fd, other, CAME_FOUND, 0);
}

/* The holder behind the record's descriptor; found, or made from what the record
 * says of itself. */
struct holder *holder_of(struct model *model, const struct view *view, uint64_t inode, enum came came)
{
    const struct record *const record = view->record;
    struct process *const process = model->step.process;
    struct holder *holder = process_descriptor(process, record->fd);
    if (holder != NULL && !differs(holder->socket, inode, record))
        return learn_inode(model, holder, inode);
    const bool known = record->family != 0 || inode != 0;
    if (!known && (record->error == EBADF || record->error == ENOTSOCK || came != CAME_FOUND))
        return NULL;
    if (holder != NULL)
        holder_close(model, holder, 0, false, false);
    struct socket *socket = socket_by_inode(model, inode);
    if (socket == NULL)
        socket = socket_new(model, inode, record->family, record->type, 0);
    return holder_open(model, process, record->fd, socket, came, came == CAME_INHERITED ? view->time : 0);
}

void note_connection(struct model *model, struct connection *connection, int end)
{
    model->step.connection = connection;
    model->step.end = connection != NULL ? end : -1;
}

bool is_told_late(const struct model *model, const struct view *view)
{
    const struct holder *const holder = process_descriptor(model->step.process, view->record->fd);
    return holder != NULL && holder->since > view->time && view->time != 0 &&
           differs(holder->socket, view->record->inode, view->record);
}

struct socket *closed_meanwhile(const struct model *model, const struct view *view)
{
    const struct process *const process = model->step.process;
    const int fd = view->record->fd;
    const struct closing *const closing = fd_table_get(&process->closings, fd);
    if (closing == NULL || view->time == 0 || view->time >= closing->time || view_done(view) <= closing->time)
        return NULL;
    return differs(closing->socket, view->record->inode, view->record) ? NULL : closing->socket;
}

/* The holder of that descriptor, which is past; NULL where it is not kept. */
static struct holder *past_holder(const struct model *model, const struct socket *socket, int fd)
{
    struct holder *found = NULL;
    for (struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        if (holder->process == model->step.process && holder->fd == fd)
            found = holder;
    }
    return found;
}

static void touch_closed(struct model *model, struct socket *socket, const struct view *view)
{
    struct holder *const holder = past_holder(model, socket, view->record->fd);
    if (holder != NULL)
        holder->calls++;
    model->step.holder = holder;
    model->step.socket = socket;
    note_connection(model, socket->connection, own_socket(socket)->end);
}

static bool set_address(struct address *known, const struct address *address)
{
    if (address->family == 0 || address_equal(known, address))
        return false;
    *known = *address;
    return true;
}

/* May the record's peer be another than the one that the socket is connected to? */
static bool names_any_peer(const struct socket *socket, uint16_t call)
{
    switch (call) {
    case CALL_sendto:
    case CALL_sendmsg:
    case CALL_sendmmsg:
    case CALL_recvfrom:
    case CALL___recvfrom_chk:
    case CALL_recvmsg:
    case CALL_recvmmsg: return !is_stream(socket->type) || socket->connected; /* a connected stream heeds no address */
    default: return false;
    }
}

void learn_from(struct model *model, struct socket *socket, const struct view *view)
{
    const struct record *const record = view->record;
    bool news = socket_seen(model, socket);
    if (socket->family == 0)
        socket->family = record->family;
    if (socket->type == 0)
        socket->type = record->type;
    news |= set_address(&socket->local, &view->local);
    if (!names_any_peer(socket, record->call))
        news |= set_address(&socket->peer, &view->peer);
    if (view->host != NULL && socket->host == NULL)
        socket->host = memory_checked(strdup(view->host));
    if (news)
        connection_seen(model, socket);
}

/* The socket that the record acted on, or NULL; what the record tells of it is
 * noted. */
struct socket *touch_as(struct model *model, const struct view *view, enum came came)
{
    if (view->record->fd < 0)
        return NULL;
    struct socket *const closed = closed_meanwhile(model, view);
    if (closed != NULL) {
        touch_closed(model, closed, view);
        return NULL;
    }
    struct holder *const holder = holder_of(model, view, view->record->inode, came);
    if (holder == NULL)
        return NULL;
    struct socket *const socket = holder->socket;
    holder->calls++;
    model->step.holder = holder;
    model->step.socket = socket;
    learn_from(model, socket, view);
    if (is_stream(socket->type) || socket->role == ROLE_PAIR)
        note_connection(model, socket->connection, own_socket(socket)->end);
    return socket;
}

struct socket *touch(struct model *model, const struct view *view)
{
    return touch_as(model, view, CAME_FOUND);
}
