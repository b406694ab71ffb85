/* successor.h - the program that a process is about to become. Noted before an
 * exec, for afterwards we are gone: one that is recorded says itself that it
 * began; of one that is not (static, setuid, for another libc) this is all that
 * will be known.
 */
#ifndef SOCKSPY_SUCCESSOR_H
#define SOCKSPY_SUCCESSOR_H

#include <stdbool.h>
#include <stdint.h>

#define SUCCESSOR_PATH 120u

/* Before an exec. `path` may be anything, and be no path at all (NULL). A process
 * notes it in its row of the ring; a vfork child, which lives in its parent's
 * memory, leaves it there for its parent. */
void successor_note(const char *path);

/* The exec failed: we are still the same. */
void successor_none(void);

/* In the parent, once it runs again: what its child has become, into `path`.
 * False where nothing is known of it. */
bool successor_of_guest(uint32_t child, char path[SUCCESSOR_PATH]);

#endif
