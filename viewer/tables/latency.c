/* latency.c - see latency.h. */
#include "tables/latency.h"

#include "base/memory.h"

#include <string.h>

/* Below 2^SHIFT each number is a class of its own; above, each doubling has
 * 2^SHIFT classes. */
enum { SHIFT = 5, PER_DOUBLING = 1 << SHIFT, CLASSES = (64 - SHIFT + 1) << SHIFT };

static unsigned class_of(uint64_t ns)
{
    if (ns < PER_DOUBLING)
        return (unsigned)ns;
    const unsigned power = 63 - (unsigned)__builtin_clzll(ns);
    return ((power - SHIFT + 1) << SHIFT) + (unsigned)(ns >> (power - SHIFT) & (PER_DOUBLING - 1));
}

/* The middle of a class. */
static uint64_t middle_of(unsigned class)
{
    if (class < 2 * PER_DOUBLING)
        return class;
    const unsigned scale = (class >> SHIFT) - 1;
    const uint64_t low = (uint64_t)(PER_DOUBLING + (class & (PER_DOUBLING - 1))) << scale;
    return low + (UINT64_C(1) << scale) / 2;
}

static void to_classes(struct latency *latency)
{
    uint32_t *const classes = memory_new(CLASSES, sizeof *classes);
    for (unsigned i = 0; i < LATENCY_EXACT; i++)
        classes[class_of(latency->exact[i])]++;
    latency->classes = classes;
}

void latency_add(struct latency *latency, uint64_t ns)
{
    if (latency->count < LATENCY_EXACT) {
        latency->exact[latency->count] = ns;
    } else {
        if (latency->count == LATENCY_EXACT)
            to_classes(latency);
        latency->classes[class_of(ns)]++;
    }
    if (latency->count == 0 || ns < latency->least)
        latency->least = ns;
    if (ns > latency->most)
        latency->most = ns;
    latency->sum += ns;
    latency->count++;
}

static int compare(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

uint64_t latency_percentile(const struct latency *latency, unsigned percent)
{
    if (latency->count == 0 || percent == 0)
        return latency->least;
    if (percent >= 100)
        return latency->most;
    uint64_t rank = (latency->count * percent + 99) / 100; /* the nearest rank */
    rank = rank != 0 ? rank - 1 : 0;
    if (latency->count <= LATENCY_EXACT) {
        uint64_t sorted[LATENCY_EXACT];
        memcpy(sorted, latency->exact, sizeof sorted);
        qsort(sorted, latency->count, sizeof *sorted, compare);
        return sorted[rank];
    }
    unsigned class = 0;
    for (uint64_t seen = latency->classes[0]; seen <= rank && class < CLASSES - 1; seen += latency->classes[class])
        class ++;
    const uint64_t middle = middle_of(class);
    return middle < latency->least ? latency->least : middle > latency->most ? latency->most : middle;
}

void latency_merge(struct latency *to, const struct latency *from)
{
    const struct latency before = *to;
    if (from->count <= LATENCY_EXACT) {
        for (uint64_t i = 0; i < from->count; i++)
            latency_add(to, from->exact[i]);
        return;
    }
    if (before.count <= LATENCY_EXACT) { /* the few go to the many */
        to->classes = memory_new(CLASSES, sizeof *to->classes);
        for (uint64_t i = 0; i < before.count; i++)
            to->classes[class_of(before.exact[i])]++;
    }
    for (unsigned i = 0; i < CLASSES; i++)
        to->classes[i] += from->classes[i];
    to->least = before.count == 0 || from->least < before.least ? from->least : before.least;
    to->most = from->most > before.most ? from->most : before.most;
    to->count += from->count;
    to->sum += from->sum;
}

void latency_free(struct latency *latency)
{
    if (latency->count > LATENCY_EXACT)
        free(latency->classes);
    *latency = (struct latency){0};
}
