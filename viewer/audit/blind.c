/* blind.c - see blind.h. */
#include "audit/blind.h"

#include "base/memory.h"
#include "names.h"
#include "proc/program.h"
#include "record/counts.h"
#include "tables/living.h"

#include <stdarg.h>

enum { GENERATIONS = 8, SIZE_TEXT = 320 };

/* Puts a spot in as the next one. */
static void put(struct blind *blind, struct blind_spot spot)
{
    const uint64_t key = map_text_key(spot.text);
    spot.next = (uintptr_t)map_get(&blind->by_text, key);
    blind->spots[blind->count++] = spot;
    map_put(&blind->by_text, key, (void *)blind->count);
}

/* Adds what is said, or counts it if it was said before. Returns which one it is. */
__attribute__((format(printf, 5, 6))) static size_t add(struct blind *blind, const char *what, uint64_t count,
                                                        bool serious, const char *format, ...)
{
    va_list list;
    char *text;
    va_start(list, format);
    if (vasprintf(&text, format, list) < 0)
        text = NULL;
    va_end(list);
    size_t i = (uintptr_t)map_get(&blind->by_text, map_text_key(memory_checked(text)));
    for (; i != 0; i = blind->spots[i - 1].next) { /* said once */
        if (strcmp(blind->spots[i - 1].text, text) == 0) {
            blind->spots[i - 1].count += count;
            free(text);
            return i - 1;
        }
    }
    if (blind->count == blind->room) {
        blind->room = 2 * blind->room + 16;
        blind->spots = memory_grow(blind->spots, blind->room, sizeof *blind->spots);
    }
    put(blind, (struct blind_spot){what, count, text, serious, 0});
    return blind->count - 1;
}

/* --- from the records ------------------------------------------------------------ */

static size_t add_program(struct blind *blind, const struct step *step, uint64_t why)
{
    const struct item *const path = step->view->items[ITEM_TEXT];
    const char *const reason = name_of(KIND_blind, why);
    return add(blind, "program", 1, true, "%s started %.*s, which is not recorded: %s", step->process->comm,
               path != NULL ? (int)path->size : 9, path != NULL ? item_bytes(path) : "a program",
               reason != NULL ? reason : "for a reason not known");
}

/* An exec is told before it is tried. If the process is heard of again, it has
 * failed: the mark of a process says which spot is in doubt, counted from 1. */
static void withdraw(struct blind *blind, struct process *process)
{
    if (process->mark == 0)
        return;
    blind->spots[process->mark - 1].count--;
    process->mark = 0;
}

static void drop_withdrawn(struct blind *blind)
{
    const size_t all = blind->count;
    blind->count = 0;
    map_free(&blind->by_text);
    for (size_t i = 0; i < all; i++) {
        if (blind->spots[i].count != 0)
            put(blind, blind->spots[i]);
        else
            free(blind->spots[i].text);
    }
}

static void note_unborn(struct blind *blind, const struct process *process)
{
    if (blind->unborn_count == blind->unborn_room) {
        blind->unborn_room = 2 * blind->unborn_room + 16;
        blind->unborn = memory_grow(blind->unborn, blind->unborn_room, sizeof *blind->unborn);
    }
    struct unborn *const unborn = &blind->unborn[blind->unborn_count++];
    *unborn = (struct unborn){process->pid, process->parent != NULL ? process->parent->pid : process->pid, ""};
    memcpy(unborn->comm, process->comm, sizeof unborn->comm);
}

/* But those of which more is known: what they have become. */
static void add_unborn(struct blind *blind)
{
    for (size_t i = 0; i < blind->unborn_count; i++) {
        const struct unborn *const unborn = &blind->unborn[i];
        if (!sight_misses(&blind->sight, unborn->pid))
            add(blind, "child", 1, true, "%s[%u] has a child that never wrote a record: it was killed, or ended unseen",
                unborn->comm, unborn->parent);
    }
}

/* A forked child of which nothing but its number is known. */
static bool is_unborn(const struct process *process)
{
    return process->number == 0 && !process->executed && !process->exited;
}

void blind_take(struct blind *blind, const struct step *step)
{
    const struct view *const view = step->view;
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == PROCESS_ENDED && is_unborn(step->changes[i].process))
            note_unborn(blind, step->changes[i].process);
    }
    if (view == NULL)
        return;
    if (view->lost != 0) {
        blind->lost += view->lost;
        return;
    }
    sight_take(&blind->sight, view);
    const uint64_t *const arg = view->record->arg;
    withdraw(blind, step->process);
    switch (view->record->call) {
    case CALL_exec:
        if (arg[0] != 0)
            step->process->mark = 1 + add_program(blind, step, arg[0]);
        break;
    case CALL_hidden:
        if (arg[0] == HIDDEN_AROUND)
            add(blind, count_key(COUNT_AROUND), 1, true,
                "%s makes its system calls by itself (Go): its sockets are not seen", step->process->comm);
        break;
    case CALL_system:
    case CALL_popen:
        if (arg[0] != 0)
            add_program(blind, step, arg[0]);
        break;
    case CALL_posix_spawn:
    case CALL_posix_spawnp:
        if (arg[1] != 0)
            add_program(blind, step, arg[1]);
        break;
    default: break;
    }
}

