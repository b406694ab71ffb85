/* sight.c - see sight.h. */
#include "scan/sight.h"

#include "base/memory.h"
#include "base/writers.h"
#include "proc/program.h"

#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OBSTACLE_TEXT = 320, PATH_TEXT = 512 };
enum { WAIT_ONCE = 5, WAIT_APART = 25, WAIT_MOST = 500 /* ms */, ROUNDS = 3 };

static void wait_once(void)
{
    nanosleep(&(struct timespec){.tv_nsec = WAIT_ONCE * 1000000L}, NULL);
}

/* A program that a record says was started under this number. */
struct started {
    uint32_t pid;
    uint64_t ticks; /* when its parent began to start it */
    char by[17];
    char *path;
};

static void started_free(struct started *started)
{
    if (started != NULL)
        free(started->path);
    free(started);
}

void sight_known(struct sight *sight, uint32_t pid)
{
    map_put(&sight->missing, pid, sight);
}

bool sight_misses(const struct sight *sight, uint32_t pid)
{
    return map_get(&sight->missing, pid) != NULL;
}

/* --- from the records ------------------------------------------------------------ */

/* A child that goes by another number than its parent sees cannot be followed. */
static bool is_apart(const struct sight *sight, const struct record *record)
{
    const bool clones = record->call == CALL_clone || record->call == CALL___clone;
    return map_get(&sight->apart, record->process) != NULL || (clones && (record->arg[0] & CLONE_NEWPID) != 0);
}

/* Which mounts a process sees is settled by itself or by who started it. */
static void note_mounts(struct sight *sight, const struct record *record, uint32_t child)
{
    const bool clones = record->call == CALL_clone || record->call == CALL___clone;
    if (map_get(&sight->moved, record->pid) != NULL || (clones && (record->arg[0] & CLONE_NEWNS) != 0))
        map_put(&sight->moved, child, sight);
    else
        map_remove(&sight->moved, child);
}

static void note_child(struct sight *sight, const struct view *view, uint32_t pid)
{
    const struct record *const record = view->record;
    const struct item *const path = view->items[ITEM_TEXT];
    const uint64_t began = (uint64_t)(uintptr_t)map_get(&sight->began, pid);
    note_mounts(sight, record, pid);
    if (is_apart(sight, record))
        sight_known(sight, pid);
    else
        map_remove(&sight->missing, pid);
    if (path == NULL || pid == 0 || began >= record->start || is_apart(sight, record))
        return;
    struct started *const started = memory_new(1, sizeof *started);
    started->pid = pid;
    started->ticks = record->start;
    memcpy(started->by, record->comm, sizeof record->comm);
    started->path = memory_checked(strndup(item_bytes(path), path->size));
    started_free(map_remove(&sight->started, pid));
    map_put(&sight->started, pid, started);
}

static void note_began(struct sight *sight, const struct record *record)
{
    const struct started *const started = map_get(&sight->started, record->pid);
    if (record->start != 0)
        map_put(&sight->began, record->pid, (void *)(uintptr_t)record->start);
    if (started != NULL && started->ticks <= record->start)
        started_free(map_remove(&sight->started, record->pid));
}

void sight_take(struct sight *sight, const struct view *view)
{
    const struct record *const record = view->record;
    if (view->lost != 0)
        return;
    switch (record->call) {
    case CALL_exec:
        if (record->arg[0] == 0) /* else it tells of one that will not be recorded */
            note_began(sight, record);
        break;
    case CALL_posix_spawn:
    case CALL_posix_spawnp:
        if (record->error == 0 && record->arg[1] == 0)
            note_child(sight, view, (uint32_t)record->arg[0]);
        break;
    case CALL_fork:
    case CALL___fork:
    case CALL__Fork:
    case CALL_vfork:
    case CALL___vfork:
    case CALL_clone:
    case CALL___clone:
        if (record->ret > 0)
            note_child(sight, view, (uint32_t)record->ret);
        break;
    case CALL_unshare:
        if (record->ret == 0 && (record->arg[0] & CLONE_NEWPID) != 0)
            map_put(&sight->apart, record->process, sight);
        if (record->ret == 0 && (record->arg[0] & CLONE_NEWNS) != 0)
            map_put(&sight->moved, record->pid, sight);
        break;
    case CALL_setns:
        if (record->ret == 0) {
            map_put(&sight->apart, record->process, sight);
            map_put(&sight->moved, record->pid, sight);
        }
        break;
    default: break;
    }
}

/* --- from the table of processes -------------------------------------------------- */

/* Why it may be that it said nothing; `writer`: what /proc tells of it, or NULL. */
static void find_why(const struct sight *sight, uint32_t pid, const struct writer *writer, struct unseen *unseen)
{
    if (writer != NULL ? writer->elsewhere : map_get(&sight->moved, pid) != NULL) {
        unseen->why = UNSEEN_ELSEWHERE;
    } else if (writer != NULL && writer->user != (uint32_t)geteuid()) {
        unseen->why = UNSEEN_STRANGER;
        unseen->user = writer->user;
    }
}

