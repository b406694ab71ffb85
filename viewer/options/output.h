/* output.h - where a verb that prints once and ends writes to: -o, or stdout. */
#ifndef SOCKSPY_OUTPUT_H
#define SOCKSPY_OUTPUT_H

#include "options/options.h"
#include "out.h"

/* False after a complaint. */
bool output_open(struct out *out, const struct options *options);

/* Returns the exit status, after a complaint if something was not written. */
int output_close(struct out *out, const struct options *options);

#endif
