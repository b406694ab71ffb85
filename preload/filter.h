/* filter.h - seccomp filters: which system calls of ours are known to come back.
 *
 * A filter that comes on while the program runs is its own sandbox: no call of ours
 * from then on. One that is there at the start is a container's, mostly, and lets
 * nearly everything through; but it may also be a list of just what the program
 * needs, which kills for all else. So what is known is what the dynamic linker has
 * just done, and what the program itself does and comes back from; and, once we know
 * that a child may be made, what a child of ours tries and comes back from.
 */
#ifndef SOCKSPY_FILTER_H
#define SOCKSPY_FILTER_H

#include "sys.h"

/* At the start, with the text of /proc/self/status: is there a filter? */
bool filter_find(const char *status);

/* A filter comes on; or the latest did not come on after all. */
void filter_comes(void);
void filter_came_not(void);

/* The program has made this call and has come back from it. */
void filter_saw_slow(long number);
static inline void filter_saw(long number)
{
    if (__builtin_expect(sys_filtered, 0))
        filter_saw_slow(number);
}

/* It has forked: so may we, once, to try out what we would like to ask. */
void filter_saw_fork(void);

/* May this call be made? Finds out if need be, and if that is safe. errno stays. */
bool filter_allows(long number);

#endif
