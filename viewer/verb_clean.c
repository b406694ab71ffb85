/* verb_clean.c - sockspy clean: removes a ring, and what died beside it. Nothing
 * else is ever removed: it must be a regular file of this user and look like
 * one of ours. */
#include "verb.h"

#include "../preload/record.h"

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

static int remove_ring(const char *path, bool in_the_making)
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
    if (unlink(path) != 0)
        return complain("%s: cannot be removed: %s", path, strerror(errno));
    printf("removed %s\n", path);
    return STATUS_DONE;
}

#define IN_THE_MAKING ".new."

/* Does a name end with the number of a process that is no more? It may be followed by
 * that of another, which was making the ring. */
static bool is_orphan(const char *rest)
{
    char *end;
    if (!isdigit((unsigned char)*rest))
        return false;
    const long pid = strtol(rest, &end, 10);
    if (pid <= 0 || pid > INT_MAX || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return false;
    const size_t infix = strlen(IN_THE_MAKING);
    return *end == '\0' || (strncmp(end, IN_THE_MAKING, infix) == 0 && is_orphan(end + infix));
}

/* Does a name end with the random number of a ring in the making, which takes a moment,
 * and is the file older than that? */
static bool is_forgotten(int directory, const char *name)
{
    enum { DIGITS = 16, SECONDS = 10 };
    const char *const number = strrchr(name, '.');
    struct stat file;
    return number != NULL && strlen(number + 1) == DIGITS && strspn(number + 1, "0123456789abcdef") == DIGITS &&
           fstatat(directory, name, &file, AT_SYMLINK_NOFOLLOW) == 0 && time(NULL) - file.st_mtime > SECONDS;
}

/* Removes RING.new.NUMBER, RING.run-PID and RING.run-PID.new.NUMBER, of which nobody
 * makes use any more; and what an older version left, which had the maker's PID for NUMBER. */
static int remove_leftovers(const char *ring)
{
    static const char *const kinds[] = {IN_THE_MAKING, ".run-"};
    char directory[PATH_MAX], path[PATH_MAX + 256];
    snprintf(directory, sizeof directory, "%s", ring);
    char *const slash = strrchr(directory, '/');
    const char *const base = slash != NULL ? slash + 1 : directory;
    const size_t size = strlen(base);
    DIR *const entries = opendir(slash == NULL ? "." : slash == directory ? "/" : (*slash = '\0', directory));
    int status = STATUS_DONE;
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            const char *const infix = kinds[i];
            if (strncmp(entry->d_name, base, size) != 0 || strncmp(entry->d_name + size, infix, strlen(infix)) != 0 ||
                !(is_orphan(entry->d_name + size + strlen(infix)) ||
                  (strstr(entry->d_name + size, IN_THE_MAKING) != NULL && is_forgotten(dirfd(entries), entry->d_name))))
                continue;
            snprintf(path, sizeof path, "%.*s%s", (int)(strlen(ring) - size), ring, entry->d_name);
            if (remove_ring(path, strstr(entry->d_name + size, IN_THE_MAKING) != NULL) != STATUS_DONE)
                status = STATUS_FAILED;
        }
    }
    if (entries != NULL)
        closedir(entries);
    return status;
}

int verb_clean(const struct options *options)
{
    const int status = remove_ring(options->ring, false);
    const int leftovers = remove_leftovers(options->ring);
    return status != STATUS_DONE ? status : leftovers;
}
