/* cast.h - the sample programs of a lesson: started under the library, one after
 * the other or beside each other, and all ended with us. */
#ifndef SOCKSPY_CAST_H
#define SOCKSPY_CAST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { ACTORS_MAX = 16, ACTOR_ARGS = 8, ACTOR_LINE = 128, ACTOR_PRINTS = 1024 };

struct actor {
    char line[ACTOR_LINE]; /* the command as it was given, with the port filled in */
    char words[ACTOR_LINE];
    pid_t pid;
    bool running;
    bool stopped;              /* by us */
    int status;                /* as of waitpid */
    int output;                /* its stdout and stderr, or -1 */
    char prints[ACTOR_PRINTS]; /* the beginning of what it prints, with a NUL */
    size_t used;
};

struct cast {
    struct actor actors[ACTORS_MAX];
    size_t count;
    const char *library, *directory, *ring; /* the caller's */
    unsigned port;                          /* the one told last */
    char wrong[2 * PATH_MAX];
};

/* Plays a script of lessons.def. Returns NULL, or what is wrong: also that it
 * was interrupted (see stop.h) or took too long. All programs have ended then. */
const char *cast_play(struct cast *cast, const char *script);

/* Removes the ring, and what those left beside it who were killed while they made
 * it. */
void cast_remove_ring(const struct cast *cast);

#endif
