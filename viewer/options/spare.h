/* spare.h - what is written to must be no ring: a recording would be lost, and a
 * program that writes into it be killed. */
#ifndef SOCKSPY_SPARE_H
#define SOCKSPY_SPARE_H

#include "options/options.h"

/* Looks at all that these options, or stdout and stderr, would have us write to,
 * without opening it for writing. False after a complaint. */
bool spare_rings(const struct options *options);

#endif
