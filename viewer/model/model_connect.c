/* model_connect.c - phase two of a client: a connect begins, goes on and ends. See
 * model_effects.h. */
#include "model_effects.h"

#include <errno.h>

void connect_done(struct socket *socket, int64_t time)
{
    socket->connecting = false;
    socket->connected = true;
    socket->error = 0;
    if (socket->connected_at == 0)
        socket->connected_at = time;
}

void connect_failed(struct model *model, struct socket *socket, int error, int64_t time)
{
    socket->error = error;
    socket->connecting = false;
    if (is_stream(socket->type))
        connection_fail(model, socket, error, time);
}

/* How long the look-up took that gave this peer its name. */
static void note_lookup(struct socket *socket, const struct process *process)
{
    if (socket->host != NULL && process->lookup != NULL && strcmp(socket->host, process->lookup->name) == 0)
        socket->lookup_ns = process->lookup->duration;
}

/* Did somebody say no, or nobody anything? Other errors are of the program's own making. */
static bool is_refusal(uint16_t error)
{
    return error == ECONNREFUSED || error == ECONNRESET || error == ETIMEDOUT || error == EHOSTUNREACH ||
           error == ENETUNREACH || error == ENETDOWN;
}

void connect_tried(struct model *model, struct socket *socket, const struct view *view)
{
    const uint16_t error = view->record->error;
    if (!socket->connecting) {
        socket->connect_began = view->time;
        socket->connected_at = 0;
    }
    socket->role = ROLE_CLIENT;
    if (error != 0 && error != EINPROGRESS && error != EINTR) {
        if (is_refusal(error) && is_stream(socket->type) && view->peer.family != 0) {
            note_lookup(socket, model->step.process);
            connection_begin(model, socket, CLIENT_END, view->record->start, view->time);
            note_connection(model, socket->connection, own_socket(socket)->end);
        }
        connect_failed(model, socket, error, view_done(view));
        return;
    }
    note_lookup(socket, model->step.process);
    socket->connecting = true;
    if (is_stream(socket->type)) {
        connection_begin(model, socket, CLIENT_END, view->record->start, view_done(view));
        note_connection(model, socket->connection, own_socket(socket)->end);
    }
    const bool accepted = socket->connection != NULL && socket->connection->ends[SERVER_END].socket != NULL;
    if (error == 0 || (accepted && is_stream(socket->type)))
        connect_done(socket, view_done(view));
}
