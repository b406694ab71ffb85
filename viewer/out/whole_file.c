/* whole_file.c - see whole_file.h. It is written without a name, so that nothing of
 * it stays if we are killed; where the file system has no such files, under another
 * name beside. */
#include "out/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

bool whole_file_open(struct whole_file *file, const char *path, bool whole)
{
    struct stat there;
    const bool beside = whole && (stat(path, &there) != 0 || S_ISREG(there.st_mode)); /* devices and pipes are not */
    *file = (struct whole_file){.path = path, .fd = beside ? open_nameless(path) : -1};
    file->nameless = file->fd >= 0;
    if (!file->nameless)
        file->fd =
            beside ? open_beside(path, &file->temporary) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return file->fd >= 0;
}

/* Gives the file a name: its own, or another one if there is such a file already. */
static bool give_name(struct whole_file *file)
{
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", file->fd);
    if (linkat(AT_FDCWD, self, AT_FDCWD, file->path, AT_SYMLINK_FOLLOW) == 0)
        return true;
    for (unsigned i = 0; errno == EEXIST && i < 1000; i++) {
        char *name;
        if (asprintf(&name, "%s.%ld.%u", file->path, (long)getpid(), i) < 0)
            return false;
        if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            file->temporary = name;
            return true;
        }
        const int error = errno;
        free(name);
        errno = error;
    }
    return false;
}

int whole_file_close(struct whole_file *file, int error)
{
    if (file->nameless && error == 0 && !give_name(file))
        error = errno;
    if (close(file->fd) != 0 && error == 0)
        error = errno;
    if (file->temporary == NULL)
        return error;
    if (error == 0 && rename(file->temporary, file->path) != 0)
        error = errno;
    if (error != 0)
        unlink(file->temporary);
    free(file->temporary);
    file->temporary = NULL;
    return error;
}
