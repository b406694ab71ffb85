/* living.h - the model against /proc, for processes that still live: who was
 * killed without a word, which descriptors are open now, what a sandboxed
 * process could not say of its sockets, which AF_UNIX sockets are peers.
 */
#ifndef SOCKSPY_LIVING_H
#define SOCKSPY_LIVING_H

#include "proc/procfs.h"
#include "scan/scan.h"

/* Looks, and tells the model; each step that follows goes to `visit`. Does
 * nothing for a ring from before the machine was started. */
void living_check(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context);

/* Tells of every descriptor of a living process whose socket the records do not
 * know. Reads on in the ring meanwhile, so that what was made just now is known:
 * what comes goes to `visit`. `process` is valid during the call of `found`. */
typedef void living_found(void *context, struct process *process, int fd, uint64_t inode);
void living_unknown(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *visitor,
                    living_found *found, void *context);

/* Finds the sockets that living programs hold and the records do not know, for
 * they are overwritten, or went by out of sight; tells the model of each. */
void living_find(struct scan *scan, const struct procfs *procfs, scan_visit *visit, void *context);

/* Is the socket open now? ALIVE_UNKNOWN where nobody can look. */
enum alive living_is_open(const struct procfs *procfs, const struct socket *socket);

#endif
