/* absence.c - see absence.h. */
#include "source/absence.h"

#include "../preload/ring.h"
#include "../preload/settings.h"
#include "base/writers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NO_RING "there is no such ring"

/* Programs that had it, or look for it in vain. Returns whether there are any. */
static bool blame_programs(const char *path, char *text, size_t size)
{
    struct writers writers;
    writers_find(&writers, "/proc", path);
    const unsigned gone = 1u << WRITER_OF_GONE, apart = 1u << WRITER_APART;
    const unsigned kinds = writers_count(&writers, gone) != 0 ? gone : apart;
    const bool any = writers_count(&writers, kinds) != 0;
    if (any) {
        char *const names = writers_text(&writers, kinds), *const where = writers_where(&writers);
        if (kinds == gone)
            snprintf(text, size, "removed while in use by %s; what starts from now on makes a new one", names);
        else
            snprintf(text, size, NO_RING ": %s has the library, but %s", names, where);
        free(names);
        free(where);
    }
    writers_free(&writers);
    return any;
}

static void blame_place(const char *path, char *text, size_t size)
{
    char directory[PATH_MAX];
    struct settings settings;
    struct statvfs place;
    snprintf(directory, sizeof directory, "%s", path);
    char *const slash = strrchr(directory, '/');
    if (slash == NULL)
        strcpy(directory, ".");
    else
        slash[slash == directory] = '\0';
    settings_read(&settings, environ);
    const uint64_t needed = ring_file_size(settings.size, (uint32_t)sysconf(_SC_NPROCESSORS_CONF));
    if (access(directory, W_OK | X_OK) != 0)
        snprintf(text, size, NO_RING ", nor can one be made there (%s); name another place with SOCKSPY_RING or run -w",
                 strerror(errno));
    else if (statvfs(directory, &place) == 0 && place.f_bavail < needed / place.f_frsize)
        snprintf(text, size,
                 NO_RING ", and no room for one: it takes %llu KiB and %llu are free; set a smaller SOCKSPY_SIZE, "
                         "or name another place with SOCKSPY_RING or run -w",
                 (unsigned long long)needed >> 10, (unsigned long long)place.f_bavail * place.f_frsize >> 10);
    else
        snprintf(text, size, NO_RING "; record something first: sockspy run -- COMMAND");
}

void absence_explain(const char *path, char *text, size_t size)
{
    if (!blame_programs(path, text, size))
        blame_place(path, text, size);
}
