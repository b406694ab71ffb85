/* sight.h - where sight ends: programs that recorded processes started, or went
 * on as, and that left no record of their own. They are static, setuid, or for
 * another libc, or the ring is out of their reach; an environment without the library
 * is told by a record.
 */
#ifndef SOCKSPY_SIGHT_H
#define SOCKSPY_SIGHT_H

#include "base/map.h"
#include "proc/procfs.h"
#include "record/decode.h"

/* A program that was not seen. */
struct unseen {
    char by[17];   /* the program that started it, or became it */
    char *path;    /* foreign bytes; "": not known */
    uint64_t runs; /* how often */
    enum {
        UNSEEN_SOMEHOW,   /* nothing is known but that it wrote nothing */
        UNSEEN_ELSEWHERE, /* it was in another mount namespace */
        UNSEEN_STRANGER   /* it is another user's */
    } why;
    uint32_t user; /* UNSEEN_STRANGER: whose */
    size_t next;   /* the number, from 1, of one with the same key; 0: none */
};

/* All zero: nothing taken yet. */
struct sight {
    struct map started; /* by pid: what should say that it began */
    struct map began;   /* by pid: when the latest program with that number did */
    struct map apart;   /* by process: its children go by other numbers than it sees */
    struct map moved;   /* by pid: it left our mount namespace, or descends from one that did */
    struct map missing; /* by pid: found by sight_look, or known to be beyond it */
    struct unseen *unseen;
    size_t count, room;
    struct map by_text; /* by both texts of an unseen one: its number, from 1 */
    unsigned waited;    /* ms, for programs that were about to begin */
};

/* Takes every record as it comes. */
void sight_take(struct sight *sight, const struct view *view);

/* That process is known to run unrecorded: sight_look shall not tell of it. */
void sight_known(struct sight *sight, uint32_t pid);

/* Waits for a living program without our library, if nothing speaks against its
 * being loaded yet: between exec and the dynamic linker's work it looks like one that
 * is out of sight. Returns false if it came without; over all calls it does not wait
 * longer than half a second. */
bool sight_wait(struct sight *sight, const struct procfs *procfs, uint32_t pid);

/* At the end: fills in `unseen`, with the ring's own table of processes, and with
 * /proc for those that are just about to begin, or look in vain for the ring at `path`
 * (or NULL). */
void sight_look(struct sight *sight, const struct ring *ring, const char *path);

/* Was that process, which wrote nothing, found by sight_look, or known? */
bool sight_misses(const struct sight *sight, uint32_t pid);

/* "sh ran ./tool, which is static: it cannot be recorded (3 times)"; foreign bytes
 * may be in it. The caller's to free. */
char *sight_text(const struct unseen *unseen);

/* From "is static" on. The caller's to free. */
char *sight_reason(const struct unseen *unseen);

void sight_free(struct sight *sight);

#endif
