/* shelf.h - rows that wait to be printed in the order of their ids, though they
 * end in another. There is room for so many; then the older half goes out.
 */
#ifndef SOCKSPY_SHELF_H
#define SOCKSPY_SHELF_H

#include <stddef.h>
#include <stdint.h>

enum { SHELF_ROOM = 1 << 16 };

/* What it holds begins with its id, a uint64_t. */
struct shelf {
    void **items;
    size_t count, room;
    uint64_t last; /* only the last so many are wanted; 0: all */
    void *context;
    void (*print)(void *context, void *item); /* NULL: nothing is ever printed before the end */
    void (*release)(void *context, void *item);
};

/* Puts an item there; prints and releases others when it is full. */
void shelf_put(struct shelf *shelf, void *item);

/* Prints and releases all, and gives the shelf back. */
void shelf_empty(struct shelf *shelf);

#endif
