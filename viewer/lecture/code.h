/* code.h - which line of a sample's source made a call. Records do not say; but the
 * samples are simple, and of all ways through the source that make a process's
 * calls in their order, the one with the fewest detours is right.
 *
 *     for each call: index = code_add(&code, pid, program, call);
 *     code_settle(&code);
 *     … code_line(&code, index) …
 */
#ifndef SOCKSPY_CODE_H
#define SOCKSPY_CODE_H

#include <stddef.h>
#include <stdint.h>

enum { CODE_NAME = 64 };

/* A line of a source. */
struct code_line {
    const char *name; /* of the program */
    const char *text; /* without its indentation; NULL: not known */
    size_t size;
    unsigned number;
};

/* One process and what it called. */
struct track {
    uint32_t pid;
    char name[CODE_NAME]; /* of the program */
    char *text;           /* its source, or NULL */
    size_t *calls;        /* indexes of code.calls */
    size_t count, room;
    size_t start;                /* where in the text a forked child begins */
    size_t parent, parent_calls; /* which track forked it, after how many calls; SIZE_MAX: none */
};

struct code {
    const char *directory; /* of the sources; the caller's */
    struct track *tracks;
    size_t track_count, track_room;
    struct code_call {
        const char *call; /* the caller's, for good */
        size_t track;
        size_t at; /* where in the text; SIZE_MAX: not known */
    } * calls;
    size_t count, room;
};

/* The process `pid`, which runs `program`, makes a call. In their order. */
size_t code_add(struct code *code, uint32_t pid, const char *program, const char *call);

/* A child goes on where its parent is. */
void code_fork(struct code *code, uint32_t parent, uint32_t child);

void code_settle(struct code *code);
struct code_line code_line(const struct code *code, size_t index);
void code_free(struct code *code);

#endif
