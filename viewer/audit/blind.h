/* blind.h - what could not be seen: gaps in the records, programs that are not
 * recorded, sockets and rings that go around the library.
 */
#ifndef SOCKSPY_BLIND_H
#define SOCKSPY_BLIND_H

#include "base/map.h"
#include "proc/procfs.h"
#include "scan/scan.h"
#include "scan/sight.h"

struct blind_spot {
    const char *what; /* a key: "lost", "program"…; lives for ever */
    uint64_t count;
    char *text;   /* in words, with the count; foreign bytes may be in it */
    bool serious; /* what went on there may be anything: --strict fails on it */
    size_t next;  /* the number, from 1, of one whose text has the same key; 0: none */
};

struct blind {
    struct blind_spot *spots;
    size_t count, room;
    struct map by_text; /* by map_text_key(): their numbers, from 1 */
    uint64_t lost;
    struct sight sight;
    struct unborn { /* forked children of which nothing but their number is known */
        uint32_t pid, parent;
        char comm[17];
    } * unborn;
    size_t unborn_count, unborn_room;
};

/* Takes a step as it comes. */
void blind_take(struct blind *blind, const struct step *step);

/* At the end: the ring's counts, children that never wrote, living processes. What
 * comes into the ring meanwhile goes to `visit`. */
void blind_look(struct blind *blind, struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context);

size_t blind_serious(const struct blind *blind);
void blind_free(struct blind *blind);

#endif
