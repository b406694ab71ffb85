/* writers.c - see writers.h. */
#include "base/writers.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { PATH_ROOM = 128, NAMED = 5 /* by name, the others by number */ };

#define GONE " (deleted)"

/* What is looked for. */
struct look {
    const char *root;
    char path[PATH_MAX]; /* without links in it */
    bool is_default;     /* of our user */
    bool there;
    struct stat file; /* if it is there */
};

static FILE *open_of(const struct look *look, uint32_t pid, const char *name)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%u/%s", look->root, pid, name);
    return fopen(path, "re");
}

/* Does a line of maps tell of the ring? Some file systems tell another device there
 * than elsewhere: then the path must do. */
static bool is_mapping(const struct look *look, const char *line, enum writer_kind *kind)
{
    unsigned major, minor;
    unsigned long long inode;
    int at = 0;
    if (sscanf(line, "%*s %*s %*s %x:%x %llu %n", &major, &minor, &inode, &at) < 3 || at == 0 || line[at] == '\0')
        return false;
    const size_t size = strlen(look->path);
    const bool named = strncmp(line + at, look->path, size) == 0;
    const char *const rest = named ? line + at + size : "";
    if (look->there && inode == look->file.st_ino &&
        (makedev(major, minor) == look->file.st_dev || (named && strcmp(rest, "\n") == 0))) {
        *kind = WRITER_MAPS;
        return true;
    }
    *kind = WRITER_OF_GONE;
    return named && strcmp(rest, GONE "\n") == 0;
}

static uint32_t user_of(const struct look *look, uint32_t pid)
{
    FILE *const status = open_of(look, pid, "status");
    char line[256];
    unsigned user = (unsigned)geteuid();
    while (status != NULL && fgets(line, sizeof line, status) != NULL && sscanf(line, "Uid:%*u%u", &user) != 1)
        ;
    if (status != NULL)
        fclose(status);
    return user;
}

static bool maps_it(const struct look *look, uint32_t pid, enum writer_kind *kind)
{
    FILE *const maps = open_of(look, pid, "maps");
    char *line = NULL;
    size_t room = 0;
    bool found = false, library = false;
    *kind = WRITER_HEIR;
    if (maps == NULL) {
        *kind = WRITER_HIDDEN;
        return errno == EACCES && user_of(look, pid) == (uint32_t)geteuid();
    }

    while (!found && getline(&line, &room, maps) > 0) {
        found = is_mapping(look, line, kind);
        if (!found)
            library |= strstr(line, "/libsockspy") != NULL;
    }
    if (!found)
        *kind = library ? WRITER_APART : WRITER_HEIR;
    free(line);
    fclose(maps);
    return found;
}

/* Will its programs look for the ring? Where none is named, for that of their user. */
static bool inherits_it(const struct look *look, uint32_t pid, bool library)
{
    static const char name[] = "SOCKSPY_RING=";
    FILE *const environment = open_of(look, pid, "environ");
    char *entry = NULL;
    size_t room = 0;
    bool found = false, named = false;
    if (environment == NULL)
        return false;
    while (!named && getdelim(&entry, &room, '\0', environment) > 0) {
        named = strncmp(entry, name, sizeof name - 1) == 0;
        found = named && strcmp(entry + sizeof name - 1, look->path) == 0;
    }
    free(entry);
    fclose(environment);
    return found || (library && !named && look->is_default);
}

static bool same_mounts(const struct look *look, uint32_t pid)
{
    char path[PATH_ROOM];
    struct stat its, ours;
    snprintf(path, sizeof path, "%s/%u/ns/mnt", look->root, pid);
    return stat(path, &its) != 0 || stat("/proc/self/ns/mnt", &ours) != 0 || its.st_ino == ours.st_ino;
}

static bool look_at(const struct look *look, uint32_t pid, struct writer *writer)
{
    enum writer_kind kind;
    if (!maps_it(look, pid, &kind) && !inherits_it(look, pid, kind == WRITER_APART))
        return false;
    *writer =
        (struct writer){.pid = pid, .kind = kind, .user = user_of(look, pid), .elsewhere = !same_mounts(look, pid)};
    FILE *const comm = open_of(look, pid, "comm");
    if (comm != NULL && fgets(writer->comm, sizeof writer->comm, comm) != NULL)
        writer->comm[strcspn(writer->comm, "\n")] = '\0';
    for (char *at = writer->comm; *at != '\0'; at++)
        *at = *at < ' ' || *at > '~' ? '?' : *at;
    if (comm != NULL)
        fclose(comm);
    return true;
}

