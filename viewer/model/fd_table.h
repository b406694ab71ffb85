/* fd_table.h - pointers by descriptor. A tree that is as large as what is in it,
 * however high the numbers are: those of a damaged record cost no more than others.
 */
#ifndef SOCKSPY_FD_TABLE_H
#define SOCKSPY_FD_TABLE_H

#include <stdint.h>

/* All zero: empty. The items stay the caller's. */
struct fd_table {
    struct fd_node *root; /* NULL: nothing is in it */
    unsigned height;      /* levels of nodes */
    unsigned count;       /* items */
};

/* The item under `fd`, or NULL. */
void *fd_table_get(const struct fd_table *table, int fd);

/* Puts `item` under `fd`, 0 or more, in place of what was there; NULL takes it out. */
void fd_table_put(struct fd_table *table, int fd, void *item);

/* The first item under *fd or a higher number, which *fd becomes; NULL behind the
 * last. Negative numbers count as 0. */
void *fd_table_next(const struct fd_table *table, int64_t *fd);

void fd_table_free(struct fd_table *table);

#endif
