/* model_end.c - how processes end, and what goes with them: at once, or after the
 * time in which records of theirs may still come.
 */
#include "base/memory.h"
#include "model/model_inside.h"

void process_close_all(struct model *model, struct process *process, int64_t first, int64_t last, int64_t time,
                       bool by_exit, bool unsure)
{
    for (struct holder *holder; (holder = fd_table_next(&process->table, &first)) != NULL && first <= last;)
        holder_close(model, holder, time, by_exit, unsure);
}

static void forget_closings(struct model *model, struct process *process)
{
    int64_t fd = 0;
    for (struct closing *closing; (closing = fd_table_next(&process->closings, &fd)) != NULL; fd++) {
        model_unref(model, THING_SOCKET, closing->socket);
        free(closing);
    }
    fd_table_free(&process->closings);
}

/* So that the call that made it, if it is told yet, makes no other. */
static void say_farewell(struct model *model, const struct process *process)
{
    if (own_process(process)->told || process->executed || process->number == 0)
        return;
    model->farewells[model->next_farewell++ % FAREWELLS] =
        (struct farewell){process->pid, process->parent != NULL ? process->parent->id : 0, process->began};
}

void process_ends(struct model *model, struct process *process, int64_t time, bool by_exit)
{
    if (process->gone)
        return;
    say_farewell(model, process);
    process->gone = true;
    process->ended = time;
    process_close_all(model, process, 0, INT64_MAX, time, by_exit, false);
    forget_closings(model, process);
    process_forget(model, process);
    model_change(model, (struct change){.kind = PROCESS_ENDED, .time = time, .process = process});
    model_discard(model, THING_PROCESS, process);
}

/* What it waits for may come for so long. */
static void wait_for(struct model *model, struct process *process, int64_t grace)
{
    struct own_process *const own = own_process(process);
    struct settling *const list = &model->settling[grace == EXEC_GRACE];
    if (own->deadline != 0)
        return;
    own->deadline = own->exit_time + grace;
    own->refs++;
    struct own_process *before = list->last; /* by time: the last one out closes the socket */
    while (before != NULL && before->exit_time > own->exit_time)
        before = before->previous_settling;
    own->previous_settling = before;
    own->next_settling = before != NULL ? before->next_settling : list->first;
    *(before != NULL ? &before->next_settling : &list->first) = own;
    *(own->next_settling != NULL ? &own->next_settling->previous_settling : &list->last) = own;
}

void process_exits(struct model *model, struct process *process, int64_t time)
{
    if (process->exited)
        return;
    process->exited = true;
    own_process(process)->exit_time = time;
    wait_for(model, process, EXIT_GRACE);
}

void process_replaced(struct model *model, struct process *process, int64_t time)
{
    process->executed = true;
    own_process(process)->exit_time = time;
    wait_for(model, process, EXEC_GRACE);
}

void process_leaves(struct model *model, struct process *process, int64_t time)
{
    process->unrecorded = true;
    own_process(process)->exit_time = time;
    wait_for(model, process, EXEC_GRACE);
}

/* What it waited for has come, or not. */
static void settle(struct model *model, struct own_process *own)
{
    struct process *const process = &own->process;
    own->deadline = 0;
    if (process->exited || process->executed)
        process_ends(model, process, own->exit_time, process->exited);
    else if (process->unrecorded) /* what it holds on to we do not see */
        process_close_all(model, process, 0, INT64_MAX, 0, false, true);
}

/* Takes out the first of those that have waited long enough, or gives NULL. */
static struct own_process *next_settled(struct model *model, int64_t now)
{
    struct settling *list = NULL;
    for (int i = 0; i < 2; i++) {
        const struct own_process *const own = model->settling[i].first;
        if (own != NULL && own->deadline <= now && (list == NULL || own->exit_time < list->first->exit_time))
            list = &model->settling[i];
    }
    if (list == NULL)
        return NULL;
    struct own_process *const own = list->first;
    list->first = own->next_settling;
    *(list->first != NULL ? &list->first->previous_settling : &list->last) = NULL;
    return own;
}

void processes_settle(struct model *model, int64_t now)
{
    for (struct own_process *own; (own = next_settled(model, now)) != NULL;) {
        settle(model, own);
        model_unref(model, THING_PROCESS, own);
    }
}