static void add(struct sight *sight, uint32_t pid, const char *by, const char *path, const struct writer *writer)
{
    struct unseen unknown = {.runs = 1};
    if (sight_misses(sight, pid))
        return;
    map_put(&sight->missing, pid, sight);
    find_why(sight, pid, writer, &unknown);
    const uint64_t key = map_mix(map_text_key(by), map_text_key(path));
    const size_t first = (uintptr_t)map_get(&sight->by_text, key);
    for (size_t i = first; i != 0; i = sight->unseen[i - 1].next) {
        struct unseen *const unseen = &sight->unseen[i - 1];
        if (strcmp(unseen->by, by) == 0 && strcmp(unseen->path, path) == 0 && unseen->why == unknown.why &&
            unseen->user == unknown.user) {
            unseen->runs++;
            return;
        }
    }
    if (sight->count == sight->room) {
        sight->room = 2 * sight->room + 16;
        sight->unseen = memory_grow(sight->unseen, sight->room, sizeof *sight->unseen);
    }
    struct unseen *const unseen = &sight->unseen[sight->count++];
    map_put(&sight->by_text, key, (void *)sight->count);
    *unseen = unknown;
    unseen->path = memory_checked(strdup(path));
    unseen->next = first;
    snprintf(unseen->by, sizeof unseen->by, "%.16s", by);
}

/* Has a program begun under that number since? A fork's row names no start. */
static bool has_begun(const struct processes *rows, uint32_t pid, uint64_t since)
{
    for (size_t i = 0; i < RING_PROCESSES; i++) {
        const struct ring_process *const row = &rows->rows[i];
        if (row->number != 0 && row->pid == pid && row->start_time != 0 && row->moment.ticks > since)
            return true;
    }
    return false;
}

static bool may_load(const struct procfs *procfs, uint32_t pid)
{
    char path[PATH_TEXT], text[OBSTACLE_TEXT];
    return procfs_program(procfs, pid, path, sizeof path) && program_obstacle(path, text, sizeof text) == NULL;
}

bool sight_wait(struct sight *sight, const struct procfs *procfs, uint32_t pid)
{
    enum alive has;
    while ((has = procfs_has_library(procfs, pid)) == ALIVE_NO && sight->waited < WAIT_MOST && may_load(procfs, pid)) {
        wait_once();
        sight->waited += WAIT_ONCE;
    }
    return has != ALIVE_NO;
}

/* Has it gone on as a program that has said nothing since? */
static bool is_silent_row(const struct sight *sight, const struct processes *rows, const struct ring_process *row)
{
    const uint64_t since = row->moment.ticks;
    return row->number != 0 && (row->flags & PROCESS_BECOMES) != 0 && !has_begun(rows, row->pid, since) &&
           (uint64_t)(uintptr_t)map_get(&sight->began, row->pid) <= since;
}

/* Gives those that have not said anything yet, and live, the time to. Then forgets what
 * the others are about to become: that they came to it meanwhile says nothing.
 * Returns whether there are any. */
static bool wait_for_silent(struct sight *sight, struct processes *rows, const struct procfs *procfs,
                            const struct ring *ring)
{
    uint32_t silent[RING_PROCESSES] = {0};
    bool any = false;
    for (size_t i = 0; i < RING_PROCESSES; i++) {
        if (!is_silent_row(sight, rows, &rows->rows[i]))
            continue;
        silent[i] = rows->rows[i].number;
        sight_wait(sight, procfs, rows->rows[i].pid);
        any = true;
    }
    for (size_t i = 0; i < sight->started.room; i++) {
        const struct started *const started = sight->started.slots[i].value;
        if (started == NULL || has_begun(rows, started->pid, started->ticks))
            continue;
        sight_wait(sight, procfs, started->pid);
        any = true;
    }
    processes_read(rows, ring);
    for (size_t i = 0; i < RING_PROCESSES; i++) {
        if (rows->rows[i].number != silent[i])
            rows->rows[i].flags &= ~(uint32_t)PROCESS_BECOMES;
    }
    return any;
}

/* Several times, for a program in the midst of its exec has no memory to look at. */
static void wait_for_all(struct sight *sight, struct processes *rows, const struct procfs *procfs,
                         const struct ring *ring)
{
    for (int round = 1; wait_for_silent(sight, rows, procfs, ring) && round < ROUNDS; round++)
        wait_once();
}

/* What tells of those that live. */
struct present {
    const struct procfs *procfs; /* NULL: nothing, the ring is of an earlier boot */
    const char *path;            /* the ring's, or NULL */
};

/* Does a program that has been loaded look in vain for the ring? Between the mapping of
 * the library and that of the ring, which lie less than a thousandth of a second apart,
 * each looks as if it did. */
