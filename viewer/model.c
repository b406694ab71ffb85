/* model.c - the model as a whole; see model.h and model_inside.h. */
#include "model/model_inside.h"

#include "model/model_effects.h"

static void begin_step(struct model *model, const struct view *view)
{
    model_give_back(model);
    model->step = (struct step){.view = view, .end = -1};
}

static const struct step *end_step(struct model *model)
{
    model->step.changes = model->changes;
    return &model->step;
}

/* --- taking ---------------------------------------------------------------------- */

static void settle(struct model *model, int64_t now)
{
    processes_settle(model, now);
    sockets_settle(model, now);
    connections_settle(model, now);
}

/* The kernel gives numbers below fs.nr_open, a million unless somebody raised it;
 * what a damaged record names beyond is nobody's descriptor. */
enum { DESCRIPTORS_MOST = 1 << 22 };

static bool is_possible(int64_t fd)
{
    return fd >= 0 && fd < DESCRIPTORS_MOST;
}

static bool names_possible_descriptors(const struct view *view)
{
    const struct record *const record = view->record;
    const bool accepts = strncmp(view->call->api, "accept", 6) == 0;
    const bool creates = accepts || (record->marks & MARK_CREATES) != 0 || view->call->phase == PHASE_CREATE;
    if ((record->fd != -1 || accepts) && !is_possible(record->fd))
        return false;
    if (creates && !view->failed && !is_possible(record->ret))
        return false;
    for (size_t i = 0; i < view->created_count; i++) {
        if (!is_possible(view->created[i].fd))
            return false;
    }
    return true;
}

/* Records are missing before the next one, or anywhere up to a moment. */
static void lose(struct model *model, const struct view *view)
{
    model->sums.lost += view->lost;
    model->epoch++;
    if (view->record->end > view->record->start && view->record->end > model->doubt)
        model->doubt = view->record->end;
}

/* What was told meanwhile must be told again to be believed. */
static void end_doubt(struct model *model)
{
    model->doubt = 0;
    model->epoch++;
}

const struct step *model_take(struct model *model, const struct view *view)
{
    begin_step(model, view);
    if (view->lost != 0) {
        lose(model, view);
        return end_step(model);
    }
    if (model->doubt != 0 && record_moment(view->record) >= model->doubt)
        end_doubt(model);
    model->sums.records++;
    if (view->time != 0)
        settle(model, view->time);
    model->step.process = process_of(model, view);
    if (names_possible_descriptors(view))
        model_effect(model, view);
    return end_step(model);
}

const struct step *model_settle(struct model *model, int64_t now)
{
    begin_step(model, NULL);
    settle(model, now);
    return end_step(model);
}

const struct step *model_finish(struct model *model)
{
    if (model->doubt != 0)
        end_doubt(model);
    return model_settle(model, INT64_MAX);
}

const struct step *model_gone(struct model *model, struct process *process)
{
    begin_step(model, NULL);
    process_ends(model, process, 0, true);
    return end_step(model);
}

const struct step *model_tell(struct model *model, struct socket *socket, uint64_t inode, const struct address *local,
                              const struct address *peer)
{
    begin_step(model, NULL);
    socket_told(model, socket, inode, local, peer);
    return end_step(model);
}

struct process *model_meet(struct model *model, const struct ring_process *row)
{
    begin_step(model, NULL);
    return process_met(model, row);
}

const struct step *model_discover(struct model *model, const struct discovery *discovery)
{
    begin_step(model, NULL);
    model->step.process = discovery->process;
    model->step.socket = socket_discovered(model, discovery);
    return end_step(model);
}

const struct step *model_join(struct model *model, struct socket *first, struct socket *second)
{
    begin_step(model, NULL);
    connection_join(model, first, second);
    return end_step(model);
}

struct socket *model_socket(const struct model *model, uint64_t inode)
{
    return socket_by_inode(model, inode);
}

/* --- looking --------------------------------------------------------------------- */

struct process *model_processes(const struct model *model)
{
    return model->processes;
}

struct socket *model_sockets(const struct model *model)
{
    return model->sockets;
}

struct connection *model_connections(const struct model *model)
{
    return model->connections;
}

struct model_sums model_sums(const struct model *model)
{
    return model->sums;
}
