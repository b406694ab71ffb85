/* verb_clean.c - sockspy clean: removes a ring, and what died beside it. Nothing
 * else is ever removed: it must be a regular file of this user and look like
 * one of ours. */
#include "verb.h"

#include "../preload/record.h"
#include "proc/ring_writers.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool has_magic(int fd)
{
    char magic[sizeof RING_MAGIC] = "";
    return pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic && memcmp(magic, RING_MAGIC, sizeof magic) == 0;
}

/* What speaks against removing this file, or NULL. A ring in the making may not
 * have its magic yet. */
static const char *judge(int fd, bool in_the_making)
{
    struct stat file;
    if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
        return "no regular file, so no ring of sockspy: not removed";
    if (file.st_uid != geteuid())
        return "another user's: not removed";
    if (!in_the_making && !has_magic(fd))
        return "not a ring of sockspy: not removed";
    return NULL;
}

enum { IN_USE = 1 << WRITER_MAPS };

/* Programs that write into it would go on doing so where nobody can read it. */
static int refuse_in_use(const char *path)
{
    struct writers writers;
    int status = STATUS_DONE;
    ring_writers_find(&writers, path);
    if (writers_count(&writers, IN_USE) != 0) {
        char *const names = writers_text(&writers, IN_USE);
        status = complain("%s: in use by %s, which would go on unseen: not removed; --force removes it", path, names);
        free(names);
    }
    writers_free(&writers);
    return status;
}

static bool is_used(const char *path)
{
    struct writers writers;
    ring_writers_find(&writers, path);
    const bool used = writers_count(&writers, IN_USE | 1u << WRITER_HEIR) != 0;
    writers_free(&writers);
    return used;
}

static int remove_ring(const char *path, bool in_the_making, bool force)
{
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return complain("%s: there is no such ring", path);
    if (fd < 0)
        return complain("%s: %s: not removed", path, errno == ELOOP ? "a symbolic link" : strerror(errno));
    const char *const wrong = judge(fd, in_the_making);
    close(fd);
    if (wrong != NULL)
        return complain("%s: %s", path, wrong);
    if (!force && refuse_in_use(path) != STATUS_DONE)
        return STATUS_FAILED;
    if (unlink(path) != 0)
        return complain("%s: cannot be removed: %s", path, strerror(errno));
    printf("removed %s\n", path);
    return STATUS_DONE;
}

#define IN_THE_MAKING ".new."
#define OF_A_RUN ".run-"

enum { OLD = 10 /* s: making a ring takes some thousandths of one */ };

static bool is_dead(const char *pid, char **end)
{
    const long number = isdigit((unsigned char)*pid) ? strtol(pid, end, 10) : 0;
    return number > 0 && number <= INT_MAX && kill((pid_t)number, 0) != 0 && errno == ESRCH;
}

/* Has whoever was making a ring under this name died of it? Its number may be one of
 * another namespace, or no number at all. */
static bool is_given_up(const char *path, const char *maker)
{
    struct stat file;
    char *end = NULL;
    return (is_dead(maker, &end) && *end == '\0') || (lstat(path, &file) == 0 && time(NULL) - file.st_mtime > OLD);
}

/* Is it RING.new.MAKER, RING.run-PID or RING.run-PID.new.MAKER, of processes that are no
 * more? `rest` is the name without the ring's. */
static bool is_leftover(const char *path, const char *rest)
{
    const size_t infix = strlen(IN_THE_MAKING), run = strlen(OF_A_RUN);
    char *end = NULL;
    if (strncmp(rest, OF_A_RUN, run) == 0) {
        if (!is_dead(rest + run, &end))
            return false;
        if (*end == '\0')
            return true;
        rest = end;
    }
    return strncmp(rest, IN_THE_MAKING, infix) == 0 && is_given_up(path, rest + infix);
}

/* Those of a run whose command was outlived are not left: somebody writes into them. */
static int remove_leftovers(const char *ring)
{
    char directory[PATH_MAX], path[PATH_MAX + 256];
    snprintf(directory, sizeof directory, "%s", ring);
    char *const slash = strrchr(directory, '/');
    const char *const base = slash != NULL ? slash + 1 : directory;
    const size_t size = strlen(base);
    DIR *const entries = opendir(slash == NULL ? "." : slash == directory ? "/" : (*slash = '\0', directory));
    int status = STATUS_DONE;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        snprintf(path, sizeof path, "%.*s%s", (int)(strlen(ring) - size), ring, entry->d_name);
        const char *const rest = entry->d_name + size;
        if (strncmp(entry->d_name, base, size) == 0 && is_leftover(path, rest) && !is_used(path) &&
            remove_ring(path, strstr(rest, IN_THE_MAKING) != NULL, true) != STATUS_DONE)
            status = STATUS_FAILED;
    }
    if (entries != NULL)
        closedir(entries);
    return status;
}

int verb_clean(const struct options *options)
{
    const int status = remove_ring(options->ring, false, options->force);
    const int leftovers = remove_leftovers(options->ring);
    return status != STATUS_DONE ? status : leftovers;
}
