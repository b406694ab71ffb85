/* living.c - see living.h. */
#include "tables/living.h"

#include "base/map.h"
#include "base/memory.h"
#include "proc/unix_peers.h"

#include <sys/socket.h>
#include <time.h>

/* Things found in one go, to be dealt with in another, for that may change the
 * lists in which they stand. */
struct found {
    void **items;
    size_t count, room;
};

static void add(struct found *found, void *item)
{
    if (found->count == found->room) {
        found->room = 2 * found->room + 64;
        found->items = memory_grow(found->items, found->room, sizeof *found->items);
    }
    found->items[found->count++] = item;
}

/* Marks those that live no more; returns whether there are new ones. */
static bool find_missing(const struct scan *scan, const struct procfs *procfs)
{
    bool any = false;
    for (struct process *process = model_processes(scan->model); process != NULL; process = process->next) {
        if (process->gone || process->missing || procfs_alive(procfs, process) != ALIVE_NO)
            continue;
        any = process->missing = true;
    }
    return any;
}

/* What they wrote before they went is read first: with what is read by the next
 * time, while following. */
static void end_the_dead(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context)
{
    struct found dead = {0};
    const bool follow = scan->options->follow;
    if (!follow && find_missing(scan, procfs))
        scan_rest(scan, visit, context);
    for (struct process *process = model_processes(scan->model); process != NULL; process = process->next) {
        if (process->missing && !process->gone)
            add(&dead, process);
    }
    for (size_t i = 0; i < dead.count; i++)
        visit(context, model_gone(scan->model, dead.items[i]), true);
    free(dead.items);
    if (follow)
        find_missing(scan, procfs);
}

enum alive living_is_open(const struct procfs *procfs, const struct socket *socket)
{
    enum alive open = ALIVE_NO;
    for (const struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        uint64_t inode = 0;
        const enum alive alive = holder->open ? procfs_alive(procfs, holder->process) : ALIVE_NO;
        if (alive == ALIVE_NO)
            continue;
        const enum named named =
            alive == ALIVE_YES ? procfs_descriptor(procfs, holder->process->pid, holder->fd, &inode) : NAMED_UNKNOWN;
        if (named == NAMED_SOCKET && (socket->inode == 0 || socket->inode == inode))
            return ALIVE_YES;
        if (named == NAMED_UNKNOWN)
            open = ALIVE_UNKNOWN;
    }
    return open;
}

/* What the kernel calls a socket of which the records don't tell the name. */
static void ask_for_names(struct scan *scan, const struct procfs *procfs, struct socket *socket, scan_visit *visit,
                          void *context)
{
    const struct holder *const holder = socket_holder(socket);
    struct procfs_socket told;
    uint64_t inode = socket->inode;
    if (holder == NULL || !holder->open || procfs_alive(procfs, holder->process) != ALIVE_YES)
        return;
    if (inode == 0 && procfs_descriptor(procfs, holder->process->pid, holder->fd, &inode) != NAMED_SOCKET)
        return;
    if (procfs_socket(procfs, holder->process->pid, inode, &told) &&
        (socket->family == 0 || socket->family == told.family))
        visit(context, model_tell(scan->model, socket, inode, &told.local, &told.peer), true);
}

/* Has it a name that the records would tell, were it not for a sandbox or for
 * records that are lost? */
static bool lacks_names(const struct socket *socket)
{
    const bool internet = socket->family == AF_INET || socket->family == AF_INET6;
    const bool used = socket->connected || socket->connecting || socket->listening || !socket->born;
    return !socket->ended && used && (socket->inode == 0 || (internet && socket->local.family == 0));
}

static void tell_names(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context)
{
    struct found nameless = {0};
    for (struct socket *socket = model_sockets(scan->model); socket != NULL; socket = socket->next) {
        if (lacks_names(socket))
            add(&nameless, socket);
    }
    for (size_t i = 0; i < nameless.count; i++)
        ask_for_names(scan, procfs, nameless.items[i], visit, context);
    free(nameless.items);
}

/* --- AF_UNIX peers --------------------------------------------------------------- */

struct pairing {
    struct scan *scan;
    scan_visit *visit;
    void *context;
};

static void join(void *context, uint64_t inode, uint64_t peer)
{
    const struct pairing *const pairing = context;
    struct model *const model = pairing->scan->model;
    struct socket *const first = model_socket(model, inode), *const second = model_socket(model, peer);
    if (inode < peer && first != NULL && second != NULL && first->family == AF_UNIX && first->type != SOCK_DGRAM)
        pairing->visit(pairing->context, model_join(model, first, second), true);
}

/* Is there any AF_UNIX stream of whose ends we cannot be sure? */
static bool has_doubtful(const struct model *model)
{
    for (const struct socket *socket = model_sockets(model); socket != NULL; socket = socket->next) {
        if (!socket->ended && socket->family == AF_UNIX && socket->connection != NULL &&
            socket->connection->match != MATCH_PAIR && socket->connection->match != MATCH_KERNEL)
            return true;
    }
    return false;
}

void living_check(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context)
{
    if (!ring_is_of_this_boot(&scan->source.ring))
        return;
    end_the_dead(scan, procfs, visit, context);
    tell_names(scan, procfs, visit, context);
    struct pairing pairing = {scan, visit, context};
    if (has_doubtful(scan->model))
        unix_peers(join, &pairing);
}

