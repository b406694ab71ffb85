/* latency.h - many lengths of time in little room: exact while they are few,
 * then counted in classes that are a thirty-second of their size wide. Minimum,
 * maximum, sum and count are always exact.
 */
#ifndef SOCKSPY_LATENCY_H
#define SOCKSPY_LATENCY_H

#include <stdint.h>

enum { LATENCY_EXACT = 16 };

/* All zero: none yet. Times in ns. */
struct latency {
    uint64_t count, sum, least, most;
    union {
        uint64_t exact[LATENCY_EXACT]; /* while count <= LATENCY_EXACT */
        uint32_t *classes;
    };
};

void latency_add(struct latency *latency, uint64_t ns);

/* The time that `percent` (0 to 100) of them do not exceed; 0 if there are none. */
uint64_t latency_percentile(const struct latency *latency, unsigned percent);

/* Adds what the other one holds. */
void latency_merge(struct latency *to, const struct latency *from);

void latency_free(struct latency *latency);

#endif
