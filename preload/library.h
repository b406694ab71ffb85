/* library.h - the library as a whole: its start, and the state that all hooks share. */
#ifndef SOCKSPY_LIBRARY_H
#define SOCKSPY_LIBRARY_H

#include "ring.h"
#include "settings.h"

/* Set once by library_start, then only read. ring.header is NULL where nothing
 * is recorded. */
extern struct ring ring;
extern struct settings settings;

/* Set-up, by the constructor or by the first hook that is called before it.
 * Idempotent; a call from within it, or from another thread meanwhile, returns
 * at once and goes unrecorded. errno stays. */
void library_start(void);

/* Records no more in this process, and gives the memory back; while it has one thread,
 * and is ours. */
void library_stop(void);

/* What is to be recorded first of all, once the ring is there, and what before the
 * end (life.c). */
void library_begun(void);
void library_ending(void);
/* Before `fd`, which may be a standard stream's, names its socket no more: date closes
 * stdout, and a shell lends it for as long as its echo runs. errno stays. */
void library_gives_up(int fd);

/* Is set-up over? Every hook asks this before it relies on it, but those that
 * first look whether a descriptor is a socket. */
extern bool library_started;
static inline void library_ready(void)
{
    if (__builtin_expect(!library_started, 0))
        library_start();
}

#endif
