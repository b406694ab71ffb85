/* map.c - see map.h. Linear probing; what is taken out leaves no mark, because
 * those behind it move up. */
#include "base/map.h"

#include "base/memory.h"

enum { ROOM_LEAST = 64 };

#define MULTIPLIER UINT64_C(0xd6e8feb86659fd93)

/* Keys come from hostile rings. Where the table would lie nobody knew who made them,
 * so that nobody could make many that share a home. */
static size_t home(const struct map *map, uint64_t key)
{
    const unsigned __int128 product = (unsigned __int128)(key ^ (uintptr_t)map->slots) * MULTIPLIER;
    return ((uint64_t)product ^ (uint64_t)(product >> 64)) & (map->room - 1);
}

/* Where `key` lies, or where it would. */
static size_t find(const struct map *map, uint64_t key)
{
    size_t at = home(map, key);
    while (map->slots[at].value != NULL && map->slots[at].key != key)
        at = (at + 1) & (map->room - 1);
    return at;
}

void *map_get(const struct map *map, uint64_t key)
{
    return map->count != 0 ? map->slots[find(map, key)].value : NULL;
}

static void grow(struct map *map)
{
    struct map_slot *const old = map->slots;
    const size_t room = map->room;
    map->room = room != 0 ? 2 * room : ROOM_LEAST;
    map->slots = memory_new(map->room, sizeof *map->slots);
    for (size_t i = 0; i < room; i++) {
        if (old[i].value != NULL)
            map->slots[find(map, old[i].key)] = old[i];
    }
    free(old);
}

void map_put(struct map *map, uint64_t key, void *value)
{
    if (map->count * 4 >= map->room * 3)
        grow(map);
    struct map_slot *const slot = &map->slots[find(map, key)];
    map->count += slot->value == NULL;
    *slot = (struct map_slot){key, value};
}

void *map_remove(struct map *map, uint64_t key)
{
    if (map->count == 0)
        return NULL;
    size_t hole = find(map, key);
    void *const value = map->slots[hole].value;
    if (value == NULL)
        return NULL;
    const size_t mask = map->room - 1;
    for (size_t at = (hole + 1) & mask; map->slots[at].value != NULL; at = (at + 1) & mask) {
        /* May it move up to the hole, or would that put it before its home? */
        if (((at - home(map, map->slots[at].key)) & mask) >= ((at - hole) & mask)) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole].value = NULL;
    map->count--;
    return value;
}

void map_forget(struct map *map, uint64_t key, const void *value)
{
    if (map_get(map, key) == value)
        map_remove(map, key);
}

uintptr_t map_count(struct map *map, uint64_t key, int change)
{
    const uintptr_t count = (uintptr_t)map_get(map, key) + (uintptr_t)change;
    if (count != 0)
        map_put(map, key, (void *)count);
    else
        map_remove(map, key);
    return count;
}

void map_free(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
