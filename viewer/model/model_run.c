/* model_run.c - what a process does to itself: fork, exec, exit; and which names it
 * looks up. */
#include "model/model_effects.h"

#include "base/memory.h"

#include <sched.h>

void take_fork(struct model *model, const struct view *view)
{
    if (view->record->ret > 0)
        process_forked(model, model->step.process, view, (uint32_t)view->record->ret, MADE_COPY);
}

/* The child lives in its parent's memory until its exec. */
void take_vfork(struct model *model, const struct view *view)
{
    if (view->record->ret > 0)
        process_forked(model, model->step.process, view, (uint32_t)view->record->ret, MADE_GUEST);
}

void take_clone(struct model *model, const struct view *view)
{
    const uint64_t flags = view->record->arg[0];
    if (view->record->ret > 0 && (flags & CLONE_THREAD) == 0)
        process_forked(model, model->step.process, view, (uint32_t)view->record->ret,
                       (flags & CLONE_VM) != 0 ? MADE_GUEST : MADE_COPY);
}

void take_spawn(struct model *model, const struct view *view)
{
    if (!view->failed && view->record->arg[0] != 0)
        process_forked(model, model->step.process, view, (uint32_t)view->record->arg[0], MADE_SPAWN);
}

/* A terminal takes the place of descriptors 0 to 2. */
void take_login(struct model *model, const struct view *view)
{
    if (!view->failed)
        process_close_all(model, model->step.process, 0, 2, view_done(view), false, false);
}

/* The child speaks; libc has ended the parent without a word. */
void take_daemon(struct model *model, const struct view *view)
{
    struct process *const process = model->step.process;
    if (view->failed)
        return;
    if (process->parent != NULL)
        process_ends(model, process->parent, view_done(view), false);
    if (view->record->arg[1] == 0)
        process_close_all(model, process, 0, 2, view_done(view), false, false);
}

/* The event `exec`, which a new program writes; or, before one that will not be
 * recorded, the old one. */
void take_exec(struct model *model, const struct view *view)
{
    if (view->record->arg[0] != 0)
        process_leaves(model, model->step.process, view->time);
}

void take_exit(struct model *model, const struct view *view)
{
    process_exits(model, model->step.process, view->time);
}

void take_lookup(struct model *model, const struct view *view)
{
    struct process *const process = model->step.process;
    const struct item *const name = view->items[ITEM_TEXT];
    if (view->failed || name == NULL || name->size >= HOST_NAME)
        return;
    if (process->lookup == NULL)
        process->lookup = memory_new(1, sizeof *process->lookup);
    memcpy(process->lookup->name, item_bytes(name), name->size);
    process->lookup->name[name->size] = '\0';
    process->lookup->time = view->time;
    process->lookup->duration = view->duration;
}
