/* counts.h - the counts in a ring's header, in words. */
#ifndef SOCKSPY_COUNTS_H
#define SOCKSPY_COUNTS_H

#include "../preload/record.h"

/* What there are `count` of: "sockets opened unseen". */
const char *count_words(enum ring_count kind, uint64_t count);

/* The count's key in JSON. */
const char *count_key(enum ring_count kind);

#endif
