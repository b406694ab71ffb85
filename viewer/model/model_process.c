/* model_process.c - processes and their tables of descriptors: who wrote a record,
 * and how they come by fork and exec. How they go is in model_end.c.
 *
 * A process is known by its number in the ring's table and its pid: a child of
 * vfork writes under its parent's number. A forked child has its number from
 * its first record on; until then it is known by the pid that fork returned.
 */
#include "base/memory.h"
#include "model/model_inside.h"

static struct process *process_new(struct model *model, uint32_t number, uint32_t pid, int64_t began)
{
    struct own_process *const own = memory_new(1, sizeof *own);
    struct process *const process = &own->process;
    own->refs = 1;
    process->id = ++model->sums.processes;
    process->number = number;
    process->pid = pid;
    process->began = began;
    process->previous = model->last_process;
    *(model->last_process != NULL ? &model->last_process->next : &model->processes) = process;
    model->last_process = process;
    map_put(&model->by_pid, pid, process);
    if (number != 0)
        map_put(&model->by_key, process_key(number, pid), process);
    model_change(model, (struct change){.kind = PROCESS_BEGAN, .time = began, .process = process});
    return process;
}

static void refer(struct process **to, struct process *process)
{
    own_process(process)->refs++;
    *to = process;
}

/* --- fork ------------------------------------------------------------------------ */

static void copy_table(struct model *model, struct process *to, const struct process *from, enum came came,
                       int64_t time)
{
    int64_t fd = 0;
    if (model->holders + from->table.count > HOLDERS_MAX) { /* what it has, its records will tell */
        model->epoch++;
        return;
    }
    for (const struct holder *holder; (holder = fd_table_next(&from->table, &fd)) != NULL; fd++)
        holder_open(model, to, holder->fd, holder->socket, came, time);
}

/* A process that has the same pid, and lives as far as we know, is gone if
 * another has its pid now. */
static void replace_pid(struct model *model, uint32_t pid, uint64_t pid_namespace)
{
    struct process *const old = map_get(&model->by_pid, pid);
    if (old != NULL && (old->pid_namespace == pid_namespace || old->pid_namespace == 0 || pid_namespace == 0))
        process_ends(model, old, old->exited ? own_process(old)->exit_time : 0, true);
}

static struct process *fork_child(struct model *model, struct process *parent, uint32_t number, uint32_t pid,
                                  int64_t time)
{
    struct process *const child = process_new(model, number, pid, time);
    refer(&child->parent, parent);
    child->pid_namespace = parent->pid_namespace;
    child->flags = parent->flags;
    memcpy(child->comm, parent->comm, sizeof child->comm);
    memcpy(child->path, parent->path, sizeof child->path);
    memcpy(child->args, parent->args, sizeof child->args);
    return child;
}

/* The earliest moment at which a child of this call may have begun. Of vfork and
 * clone only the end is known. */
static int64_t earliest_birth(const struct view *view, enum making making)
{
    return making == MADE_GUEST ? view->time - EXEC_GRACE : view->time;
}

/* Has the child come and gone? */
static bool is_gone_already(struct model *model, const struct process *parent, uint32_t pid, int64_t earliest)
{
    for (unsigned i = 0; i < FAREWELLS; i++) {
        struct farewell *const farewell = &model->farewells[i];
        if (farewell->pid != pid || farewell->began < earliest ||
            (farewell->parent != 0 && farewell->parent != parent->id))
            continue;
        farewell->pid = 0;
        return true;
    }
    return false;
}

/* Is `known`, which has that pid, the child, and has written before the call that
 * made it returned? */
static bool is_child(const struct process *known, const struct process *parent, int64_t earliest)
{
    return known != NULL && known != parent && !own_process(known)->told &&
           (known->parent == parent || (known->parent == NULL && known->began >= earliest));
}

void process_forked(struct model *model, struct process *parent, const struct view *view, uint32_t pid,
                    enum making making)
{
    struct process *const known = map_get(&model->by_pid, pid);
    const int64_t earliest = earliest_birth(view, making);
    if (making != MADE_COPY)
        own_process(parent)->heirs_until = view_done(view) + EXEC_GRACE;
    if (is_child(known, parent, earliest)) {
        own_process(known)->told = true;
        if (known->parent == NULL)
            refer(&known->parent, parent);
        return;
    }
    if (is_gone_already(model, parent, pid, earliest))
        return;
    replace_pid(model, pid, parent->pid_namespace);
    struct process *const child = fork_child(model, parent, 0, pid, view->time);
    own_process(child)->told = true;
    if (making == MADE_COPY) /* else it has exec'd by now, or is gone: what it holds it will tell */
        copy_table(model, child, parent, CAME_FORKED, view_done(view));
}

/* --- who wrote this -------------------------------------------------------------- */

static void copy_text(char *to, const char *from, size_t size)
{
    memcpy(to, from, size);
    to[size - 1] = '\0';
}

/* What the ring's table says of it. */
static void describe_run(struct process *process, const struct ring_process *row)
{
    process->flags = row->flags;
    process->pid_namespace = row->pid_namespace;
    process->start_time = row->pid == process->pid ? row->start_time : 0;
    copy_text(process->path, row->path, sizeof process->path);
    copy_text(process->args, row->args, sizeof process->args);
}

static void describe(struct process *process, const struct record *record, const struct ring_process *row)
{
    memcpy(process->comm, record->comm, sizeof record->comm);
    if (row != NULL)
        describe_run(process, row);
}

/* The process that owns the memory under that number, or NULL. */
static struct process *by_number(const struct model *model, uint32_t number)
{
    return number != 0 ? map_get(&model->by_number, number) : NULL;
}

