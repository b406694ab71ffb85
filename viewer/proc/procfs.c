/* procfs.c - see procfs.h. */
#include "proc/procfs.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum { PATH_ROOM = 128, STAT_ROOM = 1024, NAME_FIELD = 2, STATE_FIELD = 3, START_TIME_FIELD = 22 };

/* --- files ----------------------------------------------------------------------- */

/* Reads the beginning of a file; returns how much, -1 if it cannot be read. */
static ssize_t read_text(const char *path, char *text, size_t room)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t used = 0;
    for (ssize_t got; used + 1 < room && (got = read(fd, text + used, room - 1 - used)) > 0;)
        used += (size_t)got;
    close(fd);
    text[used] = '\0';
    return (ssize_t)used;
}

static void path_of(const struct procfs *procfs, uint32_t pid, const char *name, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/%u/%s", procfs->root, pid, name);
}

void procfs_open(struct procfs *procfs, const char *root)
{
    char path[PATH_ROOM], text[16384];
    struct stat space;
    *procfs = (struct procfs){.root = root, .ticks = sysconf(_SC_CLK_TCK)};
    snprintf(path, sizeof path, "%s/self/ns/pid", root);
    if (stat(path, &space) == 0)
        procfs->pid_namespace = space.st_ino;
    snprintf(path, sizeof path, "%s/stat", root);
    const char *const boot = read_text(path, text, sizeof text) > 0 ? strstr(text, "\nbtime ") : NULL;
    if (boot != NULL)
        procfs->boot = strtoll(boot + 7, NULL, 10) * SECOND;
}

/* --- processes ------------------------------------------------------------------- */

/* A field of its stat behind the bracket that closes the name, in `text`; NULL:
 * not there. */
static const char *stat_field(const struct procfs *procfs, uint32_t pid, int wanted, char text[STAT_ROOM])
{
    char path[PATH_ROOM];
    path_of(procfs, pid, "stat", path);
    if (read_text(path, text, STAT_ROOM) <= 0)
        return NULL;
    const char *at = strrchr(text, ')');
    for (int field = NAME_FIELD; at != NULL && field < wanted; field++)
        at = strchr(at + 1, ' ');
    return at;
}

static uint64_t start_time(const struct procfs *procfs, uint32_t pid)
{
    char text[STAT_ROOM];
    const char *const at = stat_field(procfs, pid, START_TIME_FIELD, text);
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

bool procfs_asleep(const struct procfs *procfs, uint32_t pid)
{
    char text[STAT_ROOM];
    const char *const at = stat_field(procfs, pid, STATE_FIELD, text);
    return at == NULL || at[1] == 'S';
}

enum alive procfs_alive(const struct procfs *procfs, const struct process *process)
{
    if (process->pid_namespace != procfs->pid_namespace || procfs->pid_namespace == 0)
        return ALIVE_UNKNOWN;
    const uint64_t start = start_time(procfs, process->pid);
    if (start == 0)
        return ALIVE_NO;
    if (process->start_time != 0)
        return start == process->start_time ? ALIVE_YES : ALIVE_NO;
    if (process->began == 0 || procfs->boot == 0 || procfs->ticks <= 0)
        return ALIVE_YES;
    /* A forked child does not know its own; but it cannot have begun later. */
    const int64_t began = procfs->boot + (int64_t)(start / (uint64_t)procfs->ticks) * SECOND;
    return began <= process->began + SECOND ? ALIVE_YES : ALIVE_NO;
}

enum alive procfs_has_library(const struct procfs *procfs, uint32_t pid)
{
    char path[PATH_ROOM];
    char *line = NULL;
    size_t room = 0;
    path_of(procfs, pid, "maps", path);
    FILE *const maps = fopen(path, "re");
    if (maps == NULL)
        return ALIVE_UNKNOWN;
    bool any = false, found = false;
    while (!found && getline(&line, &room, maps) > 0) {
        any = true;
        found = strstr(line, "/libsockspy") != NULL;
    }
    free(line);
    fclose(maps);
    return found ? ALIVE_YES : any ? ALIVE_NO : ALIVE_UNKNOWN;
}

bool procfs_program(const struct procfs *procfs, uint32_t pid, char *program, size_t room)
{
    char path[PATH_ROOM];
    path_of(procfs, pid, "exe", path);
    const ssize_t size = readlink(path, program, room - 1);
    program[size > 0 ? size : 0] = '\0';
    return size > 0;
}

void procfs_children(const struct procfs *procfs, uint32_t pid, procfs_child *visit, void *context)
{
    char path[PATH_ROOM], text[16384];
    path_of(procfs, pid, "task", path);
    DIR *const tasks = opendir(path);
    const struct dirent *task;
    while (tasks != NULL && (task = readdir(tasks)) != NULL) {
        if (*task->d_name < '0' || *task->d_name > '9')
            continue;
        snprintf(path, sizeof path, "%s/%u/task/%.20s/children", procfs->root, pid, task->d_name);
        const ssize_t size = read_text(path, text, sizeof text);
        if (size <= 0)
            continue;
        char *end = (size_t)size == sizeof text - 1 ? strrchr(text, ' ') : NULL;
        if (end != NULL) /* the number behind it may be cut */
            *end = '\0';
        for (const char *at = text; *at != '\0'; at = end) {
            const unsigned long child = strtoul(at, &end, 10);
            if (end == at)
                break;
            visit(context, (uint32_t)child);
        }
    }
    if (tasks != NULL)
        closedir(tasks);
}

/* --- descriptors ----------------------------------------------------------------- */

static enum named read_link(const char *path, uint64_t *inode)
{
    char target[64];
    const ssize_t size = readlink(path, target, sizeof target - 1);
    *inode = 0;
    if (size < 0)
        return errno == ENOENT ? NAMED_NOTHING : NAMED_UNKNOWN;
    target[size] = '\0';
    if (strncmp(target, "socket:[", 8) == 0) {
        *inode = strtoull(target + 8, NULL, 10);
        return NAMED_SOCKET;
    }
    return strcmp(target, "anon_inode:[io_uring]") == 0 ? NAMED_URING : NAMED_OTHER;
}

enum named procfs_descriptor(const struct procfs *procfs, uint32_t pid, int fd, uint64_t *inode)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%u/fd/%d", procfs->root, pid, fd);
    return read_link(path, inode);
}

static int compare(const void *left, const void *right)
{
    const int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

bool procfs_descriptors(const struct procfs *procfs, uint32_t pid, procfs_visit *visit, void *context)
{
    char path[PATH_ROOM];
    int *numbers = NULL;
    size_t count = 0, room = 0;
    path_of(procfs, pid, "fd", path);
    DIR *const directory = opendir(path);
    if (directory == NULL)
        return false;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (*entry->d_name < '0' || *entry->d_name > '9')
            continue;
        if (count == room) {
            room = 2 * room + 64;
            numbers = memory_grow(numbers, room, sizeof *numbers);
        }
        numbers[count++] = (int)strtol(entry->d_name, NULL, 10);
    }
    closedir(directory);
    if (count != 0)
        qsort(numbers, count, sizeof *numbers, compare);
    for (size_t i = 0; i < count; i++) {
        uint64_t inode;
        const enum named named = procfs_descriptor(procfs, pid, numbers[i], &inode);
        if (named == NAMED_SOCKET || named == NAMED_URING)
            visit(context, numbers[i], named, inode);
    }
    free(numbers);
    return true;
}
