/* ring_writers.h - who lives and writes into a ring, also where /proc keeps silent of
 * a process and the ring's own table knows it. */
#ifndef SOCKSPY_RING_WRITERS_H
#define SOCKSPY_RING_WRITERS_H

#include "base/writers.h"

/* As writers_find(); those that may not be looked at and are in the ring's table count as
 * WRITER_MAPS. */
void ring_writers_find(struct writers *writers, const char *path);

#endif
