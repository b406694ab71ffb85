/* library.h - the library as a whole: its start, and the state that all hooks share. */
#ifndef SOCKSPY_LIBRARY_H
#define SOCKSPY_LIBRARY_H

#include "ring.h"
#include "settings.h"

/* Set once by library_start, then only read. ring.header is NULL where nothing
 * is recorded: then no hook runs either, but for those that are under way. */
extern struct ring ring;
extern struct settings settings;

/* Set-up, by the constructor or by the first call that comes before it, and
 * through its stub: no hook runs before.
 * Idempotent; a call from within it, or from another thread meanwhile, returns
 * at once and goes unrecorded. errno stays. */
void library_start(void);

/* What is to be recorded first of all, once the ring is there, and what before the
 * end (life.c). */
void library_begun(void);
void library_ending(void);
/* Before `fd`, which may be a standard stream's, names its socket no more: date closes
 * stdout, and a shell lends it for as long as its echo runs. errno stays. */
void library_gives_up(int fd);

/* Ends all recording, or (it did not come to that) takes it up again: where
 * `library_stopped`, neither the ring nor a clock may be touched any more. */
void library_stop(bool stop);
extern bool library_stopped;
/* The same for good, and gives the ring's memory back; while the process has one thread,
 * and is ours. */
void library_leave(void);

#endif
