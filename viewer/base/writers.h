/* writers.h - who lives and has a ring in its memory, or will look for one: /proc
 * tells it of the processes that we may look at.
 */
#ifndef SOCKSPY_WRITERS_H
#define SOCKSPY_WRITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum writer_kind {
    WRITER_MAPS,    /* writes into the file that is at the path now */
    WRITER_OF_GONE, /* writes into one that was there and has been removed */
    WRITER_HIDDEN,  /* is our user's, but may not be looked at: it may do any of this */
    WRITER_APART,   /* has our library, and looks for it in vain */
    WRITER_HEIR     /* has no ring in memory, but its programs would look for this one */
};

struct writer {
    uint32_t pid;
    enum writer_kind kind;
    char comm[17];  /* printable ASCII */
    uint32_t user;  /* as whom it runs */
    bool elsewhere; /* in another mount namespace */
};

struct writers {
    struct writer *list; /* by pid */
    size_t count, room;
};

/* Finds them by the ring's path; `root` is "/proc", or what stands for it in a test. */
void writers_find(struct writers *writers, const char *root, const char *path);

/* How many are of these kinds: 1 << enum writer_kind, each. */
size_t writers_count(const struct writers *writers, unsigned kinds);

/* "nginx[12], nginx[13] and 4 more", of these kinds. The caller's to free. */
char *writers_text(const struct writers *writers, unsigned kinds);

/* "runs as user 33; …" or "is in another mount namespace; …", of the first that is
 * apart, and what to do about it. The caller's to free. */
char *writers_where(const struct writers *writers);

/* The same for one process alone. False where it has to do with no such ring. */
bool writers_one(struct writer *writer, const char *root, const char *path, uint32_t pid);

void writers_free(struct writers *writers);

#endif