/* A child that fork has announced: by its pid or, if it lives in a namespace of
 * its own, as the only child of that parent that has not written yet. */
static struct process *find_unborn(const struct model *model, uint32_t pid, const struct process *parent,
                                   uint64_t pid_namespace)
{
    struct process *const same = map_get(&model->by_pid, pid);
    if (same != NULL && same->number == 0 && (parent == NULL || same->parent == parent))
        return same;
    if (parent == NULL || parent->pid_namespace == 0 || pid_namespace == 0 || pid_namespace == parent->pid_namespace)
        return NULL;
    struct process *found = NULL;
    for (struct process *process = model->processes; process != NULL; process = process->next) {
        if (process->number == 0 && process->parent == parent && !process->gone)
            found = process;
    }
    return found;
}

/* The child gets its number, and the pid under which it knows itself. */
static void be_born(struct model *model, struct process *child, uint32_t number, uint32_t pid)
{
    process_forget(model, child);
    child->number = number;
    child->pid = pid;
    map_put(&model->by_key, process_key(number, pid), child);
    map_put(&model->by_pid, pid, child);
}

/* The child of a fork writes for the first time. */
static struct process *begin_child(struct model *model, const struct view *view, const struct ring_process *row)
{
    const struct record *const record = view->record;
    struct process *const parent = row != NULL ? by_number(model, row->parent) : NULL;
    struct process *child = find_unborn(model, record->pid, parent, row != NULL ? row->pid_namespace : 0);
    if (child != NULL) {
        be_born(model, child, record->process, record->pid);
    } else if (parent != NULL) {
        replace_pid(model, record->pid, row->pid_namespace);
        child = fork_child(model, parent, record->process, record->pid, view->time);
        copy_table(model, child, parent, CAME_FORKED, view->time);
    } else {
        replace_pid(model, record->pid, row != NULL ? row->pid_namespace : 0);
        child = process_new(model, record->process, record->pid, view->time);
    }
    describe(child, record, row);
    return child;
}

/* A child of vfork, before its exec: it shares its parent's memory, and number,
 * but not its table. */
static struct process *begin_guest(struct model *model, const struct view *view, const struct ring_process *row)
{
    const struct record *const record = view->record;
    struct process *host = by_number(model, record->process);
    if (host == NULL) {
        host = process_new(model, record->process, row->pid, 0);
        map_put(&model->by_number, host->number, host);
        describe(host, record, row);
        host->start_time = row->start_time;
    }
    replace_pid(model, record->pid, host->pid_namespace);
    struct process *const guest = fork_child(model, host, record->process, record->pid, view->time);
    copy_table(model, guest, host, CAME_FORKED, view->time);
    return guest;
}

/* Can the process of the row have been this one, before an exec? */
static bool may_be_same(const struct process *before, const struct ring_process *row)
{
    return (before->pid_namespace == 0 || before->pid_namespace == row->pid_namespace) &&
           (before->start_time == 0 || row->start_time == 0 || before->start_time == row->start_time);
}

/* Another program takes the place of one. What it takes over it tells by
 * `inherit` records; where a sandbox forbids it to look, it has all. */
static struct process *begin_program(struct model *model, const struct view *view, const struct ring_process *row)
{
    const struct record *const record = view->record;
    struct process *const before = map_get(&model->by_pid, record->pid);
    const bool same = before != NULL && !before->exited && (row == NULL || may_be_same(before, row));
    if (!same)
        replace_pid(model, record->pid, row != NULL ? row->pid_namespace : 0);
    struct process *const process = process_new(model, record->process, record->pid, view->time);
    describe(process, record, row);
    if (!same)
        return process;
    refer(&process->before, before);
    if (before->parent != NULL)
        refer(&process->parent, before->parent);
    own_process(process)->told = own_process(before)->told;
    process_replaced(model, before, view->time);
    if ((process->flags & PROCESS_SANDBOXED) != 0)
        copy_table(model, process, before, CAME_INHERITED, view->time);
    return process;
}

static struct process *begin(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    const struct ring_process *const row = processes_find(model->rows, record->process);
    if (row != NULL && row->pid != record->pid)
        return begin_guest(model, view, row);
    struct process *const process = record->call == CALL_exec && record->arg[0] == 0 ? begin_program(model, view, row)
                                                                                     : begin_child(model, view, row);
    map_put(&model->by_number, record->process, process);
    return process;
}

struct process *process_met(struct model *model, const struct ring_process *row)
{
    struct process *process = by_number(model, row->number);
    if (process != NULL)
        return process;
    process = process_new(model, row->number, row->pid, 0);
    memcpy(process->comm, row->comm, sizeof row->comm);
    describe_run(process, row);
    map_put(&model->by_number, row->number, process);
    return process;
}

struct process *process_of(struct model *model, const struct view *view)
{
    const struct record *const record = view->record;
    struct process *process = model->latest;
    if (process == NULL || process->number != record->process || process->pid != record->pid) {
        process = map_get(&model->by_key, process_key(record->process, record->pid));
        if (process == NULL)
            process = begin(model, view);
        model->latest = process;
    }
    process->unrecorded = false; /* its exec failed */
    const bool inheriting = record->call == CALL_exec || record->call == CALL_inherit || record->call == CALL_hidden;
    if (process->before != NULL && !process->before->gone && !inheriting)
        process_ends(model, process->before, process->began, false);
    return process;
}

struct holder *process_descriptor(const struct process *process, int fd)
{
    return fd_table_get(&process->table, fd);
}
