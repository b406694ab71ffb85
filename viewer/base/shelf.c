/* shelf.c - see shelf.h. */
#include "base/shelf.h"

#include "base/memory.h"

#include <string.h>

static int compare_ids(const void *left, const void *right)
{
    const uint64_t a = **(const uint64_t *const *)left, b = **(const uint64_t *const *)right;
    return (a > b) - (a < b);
}

/* Lets the first `count` go; prints them, if they are wanted. */
static void let_go(struct shelf *shelf, size_t count, size_t unwanted)
{
    for (size_t i = 0; i < count; i++) {
        if (i >= unwanted)
            shelf->print(shelf->context, shelf->items[i]);
        shelf->release(shelf->context, shelf->items[i]);
    }
    shelf->count -= count;
    memmove(shelf->items, shelf->items + count, shelf->count * sizeof *shelf->items);
}

static size_t beyond_last(const struct shelf *shelf)
{
    return shelf->last != 0 && shelf->count > shelf->last ? shelf->count - (size_t)shelf->last : 0;
}

void shelf_put(struct shelf *shelf, void *item)
{
    if (shelf->count == shelf->room) {
        shelf->room = 2 * shelf->room + 256;
        shelf->items = memory_grow(shelf->items, shelf->room, sizeof *shelf->items);
    }
    shelf->items[shelf->count++] = item;
    if (shelf->count < SHELF_ROOM || (shelf->last != 0 && beyond_last(shelf) < SHELF_ROOM))
        return;
    qsort(shelf->items, shelf->count, sizeof *shelf->items, compare_ids);
    const size_t half = shelf->last != 0 ? beyond_last(shelf) : shelf->count / 2;
    let_go(shelf, half, beyond_last(shelf));
}

void shelf_empty(struct shelf *shelf)
{
    if (shelf->count != 0) {
        qsort(shelf->items, shelf->count, sizeof *shelf->items, compare_ids);
        let_go(shelf, shelf->count, beyond_last(shelf));
    }
    free(shelf->items);
    shelf->items = NULL;
    shelf->room = 0;
}
