/* memory_room.c - see memory_room.h. */
#include "memory_room.h"

#include "small_file.h"

#include <string.h>

static char content[4096], group[1024]; /* not on the stack, which may be a small one */

/* The files of one version of control groups. */
struct version {
    const char *limit, *usage, *cache;
};
static const struct version version_1 = {"/memory.limit_in_bytes", "/memory.usage_in_bytes", "\ntotal_inactive_file "};
static const struct version version_2 = {"/memory.max", "/memory.current", "\ninactive_file "};

/* "max" and all that is no number has no limit. */
static uint64_t number_at(const char *at)
{
    uint64_t number = 0;
    if (*at < '0' || *at > '9')
        return MEMORY_ROOM_NO_LIMIT;
    for (; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    return number;
}

/* Of the group whose directory stands in `group`, `length` bytes long. */
static uint64_t number_of(size_t length, const char *file)
{
    if (length + strlen(file) >= sizeof group)
        return MEMORY_ROOM_NO_LIMIT;
    strcpy(group + length, file);
    const uint64_t number = small_file_line(group, content, sizeof content) ? number_at(content) : MEMORY_ROOM_NO_LIMIT;
    group[length] = '\0';
    return number;
}

static uint64_t cache_of(size_t length, const char *key)
{
    if (length + sizeof "/memory.stat" > sizeof group)
        return 0;
    strcpy(group + length, "/memory.stat");
    const char *const line = small_file_read(group, content, sizeof content) ? strstr(content, key) : NULL;
    group[length] = '\0';
    return line != NULL ? number_at(line + strlen(key)) : 0;
}

static uint64_t room_of(size_t length, const struct version *version)
{
    const uint64_t limit = number_of(length, version->limit);
    if (limit >= UINT64_C(1) << 62) /* version 1 says so where there is none */
        return MEMORY_ROOM_NO_LIMIT;
    const uint64_t usage = number_of(length, version->usage);
    if (usage == MEMORY_ROOM_NO_LIMIT)
        return MEMORY_ROOM_NO_LIMIT;
    const uint64_t cache = cache_of(length, version->cache), used = usage > cache ? usage - cache : 0;
    return limit > used ? limit - used : 0;
}

/* The least of the group `path`, as long as `size`, and all above it, below `mount`. In a
 * container, whose groups may have other names outside, those that are not there are
 * passed over. */
static uint64_t least_room(const char *mounts, const char *mount, const char *path, size_t size,
                           const struct version *version)
{
    const size_t root = strlen(mounts) + strlen(mount);
    uint64_t least = MEMORY_ROOM_NO_LIMIT;
    if (root + size >= sizeof group)
        return least;
    stpcpy(stpcpy(group, mounts), mount);
    if (size >= 3 && memcmp(path, "/..", 3) == 0)
        size = 0; /* outside of what we may see */
    memcpy(group + root, path, size);
    size_t length = root + size;
    for (;;) {
        while (length > root && group[length - 1] == '/')
            length--;
        group[length] = '\0';
        const uint64_t room = room_of(length, version);
        least = room < least ? room : least;
        if (length == root)
            return least;
        while (length > root && group[length - 1] != '/')
            length--;
    }
}

/* Is "memory" one of the controllers, separated by commas? */
static bool names_memory(const char *at, const char *end)
{
    static const char memory[] = "memory";
    while (at < end) {
        const size_t length = strcspn(at, ",:");
        if (length == sizeof memory - 1 && memcmp(at, memory, length) == 0)
            return true;
        at += length + 1;
    }
    return false;
}

uint64_t memory_room(const char *cgroups, const char *mounts)
{
    static char lines[2048];
    uint64_t least = MEMORY_ROOM_NO_LIMIT;
    if (!small_file_read(cgroups, lines, sizeof lines))
        return least;
    for (const char *line = lines; *line != '\0';) {
        const char *const end = line + strcspn(line, "\n");
        const char *const names = memchr(line, ':', (size_t)(end - line));
        const char *const path = names != NULL ? memchr(names + 1, ':', (size_t)(end - names - 1)) : NULL;
        if (path != NULL) {
            const size_t size = (size_t)(end - path - 1);
            uint64_t room = MEMORY_ROOM_NO_LIMIT;
            if (path == names + 1)
                room = least_room(mounts, "", path + 1, size, &version_2);
            else if (names_memory(names + 1, path))
                room = least_room(mounts, "/memory", path + 1, size, &version_1);
            least = room < least ? room : least;
        }
        line = *end == '\n' ? end + 1 : end;
    }
    return least;
}