/* Programs that were started, and of which that is all that is known. */
static void add_unseen(struct blind *blind)
{
    for (size_t i = 0; i < blind->sight.count; i++) {
        char *const text = sight_text(&blind->sight.unseen[i]);
        add(blind, "program", blind->sight.unseen[i].runs, true, "%s", text);
        free(text);
    }
}

/* --- from /proc ------------------------------------------------------------------ */

struct search {
    struct blind *blind;
    const struct procfs *procfs;
    const struct model *model;
    const struct process *process;
    int depth;
};

static void check_ring(void *context, int fd, enum named named, uint64_t inode)
{
    const struct search *const search = context;
    (void)inode;
    if (named == NAMED_URING)
        add(search->blind, "io_uring", 1, true, "%s[%u] has an io_uring as fd %d: what goes through it is not seen",
            search->process->comm, search->process->pid, fd);
}

static void tell_unknown(void *context, struct process *process, int fd, uint64_t inode)
{
    const struct search *const search = context;
    if (process_descriptor(process, fd) == NULL && model_socket(search->model, inode) == NULL)
        add(search->blind, "socket", 1, true, "%s[%u] holds a socket as fd %d that the records do not know",
            process->comm, process->pid, fd);
}

static void check_child(void *context, uint32_t pid)
{
    struct search *const search = context;
    char path[SIZE_TEXT], text[SIZE_TEXT];
    if (search->depth >= GENERATIONS)
        return;
    if (!sight_wait(&search->blind->sight, search->procfs, pid) &&
        procfs_program(search->procfs, pid, path, sizeof path)) {
        const char *const why = program_obstacle(path, text, sizeof text);
        sight_known(&search->blind->sight, pid);
        add(search->blind, "program", 1, true, "%s[%u], started by %s[%u], is not recorded%s%s", path, pid,
            search->process->comm, search->process->pid, why != NULL ? ": it " : "", why != NULL ? why : "");
    }
    search->depth++;
    procfs_children(search->procfs, pid, check_child, search);
    search->depth--;
}

static void look_at_living(struct blind *blind, const struct model *model, const struct procfs *procfs)
{
    for (const struct process *process = model_processes(model); process != NULL; process = process->next) {
        struct search search = {blind, procfs, model, process, 0};
        if (process->gone || procfs_alive(procfs, process) != ALIVE_YES)
            continue;
        if (is_unborn(process) && procfs_has_library(procfs, process->pid) == ALIVE_YES)
            continue; /* it has had nothing to say yet */
        if (is_unborn(process))
            check_child(&search, process->pid);
        else
            procfs_descriptors(procfs, process->pid, check_ring, &search);
        procfs_children(procfs, process->pid, check_child, &search);
    }
}

/* --- the sum --------------------------------------------------------------------- */

/* How many have been told of by more than that they are. */
static uint64_t said_of(const struct blind *blind, const char *what)
{
    uint64_t count = 0;
    for (size_t i = 0; i < blind->count; i++)
        count += strcmp(blind->spots[i].what, what) == 0 ? blind->spots[i].count : 0;
    return count;
}

static void add_counts(struct blind *blind, const struct ring *ring)
{
    const uint64_t started = said_of(blind, "program"), around = said_of(blind, count_key(COUNT_AROUND));
    for (unsigned kind = 0; kind < COUNT_KINDS; kind++) {
        uint64_t count = __atomic_load_n(&ring->header->count[kind], __ATOMIC_RELAXED);
        const uint64_t named = kind == COUNT_BLIND_EXEC ? started : kind == COUNT_AROUND ? around : 0;
        count = count > named ? count - named : 0;
        if (count != 0) /* what libc does by itself is no secret: look-ups, syslog, users */
            add(blind, count_key(kind), count, kind != COUNT_HIDDEN_USE, "%llu %s", (unsigned long long)count,
                count_words(kind, count));
    }
}

void blind_look(struct blind *blind, struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context)
{
    struct search search = {.blind = blind, .model = scan->model};
    living_unknown(scan, procfs, visit, context, tell_unknown, &search);
    drop_withdrawn(blind); /* there come no more records */
    if (blind->lost != 0)
        add(blind, "lost", blind->lost, true, "%llu records are missing: overwritten by later ones, or never finished",
            (unsigned long long)blind->lost);
    add_counts(blind, &scan->source.ring);
    const bool now = ring_is_of_this_boot(&scan->source.ring);
    if (now)
        look_at_living(blind, scan->model, procfs);
    sight_look(&blind->sight, &scan->source.ring, scan->source.path);
    add_unseen(blind);
    for (const struct process *process = model_processes(scan->model); process != NULL; process = process->next) {
        if (is_unborn(process) && !process->gone && !now) /* else living_check has ended it, or it may yet write */
            note_unborn(blind, process);
    }
    add_unborn(blind);
}

size_t blind_serious(const struct blind *blind)
{
    size_t count = 0;
    for (size_t i = 0; i < blind->count; i++)
        count += blind->spots[i].serious;
    return count;
}

void blind_free(struct blind *blind)
{
    for (size_t i = 0; i < blind->count; i++)
        free(blind->spots[i].text);
    free(blind->spots);
    map_free(&blind->by_text);
    free(blind->unborn);
    sight_free(&blind->sight);
    *blind = (struct blind){0};
}
