/* hosts.h - which name a program had looked up to get an address. A bounded
 * memory: what was not asked for in a long time is forgotten.
 */
#ifndef SOCKSPY_HOSTS_H
#define SOCKSPY_HOSTS_H

#include "out/address.h"
#include "record/processes.h"

enum { HOST_NAME = 256 };

struct hosts; /* opaque */

struct hosts *hosts_new(void);
void hosts_free(struct hosts *hosts);

/* The process `number` asked for `name` and got `address`. */
void hosts_learn(struct hosts *hosts, uint32_t number, const struct address *address, const char *name, size_t size);

/* The name under which the process, or one that it was forked from, knows the
 * address; NULL if none. Foreign bytes; valid until the next hosts_learn. */
const char *hosts_find(const struct hosts *hosts, const struct processes *processes, uint32_t number,
                       const struct address *address);

#endif
