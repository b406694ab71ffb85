/* out_file.c - a file that is there whole or not at all. It is written without a
 * name, so that nothing of it stays if we are killed; where the file system has no
 * such files, under another name beside. */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file without a name in the directory of `path`, or -1. */
static int open_nameless(const char *path)
{
    const char *const slash = strrchr(path, '/');
    if (access("/proc/self/fd", X_OK) != 0) /* it could get no name */
        return -1;
    char *const directory = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    const int fd = directory != NULL ? open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;
    free(directory);
    return fd;
}

/* A file beside `path` with a name that nobody else has. */
static int open_beside(const char *path, char **temporary)
{
    if (asprintf(temporary, "%s.XXXXXX", path) < 0) {
        *temporary = NULL;
        return -1;
    }
    const int fd = mkostemp(*temporary, O_CLOEXEC);
    if (fd >= 0) {
        const mode_t mask = umask(0);
        umask(mask);
        fchmod(fd, 0666 & ~mask);
    } else {
        free(*temporary);
        *temporary = NULL;
    }
    return fd;
}

bool out_open_file(struct out *out, const char *path, bool whole, enum colour colour)
{
    struct stat there;
    char *temporary = NULL;
    int fd = -1;
    const bool beside = whole && (stat(path, &there) != 0 || S_ISREG(there.st_mode)); /* devices and pipes are not */
    if (beside)
        fd = open_nameless(path);
    const bool nameless = fd >= 0;
    if (!nameless)
        fd = beside ? open_beside(path, &temporary) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    out_open(out, fd, colour);
    out->path = path;
    out->temporary = temporary;
    out->nameless = nameless;
    return true;
}

/* Gives the file a name: its own, or another one if there is such a file already. */
static bool give_name(struct out *out)
{
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", out->fd);
    if (linkat(AT_FDCWD, self, AT_FDCWD, out->path, AT_SYMLINK_FOLLOW) == 0)
        return true;
    for (unsigned i = 0; errno == EEXIST && i < 1000; i++) {
        char *name;
        if (asprintf(&name, "%s.%ld.%u", out->path, (long)getpid(), i) < 0)
            return false;
        if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            out->temporary = name;
            return true;
        }
        const int error = errno;
        free(name);
        errno = error;
    }
    return false;
}

void out_close_file(struct out *out)
{
    if (out->nameless && out->error == 0 && !give_name(out))
        out->error = errno;
    if (close(out->fd) != 0 && out->error == 0)
        out->error = errno;
    if (out->temporary == NULL)
        return;
    if (out->error == 0 && rename(out->temporary, out->path) != 0)
        out->error = errno;
    if (out->error != 0)
        unlink(out->temporary);
    free(out->temporary);
    out->temporary = NULL;
}