static void add(struct writers *writers, const struct writer *writer)
{
    if (writers->count == writers->room) {
        writers->room = 2 * writers->room + 16;
        writers->list = memory_grow(writers->list, writers->room, sizeof *writers->list);
    }
    writers->list[writers->count++] = *writer;
}

/* False where the path cannot be told. */
static bool look_for(struct look *look, const char *root, const char *path)
{
    char user[64];
    *look = (struct look){.root = root};
    look->there = stat(path, &look->file) == 0;
    if (realpath(path, look->path) == NULL && look->there) /* else glibc has left there what would be its path */
        return false;
    snprintf(user, sizeof user, "/dev/shm/sockspy-%lu", (unsigned long)getuid());
    look->is_default = strcmp(look->path, user) == 0;
    return true;
}

bool writers_one(struct writer *writer, const char *root, const char *path, uint32_t pid)
{
    struct look look;
    return look_for(&look, root, path) && look_at(&look, pid, writer);
}

static int by_pid(const void *left, const void *right)
{
    const uint32_t a = ((const struct writer *)left)->pid, b = ((const struct writer *)right)->pid;
    return (a > b) - (a < b);
}

void writers_find(struct writers *writers, const char *root, const char *path)
{
    struct look look;
    struct writer writer;
    *writers = (struct writers){0};
    DIR *const processes = look_for(&look, root, path) ? opendir(root) : NULL;
    for (const struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
        const uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
        if (*entry->d_name >= '1' && *entry->d_name <= '9' && pid != (uint32_t)getpid() && look_at(&look, pid, &writer))
            add(writers, &writer);
    }
    if (processes != NULL)
        closedir(processes);
    if (writers->count != 0)
        qsort(writers->list, writers->count, sizeof *writers->list, by_pid);
}

static bool is_of(const struct writer *writer, unsigned kinds)
{
    return (kinds & 1u << writer->kind) != 0;
}

size_t writers_count(const struct writers *writers, unsigned kinds)
{
    size_t count = 0;
    for (size_t i = 0; i < writers->count; i++)
        count += is_of(&writers->list[i], kinds);
    return count;
}

char *writers_text(const struct writers *writers, unsigned kinds)
{
    const size_t all = writers_count(writers, kinds);
    char *text = NULL;
    size_t size = 0, said = 0;
    FILE *const out = open_memstream(&text, &size);
    if (out == NULL)
        return memory_checked(NULL);
    for (size_t i = 0; i < writers->count && said < NAMED; i++) {
        const struct writer *const writer = &writers->list[i];
        if (is_of(writer, kinds)) {
            const char *const before = said == 0 ? "" : said + 1 == all ? " and " : ", ";
            fprintf(out, "%s%s[%u]", before, writer->comm, writer->pid);
            said++;
        }
    }
    if (all > said)
        fprintf(out, " and %zu more", all - said);
    fclose(out);
    return memory_checked(text);
}

char *writers_where(const struct writers *writers)
{
    char *text = NULL;
    for (size_t i = 0; i < writers->count && text == NULL; i++) {
        const struct writer *const writer = &writers->list[i];
        if (writer->kind != WRITER_APART)
            continue;
        if ((writer->elsewhere ? asprintf(&text, "is in another mount namespace; name a ring on a path that both "
                                                 "see, with run -w or SOCKSPY_RING")
             : writer->user != (uint32_t)geteuid()
                 ? asprintf(&text, "runs as user %u; name a ring of that user's own with SOCKSPY_RING", writer->user)
                 : asprintf(&text, "could not use it; SOCKSPY_DEBUG=1 tells it why")) < 0)
            text = NULL;
    }
    return text != NULL ? text : memory_checked(strdup(""));
}

void writers_free(struct writers *writers)
{
    free(writers->list);
    *writers = (struct writers){0};
}
