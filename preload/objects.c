/* objects.c - see objects.h. */
#include "objects.h"

#include "settings.h"
#include "small_file.h"

#include <string.h>
#include <unistd.h>

/* What the names of files begin with. */
static const char *const libc_family[] = {
    "libc.so",   "libc-2.", "libc.musl-", "ld-musl-", "ld-linux", "libpthread", "libdl.so", "libdl-2.",
    "libresolv", "librt.",  "librt-",     "libanl",   "libutil.", "libutil-",   "libnsl",
};

/* They stand before libc's functions and keep their types: linked to a program,
 * not only preloaded. */
static const char *const wrappers[] = {
    "libasan",         "libtsan",        "libubsan",      "liblsan",      "libhwasan",     "libclang_rt",
    "libsocket_wrapp", "libnss_wrapper", "libuid_wrappe", "libresolv_wr", "libtorsocks",   "libtsocks",
    "libproxychains",  "libdsocks",      "libsocks",      "libfakeroot",  "libfakechroot", "libfaketime",
    "libeatmydata",    "libjemalloc",    "libtcmalloc",   "libmimalloc",  "vgpreload",     "libgcompat",
    "libbsd",          "libtirpc",       "libvma",        "libonload",    "libprofiler",   "liburing",
};

static bool begins_with_one(const char *file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(file, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}
#define BEGINS_WITH_ONE_OF(file, names) begins_with_one(file, names, sizeof(names) / sizeof *(names))

static const char *base_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Is the file named in a list of paths, as ld.so takes it? */
static bool is_listed(const char *file, const char *list)
{
    const size_t length = strlen(file);
    for (const char *at = list; at != NULL && *at != '\0';) {
        const size_t size = strcspn(at, ": \t\n");
        if (size >= length && memcmp(at + size - length, file, length) == 0 &&
            (size == length || at[size - length - 1] == '/'))
            return true;
        at += size + (at[size] != '\0');
    }
    return false;
}

/* ld.so has just read it, too. */
static bool is_preloaded_everywhere(const char *file)
{
    static char list[4096]; /* the same for all who read it */
    return small_file_read("/etc/ld.so.preload", list, sizeof list) != 0 && is_listed(file, list);
}

bool object_is_libc(const char *path)
{
    return BEGINS_WITH_ONE_OF(base_of(path), libc_family);
}

bool object_keeps_types(const char *path)
{
    const char *const file = base_of(path);
    return BEGINS_WITH_ONE_OF(file, libc_family) || BEGINS_WITH_ONE_OF(file, wrappers) ||
           is_listed(file, settings_value(environ, "LD_PRELOAD")) || is_preloaded_everywhere(file);
}
