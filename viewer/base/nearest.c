/* nearest.c - see nearest.h. */
#include "base/nearest.h"

#include <string.h>

enum { LONGEST = 32 };

/* How many letters to insert, leave out, change or swap with their neighbour to
 * get from one word to the other. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    const size_t width = strlen(b), height = strlen(a);
    if (width > LONGEST || height > LONGEST)
        return LONGEST;
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; i <= height; i++) {
        size_t *const oldest = before;
        before = above, above = row, row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t least = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < least)
                least = above[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < least)
                least = before[j - 2] + 1;
            row[j] = least;
        }
    }
    return row[width];
}

void nearest_offer(struct nearest *nearest, const char *word)
{
    const size_t far = distance(nearest->typed, word), longest = strlen(word);
    const size_t enough = longest < 4 ? 1 : longest < 8 ? 2 : 3;
    if (far <= enough && far < longest && (nearest->word == NULL || far < nearest->distance)) {
        nearest->word = word;
        nearest->distance = far;
    }
}
