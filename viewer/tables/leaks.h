/* leaks.h - sockets that somebody forgot to close. */
#ifndef SOCKSPY_LEAKS_H
#define SOCKSPY_LEAKS_H

#include "model.h"

/* How it leaks, in a few words, or NULL. `now`: Unix time in ns, as far as the
 * records go or, for a process that lives, the clock's.
 *
 * A stream leaks if its peer closed it a second ago and we have not; if its
 * process has exited in order and never closed it, having connected it or never
 * used it at all. Not what a server still served as it exited, what listens, what
 * was inherited, and what a signal ended. */
const char *leak_of(const struct model *model, const struct socket *socket, int64_t now);

#endif