/* --- what the records do not tell ------------------------------------------------- */

/* Sockets of which the records say nothing, looked for several times: what was
 * made since the ring was read stands in it the next time. */
struct search {
    struct scan *scan;
    const struct procfs *procfs;
    living_found *found; /* called the last time */
    void *context;
    struct process *process;
    struct map seen; /* by process, descriptor and inode: how often in a row */
    uintptr_t round;
    size_t left;
};

enum { ROUNDS = 4, BETWEEN = 10000000 /* ns */ };

static bool is_known(const struct search *search, int fd, uint64_t inode)
{
    const struct holder *const holder = process_descriptor(search->process, fd);
    return holder != NULL && (holder->socket->inode == 0 || holder->socket->inode == inode);
}

static void look_at_descriptor(void *context, int fd, enum named named, uint64_t inode)
{
    struct search *const search = context;
    if (named != NAMED_SOCKET || is_known(search, fd, inode))
        return;
    const uint64_t key = map_mix(map_mix(search->process->pid, (uint64_t)fd), inode);
    if ((uintptr_t)map_get(&search->seen, key) != search->round)
        return; /* it was made just now */
    map_put(&search->seen, key, (void *)(search->round + 1));
    search->left++;
    if (search->round + 1 == ROUNDS)
        search->found(search->context, search->process, fd, inode);
}

static void look_around(struct search *search)
{
    struct found living = {0};
    for (struct process *process = model_processes(search->scan->model); process != NULL; process = process->next) {
        if (!process->gone && !process->executed && procfs_alive(search->procfs, process) == ALIVE_YES)
            add(&living, process);
    }
    search->left = 0;
    for (size_t i = 0; i < living.count; i++) {
        search->process = living.items[i];
        procfs_descriptors(search->procfs, search->process->pid, look_at_descriptor, search);
    }
    free(living.items);
}

void living_unknown(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *visitor,
                    living_found *found, void *context)
{
    struct search search = {.scan = scan, .procfs = procfs, .found = found, .context = context};
    if (!ring_is_of_this_boot(&scan->source.ring))
        return;
    look_around(&search);
    while (search.left != 0 && ++search.round < ROUNDS) {
        if (search.round > 1)
            nanosleep(&(struct timespec){.tv_nsec = BETWEEN}, NULL);
        scan_rest(scan, visit, visitor);
        look_around(&search);
    }
    map_free(&search.seen);
}

/* --- and the model shall know of --------------------------------------------------- */

struct finder {
    struct scan *scan;
    const struct procfs *procfs;
    scan_visit *visit;
    void *context;
};

/* Does the filter let it through, as far as it is about more than calls? */
static bool passes(const struct scan *scan, const struct discovery *found)
{
    struct record record = {.pid = found->process->pid, .fd = found->fd, .call = CALL_inherit};
    const struct view view = {.record = &record,
                              .call = &scan->decoder->calls[CALL_inherit],
                              .comm_size = strnlen(found->process->comm, sizeof record.comm),
                              .local = found->local,
                              .peer = found->peer};
    memcpy(record.comm, found->process->comm, sizeof record.comm);
    return filter_match(&scan->options->filter, &view);
}

static void discover(void *context, struct process *process, int fd, uint64_t inode)
{
    const struct finder *const finder = context;
    struct procfs_socket told = {.family = 0};
    procfs_socket(finder->procfs, process->pid, inode, &told);
    const struct discovery found = {.process = process,
                                    .fd = fd,
                                    .inode = inode,
                                    .family = told.family,
                                    .type = told.type,
                                    .listening = told.listening,
                                    .connected = told.connected,
                                    .peer_closed = told.peer_closed,
                                    .local = told.local,
                                    .peer = told.peer};
    finder->visit(finder->context, model_discover(finder->scan->model, &found), passes(finder->scan, &found));
}

/* Has another program taken its place? */
static bool has_successor(const struct processes *processes, const struct ring_process *row)
{
    for (unsigned i = 0; i < RING_PROCESSES; i++) {
        const struct ring_process *const other = &processes->rows[i];
        if (other->pid == row->pid && other->pid_namespace == row->pid_namespace && other->number > row->number)
            return true;
    }
    return false;
}

/* Programs of which no record is left, but which live: those whose start is known,
 * so that no other is taken for them. */
static void meet_the_silent(struct scan *scan, const struct procfs *procfs)
{
    for (unsigned i = 0; i < RING_PROCESSES; i++) {
        const struct ring_process *const row = &scan->decoder->processes.rows[i];
        const struct process run = {
            .pid = row->pid, .pid_namespace = row->pid_namespace, .start_time = row->start_time};
        if (row->number != 0 && row->start_time != 0 && !has_successor(&scan->decoder->processes, row) &&
            procfs_alive(procfs, &run) == ALIVE_YES && procfs_has_library(procfs, row->pid) == ALIVE_YES)
            model_meet(scan->model, row);
    }
}

void living_find(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context)
{
    struct finder finder = {scan, procfs, visit, context};
    if (ring_is_of_this_boot(&scan->source.ring))
        meet_the_silent(scan, procfs);
    living_unknown(scan, procfs, visit, context, discover, &finder);
}