static bool is_in_vain(struct sight *sight, const struct present *present, uint32_t pid)
{
    struct writer writer;
    while (present->path != NULL && writers_one(&writer, present->procfs->root, present->path, pid) &&
           writer.kind == WRITER_APART) {
        if (sight->waited >= WAIT_MOST)
            return true;
        wait_once();
        sight->waited += WAIT_APART;
    }
    return false;
}

static void look_at(struct sight *sight, const struct present *present, uint32_t pid, const char *by, const char *path)
{
    struct writer writer;
    const bool now = present->procfs != NULL;
    if (now && procfs_has_library(present->procfs, pid) == ALIVE_YES && !is_in_vain(sight, present, pid))
        return; /* it is about to say that it began */
    const bool lives = now && present->path != NULL && writers_one(&writer, present->procfs->root, present->path, pid);
    add(sight, pid, by, path, lives ? &writer : NULL);
}

static void look_at_rows(struct sight *sight, const struct processes *rows, const struct present *present)
{
    for (size_t i = 0; i < RING_PROCESSES; i++) {
        const struct ring_process *const row = &rows->rows[i];
        if (!is_silent_row(sight, rows, row))
            continue;
        char by[sizeof row->comm + 1] = "", path[sizeof row->next + 1] = "";
        memcpy(by, row->comm, sizeof row->comm);
        memcpy(path, row->next, sizeof row->next);
        look_at(sight, present, row->pid, by, path);
    }
}

static int by_start(const void *left, const void *right)
{
    const struct started *const a = *(const struct started *const *)left, *const b =
                                                                              *(const struct started *const *)right;
    if (a->ticks != b->ticks)
        return a->ticks < b->ticks ? -1 : 1;
    return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* In the order in which they were started, for a map has none. */
static void look_at_started(struct sight *sight, const struct processes *rows, const struct present *present)
{
    const struct started **const all = memory_new(sight->started.count, sizeof(struct started *));
    size_t count = 0;
    for (size_t i = 0; i < sight->started.room; i++) {
        if (sight->started.slots[i].value != NULL)
            all[count++] = sight->started.slots[i].value;
    }
    qsort(all, count, sizeof(struct started *), by_start);
    for (size_t i = 0; i < count; i++) {
        const uint32_t pid = all[i]->pid;
        if (!has_begun(rows, pid, all[i]->ticks))
            look_at(sight, present, pid, all[i]->by, all[i]->path);
    }
    free(all);
}

void sight_look(struct sight *sight, const struct ring *ring, const char *path)
{
    struct procfs procfs;
    struct processes *const rows = memory_new(1, sizeof *rows);
    const bool now = ring_is_of_this_boot(ring);
    if (now)
        procfs_open(&procfs, "/proc");
    processes_read(rows, ring);
    if (now)
        wait_for_all(sight, rows, &procfs, ring);
    const struct present present = {.procfs = now ? &procfs : NULL, .path = path};
    look_at_rows(sight, rows, &present);
    look_at_started(sight, rows, &present);
    free(rows);
}

#define REMEDY "name a ring on a path that it can write to, with -w or SOCKSPY_RING"

char *sight_reason(const struct unseen *unseen)
{
    char obstacle[OBSTACLE_TEXT], *text = NULL;
    const char *const why = unseen->path[0] != '\0' ? program_obstacle(unseen->path, obstacle, sizeof obstacle) : NULL;
    int size = 0;
    if (why != NULL)
        size = asprintf(&text, "%s", why);
    else if (unseen->why == UNSEEN_ELSEWHERE)
        size = asprintf(&text, "never reached the ring: it ran in another mount namespace; " REMEDY);
    else if (unseen->why == UNSEEN_STRANGER)
        size = asprintf(&text, "never reached the ring: it runs as user %u; " REMEDY, unseen->user);
    else
        size =
            asprintf(&text, "never reached the ring: it ran as another user, or where the ring or the library is out "
                            "of sight (container, sandbox); " REMEDY);
    return memory_checked(size < 0 ? NULL : text);
}

char *sight_text(const struct unseen *unseen)
{
    char times[40] = "", *text, *const why = sight_reason(unseen);
    if (unseen->runs > 1)
        snprintf(times, sizeof times, " (%llu times)", (unsigned long long)unseen->runs);
    if (asprintf(&text, "%s ran %s, which %s%s", unseen->by, unseen->path[0] != '\0' ? unseen->path : "another program",
                 why, times) < 0)
        text = NULL;
    free(why);
    return memory_checked(text);
}

void sight_free(struct sight *sight)
{
    for (size_t i = 0; i < sight->started.room; i++)
        started_free(sight->started.slots[i].value);
    for (size_t i = 0; i < sight->count; i++)
        free(sight->unseen[i].path);
    free(sight->unseen);
    map_free(&sight->by_text);
    map_free(&sight->started);
    map_free(&sight->began);
    map_free(&sight->apart);
    map_free(&sight->moved);
    map_free(&sight->missing);
    *sight = (struct sight){0};
}
