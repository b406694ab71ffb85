/* nearest.h - "did you mean": the known word that a mistyped one is nearest to. */
#ifndef SOCKSPY_NEAREST_H
#define SOCKSPY_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *typed;
    const char *word; /* the best so far, or NULL where none is near enough */
    size_t distance;
};

/* Begin with {.typed = …}, then offer every word that there is. */
void nearest_offer(struct nearest *nearest, const char *word);

#endif
