/* lifelines.h - whose lines a diagram has, where they stand, and when they hold a
 * socket. */
#ifndef SOCKSPY_LIFELINES_H
#define SOCKSPY_LIFELINES_H

#include "lecture/company.h"

struct lifeline {
    const struct process *process; /* NULL: those that were not recorded, or find no room */
    const struct socket *socket;   /* by socket: which one, else NULL */
    size_t column;                 /* of the terminal */
    size_t scenes;                 /* that happen on it */
    long score;                    /* client ends less server ends: the higher, the further left */
    unsigned folded;               /* of a line without a process: how many it stands for; 0: the unrecorded */
    int open;                      /* sockets that it holds at the time that is drawn */
};

enum { LIFELINES_MAX = 16 };

struct lifelines {
    struct lifeline lines[LIFELINES_MAX]; /* from left to right */
    size_t count;
    bool by_socket;
    bool filtered;       /* somebody takes part whom the filters left out */
    struct map index_of; /* a process's or socket's address to its line's number, counted from 1 */
    struct turn *turns;  /* openings and closings, in order */
    size_t turn_count, next;
};

/* Finds the lines of a group of `company` (0: of all) and gives each its column of
 * `width`. */
void lifelines_begin(struct lifelines *lifelines, const struct story *story, const struct company *company,
                     size_t group, size_t width);
void lifelines_end(struct lifelines *lifelines);

/* Do all that take part have lines of their own? */
bool lifelines_fit(const struct lifelines *lifelines);

/* The line of a process, or by socket of the socket; the one of the unrecorded
 * where it has none; NULL if there is no such line either. */
struct lifeline *lifelines_find(struct lifelines *lifelines, const struct process *process,
                                const struct socket *socket);

/* Brings `open` up to this time. */
void lifelines_advance(struct lifelines *lifelines, int64_t time);

#endif
