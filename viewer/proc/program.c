/* program.c - see program.h. */
#include "proc/program.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define LIBRARY "libsockspy.so"

enum { HEAD = 4096, SCRIPTS = 4 /* scripts that run scripts */ };

/* The beginning of a file, and what was found in it. */
struct program {
    union {
        char bytes[HEAD + 1];
        ElfW(Ehdr) elf;
    } head;
    size_t size;
    char interpreter[256]; /* of an ELF file; empty: static */
    bool is_go;            /* its linker left a note */
};

/* Has Go's linker left its note in that part of the file? */
static bool names_go(int fd, const ElfW(Phdr) * part)
{
    static const char type_and_name[] = {4, 0, 0, 0, 'G', 'o', 0, 0};
    char notes[HEAD];
    const ssize_t got = pread(fd, notes, sizeof notes, (off_t)part->p_offset);
    const size_t size = got > 0 && (size_t)got < part->p_filesz ? (size_t)got : got > 0 ? part->p_filesz : 0;
    return memmem(notes, size, type_and_name, sizeof type_and_name) != NULL;
}

static bool read_head(struct program *program, const char *path)
{
    struct stat file;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a ring may name a pipe */
    if (fd < 0)
        return false;
    const ssize_t got = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? pread(fd, program->head.bytes, HEAD, 0) : 0;
    program->size = got > 0 ? (size_t)got : 0;
    program->head.bytes[program->size] = '\0';
    program->interpreter[0] = '\0';
    program->is_go = false;
    const ElfW(Ehdr) *const elf = &program->head.elf;
    if (program->size >= sizeof *elf && memcmp(elf->e_ident, ELFMAG, SELFMAG) == 0) {
        for (unsigned i = 0; i < elf->e_phnum && elf->e_phentsize == sizeof(ElfW(Phdr)); i++) {
            ElfW(Phdr) part;
            const off_t at = (off_t)(elf->e_phoff + i * sizeof part);
            if (pread(fd, &part, sizeof part, at) != (ssize_t)sizeof part)
                break;
            if (part.p_type == PT_INTERP && part.p_filesz < sizeof program->interpreter &&
                pread(fd, program->interpreter, part.p_filesz, (off_t)part.p_offset) == (ssize_t)part.p_filesz)
                program->interpreter[part.p_filesz] = '\0';
            program->is_go |= part.p_type == PT_NOTE && names_go(fd, &part);
        }
    }
    close(fd);
    return program->size != 0;
}

static bool is_elf(const struct program *program)
{
    return program->size >= sizeof(ElfW(Ehdr)) && memcmp(program->head.bytes, ELFMAG, SELFMAG) == 0;
}

/* Where a shell would find the command. */
static bool find(const char *command, char path[PATH_MAX])
{
    const char *at = getenv("PATH");
    if (strchr(command, '/') != NULL)
        return snprintf(path, PATH_MAX, "%s", command) < PATH_MAX && access(path, X_OK) == 0;
    for (at = at != NULL ? at : "/bin:/usr/bin"; *at != '\0'; at += *at == ':') {
        const int length = (int)strcspn(at, ":");
        struct stat file;
        if (snprintf(path, PATH_MAX, "%.*s%s%s", length, at, length != 0 ? "/" : "", command) < PATH_MAX &&
            access(path, X_OK) == 0 && stat(path, &file) == 0 && S_ISREG(file.st_mode))
            return true;
        at += length;
    }
    return false;
}

/* Would the loader, for safety, heed no LD_PRELOAD? */
static bool is_privileged(const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return false;
    if ((file.st_mode & S_ISUID) != 0 && file.st_uid != geteuid())
        return true;
    if ((file.st_mode & S_ISGID) != 0 && file.st_gid != getegid())
        return true;
    return geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0;
}

static const char *last_part(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static const char *elf_obstacle(const struct program *program, char *text, size_t size)
{
    struct program own;
    if (!read_head(&own, "/proc/self/exe") || !is_elf(&own))
        return NULL;
    const unsigned char class = program->head.elf.e_ident[EI_CLASS];
    if (class != own.head.elf.e_ident[EI_CLASS]) {
        snprintf(text, size, "is a %d-bit program and " LIBRARY " is not: it cannot be recorded",
                 class == ELFCLASS32 ? 32 : 64);
        return text;
    }
    if (program->head.elf.e_machine != own.head.elf.e_machine)
        return "is for another kind of processor: it cannot be recorded";
    if (program->interpreter[0] == '\0')
        return "is static: it cannot be recorded";
    if (own.interpreter[0] != '\0' && strcmp(last_part(program->interpreter), last_part(own.interpreter)) != 0) {
        snprintf(text, size, "is for another C library (%s): not all may be recorded", program->interpreter);
        return text;
    }
    return program->is_go ? "is a Go program and makes its system calls by itself: its sockets are not seen" : NULL;
}

const char *program_obstacle(const char *command, char *text, size_t size)
{
    char path[PATH_MAX];
    struct program program;
    if (!find(command, path))
        return NULL;
    for (int i = 0; i < SCRIPTS && read_head(&program, path); i++) {
        if (is_elf(&program))
            return is_privileged(path) ? "is setuid, setgid or has capabilities: it cannot be recorded"
                                       : elf_obstacle(&program, text, size);
        if (strncmp(program.head.bytes, "#!", 2) != 0)
            break;
        const char *const name = program.head.bytes + 2 + strspn(program.head.bytes + 2, " \t");
        snprintf(path, sizeof path, "%.*s", (int)strcspn(name, " \t\r\n"), name);
    }
    return NULL;
}

bool program_find(const char *const *places, size_t count, char *path, size_t size)
{
    char own[PATH_MAX], tried[PATH_MAX + 64], resolved[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    own[(size_t)(last_part(own) - own)] = '\0';
    for (size_t i = 0; i < count && own[0] != '\0'; i++) {
        snprintf(tried, sizeof tried, "%s.%s", own, places[i]);
        if (realpath(tried, resolved) != NULL && strlen(resolved) < size) {
            strcpy(path, resolved);
            return true;
        }
    }
    return false;
}

void program_library(char *path, size_t size)
{
    static const char *const places[] = {"/" LIBRARY, PROGRAM_LIBDIRS(LIBRARY)};
    if (!program_find(places, sizeof places / sizeof places[0], path, size))
        snprintf(path, size, "%s", LIBRARY);
}
