/* model_life.c - how long things live: what the model takes, shares and gives back. */
#include "base/memory.h"
#include "model/model_inside.h"

#include "record/payload.h"

struct model *model_new(const struct processes *rows, bool keep)
{
    struct model *const model = memory_new(1, sizeof *model);
    model->rows = rows;
    model->keep = keep;
    return model;
}

/* --- processes, sockets, connections go ------------------------------------------ */

uint64_t process_key(uint32_t number, uint32_t pid)
{
    return (uint64_t)number << 32 | pid;
}

void process_forget(struct model *model, const struct process *process)
{
    map_forget(&model->by_key, process_key(process->number, process->pid), process);
    map_forget(&model->by_number, process->number, process);
    map_forget(&model->by_pid, process->pid, process);
    if (model->latest == process)
        model->latest = NULL;
}

static void process_free(struct model *model, struct process *process)
{
    process_forget(model, process);
    *(process->previous != NULL ? &process->previous->next : &model->processes) = process->next;
    *(process->next != NULL ? &process->next->previous : &model->last_process) = process->previous;
    if (process->parent != NULL) /* not at once: a chain of them may be of any length */
        model_discard(model, THING_PROCESS, process->parent);
    if (process->before != NULL)
        model_discard(model, THING_PROCESS, process->before);
    int64_t fd = 0;
    for (struct closing *closing; (closing = fd_table_next(&process->closings, &fd)) != NULL; fd++)
        free(closing);
    fd_table_free(&process->closings);
    fd_table_free(&process->table);
    free(process->lookup);
    free(own_process(process));
}

static void holder_free(struct model *model, struct holder *holder)
{
    model_unref(model, THING_PROCESS, holder->process);
    model->holders--;
    free(holder);
}

static void socket_free(struct model *model, struct socket *socket)
{
    struct own_socket *const own = own_socket(socket);
    map_forget(&model->inodes, socket->inode, socket);
    *(socket->previous != NULL ? &socket->previous->next : &model->sockets) = socket->next;
    *(socket->next != NULL ? &socket->next->previous : &model->last_socket) = socket->previous;
    while (socket->holders != NULL) {
        struct holder *const holder = socket->holders;
        socket->holders = holder->next;
        holder_free(model, holder);
    }
    free(socket->host);
    free(own);
}

static void connection_free(struct model *model, struct connection *connection)
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

/* --- references ------------------------------------------------------------------ */

/* The count of those who refer to it. */
static unsigned *refs_of(enum thing thing, void *what)
{
    switch (thing) {
    case THING_PROCESS: return &own_process(what)->refs;
    case THING_SOCKET: return &own_socket(what)->refs;
    case THING_CONNECTION: return &own_connection(what)->refs;
    default: return NULL;
    }
}

void model_unref(struct model *model, enum thing thing, void *what)
{
    unsigned *const refs = refs_of(thing, what);
    if (refs != NULL && --*refs != 0)
        return;
    switch (thing) {
    case THING_PROCESS: process_free(model, what); break;
    case THING_SOCKET: socket_free(model, what); break;
    case THING_CONNECTION: connection_free(model, what); break;
    default: holder_free(model, what);
    }
}

void model_discard(struct model *model, enum thing thing, void *what)
{
    if (model->garbage_count == model->garbage_room) {
        model->garbage_room = 2 * model->garbage_room + 64;
        model->garbage = memory_grow(model->garbage, model->garbage_room, sizeof *model->garbage);
    }
    model->garbage[model->garbage_count++] = (struct garbage){thing, what};
}

void model_give_back(struct model *model)
{
    for (size_t i = 0; i < model->garbage_count && !model->keep; i++)
        model_unref(model, model->garbage[i].thing, model->garbage[i].what);
    model->garbage_count = 0;
}

void socket_hold(struct socket *socket)
{
    own_socket(socket)->refs++;
}

void socket_release(struct model *model, struct socket *socket)
{
    model_unref(model, THING_SOCKET, socket);
}

void connection_hold(struct connection *connection)
{
    own_connection(connection)->refs++;
}

void connection_release(struct model *model, struct connection *connection)
{
    model_unref(model, THING_CONNECTION, connection);
}

void model_free(struct model *model)
{
    if (model == NULL)
        return;
    model_give_back(model);
    for (struct process *process = model->processes; process != NULL; process = process->next)
        process->parent = process->before = NULL; /* all go, in whatever order */
    while (model->connections != NULL)
        connection_free(model, model->connections);
    while (model->sockets != NULL)
        socket_free(model, model->sockets);
    while (model->processes != NULL)
        process_free(model, model->processes);
    map_free(&model->by_key);
    map_free(&model->by_number);
    map_free(&model->by_pid);
    map_free(&model->inodes);
    map_free(&model->chains);
    map_free(&model->listening);
    map_free(&model->bound);
    map_free(&model->binders);
    free(model->changes);
    free(model->garbage);
    free(model);
}

/* --- changes --------------------------------------------------------------------- */

void model_change(struct model *model, struct change change)
{
    struct step *const step = &model->step;
    if (step->change_count == model->change_room) {
        model->change_room = 2 * model->change_room + 64;
        model->changes = memory_grow(model->changes, model->change_room, sizeof *model->changes);
    }
    model->changes[step->change_count++] = change;
}
