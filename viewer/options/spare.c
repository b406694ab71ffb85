/* spare.c - see spare.h. */
#include "options/spare.h"

#include "../preload/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Where the two files would be, if either is not there yet. */
static bool same_path(const char *one, const char *other)
{
    char left[PATH_MAX] = "", right[PATH_MAX] = "";
    if ((realpath(one, left) == NULL && errno != ENOENT) || (realpath(other, right) == NULL && errno != ENOENT))
        return false;
    return strcmp(left, right) == 0; /* glibc leaves there what it did not find */
}

/* Is it any ring at all, perhaps one that is written right now? */
static bool is_ring(const char *path, const struct stat *file)
{
    char magic[sizeof RING_MAGIC] = "";
    if (!S_ISREG(file->st_mode))
        return false;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return false;
    const bool is =
        pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic && memcmp(magic, RING_MAGIC, sizeof magic) == 0;
    close(fd);
    return is;
}

static bool spares(const char *path, const char *ring)
{
    struct stat output, there;
    const bool old = stat(path, &output) == 0;
    const bool same = old && stat(ring, &there) == 0 ? is_same(&output, &there) : same_path(path, ring);
    if (same)
        complain("%s: this is the ring itself, and writing there would destroy the recording; name another file", path);
    else if (old && is_ring(path, &output))
        complain("%s: a ring, which is not written over; name another file, or remove it: sockspy clean", path);
    else
        return true;
    return false;
}

static bool is_stream(int fd, const struct stat *ring)
{
    struct stat output;
    return fstat(fd, &output) == 0 && S_ISREG(output.st_mode) && is_same(&output, ring);
}

/* The shell has opened it already; but nothing of ours shall be added, no complaint
 * either. */
static bool spares_streams(const char *ring)
{
    struct stat there;
    const bool known = stat(ring, &there) == 0;
    const bool out = known && is_stream(STDOUT_FILENO, &there), err = known && is_stream(STDERR_FILENO, &there);
    if (!out && !err)
        return true;
    if (err && !out)
        dup2(STDOUT_FILENO, STDERR_FILENO);
    if (!err || !out)
        complain("%s: the ring itself is %s, and writing there would destroy the recording; direct it elsewhere", ring,
                 out ? "stdout" : "stderr");
    return false;
}

bool spare_rings(const struct options *options)
{
    const char *const ring = options->keep != NULL ? options->keep : options->ring;
    return (options->output == NULL || spares(options->output, ring)) &&
           (options->save == NULL || spares(options->save, ring)) && spares_streams(ring);
}
