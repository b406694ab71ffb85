/* fd_table.c - see fd_table.h. */
#include "model/fd_table.h"

#include "base/memory.h"

#include <stdbool.h>

#define BITS 6
#define SLOTS (1u << BITS)

struct fd_node {
    unsigned used;      /* of the slots */
    void *slots[SLOTS]; /* nodes; on the lowest level, items */
};

/* Which slot leads to `fd` in a node of that level, counted from 0 at the bottom. */
static unsigned slot_of(uint64_t fd, unsigned level)
{
    return (unsigned)(fd >> (BITS * level)) & (SLOTS - 1);
}

static bool is_beyond(const struct fd_table *table, uint64_t fd)
{
    return table->height == 0 || fd >> (BITS * table->height) != 0;
}

void *fd_table_get(const struct fd_table *table, int fd)
{
    if (fd < 0 || is_beyond(table, (uint64_t)fd))
        return NULL;
    const struct fd_node *node = table->root;
    for (unsigned level = table->height - 1; level != 0 && node != NULL; level--)
        node = node->slots[slot_of((uint64_t)fd, level)];
    return node != NULL ? node->slots[slot_of((uint64_t)fd, 0)] : NULL;
}

static void grow(struct fd_table *table, uint64_t fd)
{
    while (is_beyond(table, fd)) {
        struct fd_node *const above = memory_new(1, sizeof *above);
        above->slots[0] = table->root;
        above->used = table->root != NULL;
        table->root = above;
        table->height++;
    }
}

/* Below a node of that level; returns by how much the number of items changed. A
 * node that becomes empty goes. */
static int put(struct fd_node *node, unsigned level, uint64_t fd, void *item)
{
    void **const slot = &node->slots[slot_of(fd, level)];
    const bool was = *slot != NULL;
    int change;
    if (level == 0) {
        *slot = item;
        change = (item != NULL) - was;
    } else {
        if (!was && item == NULL)
            return 0;
        if (!was)
            *slot = memory_new(1, sizeof *node);
        change = put(*slot, level - 1, fd, item);
        if (((const struct fd_node *)*slot)->used == 0) {
            free(*slot);
            *slot = NULL;
        }
    }
    node->used += (unsigned)((*slot != NULL) - was);
    return change;
}

void fd_table_put(struct fd_table *table, int fd, void *item)
{
    if (item == NULL && (fd < 0 || is_beyond(table, (uint64_t)fd)))
        return;
    grow(table, (uint64_t)fd);
    table->count += (unsigned)put(table->root, table->height - 1, (uint64_t)fd, item);
    if (table->count == 0 && table->height > 1)
        fd_table_free(table);
}

static void *next_below(const struct fd_node *node, unsigned level, uint64_t from, uint64_t *fd)
{
    for (unsigned slot = slot_of(from, level); slot < SLOTS; slot++, from = 0) {
        if (node->slots[slot] == NULL)
            continue;
        void *const item = level == 0 ? node->slots[slot] : next_below(node->slots[slot], level - 1, from, fd);
        if (item == NULL)
            continue;
        *fd |= (uint64_t)slot << (BITS * level);
        return item;
    }
    return NULL;
}

void *fd_table_next(const struct fd_table *table, int64_t *fd)
{
    const uint64_t from = *fd > 0 ? (uint64_t)*fd : 0;
    uint64_t found = 0;
    void *const item = is_beyond(table, from) ? NULL : next_below(table->root, table->height - 1, from, &found);
    *fd = item != NULL ? (int64_t)found : *fd;
    return item;
}

static void free_below(struct fd_node *node, unsigned level)
{
    for (unsigned slot = 0; slot < SLOTS && level != 0; slot++) {
        if (node->slots[slot] != NULL)
            free_below(node->slots[slot], level - 1);
    }
    free(node);
}

void fd_table_free(struct fd_table *table)
{
    if (table->root != NULL)
        free_below(table->root, table->height - 1);
    *table = (struct fd_table){0};
}
