/* ring_create.h - making a new ring. */
#ifndef SOCKSPY_RING_CREATE_H
#define SOCKSPY_RING_CREATE_H

#include "ring_file.h"

/* Creates a ring with `bytes` of slots, or fewer where a control group leaves little
 * memory, and links it whole to `path`, so that nobody ever opens half of one; if another
 * process is faster, it is its ring that lies there. Waits for others that are about to
 * create one beside it, but a tenth of a second at the most. */
enum refusal ring_create(const char *path, uint64_t bytes);

#endif
