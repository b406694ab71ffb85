/* map.h - pointers by a number of 64 bits: open addressing, grows with use. */
#ifndef SOCKSPY_MAP_H
#define SOCKSPY_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot {
    uint64_t key;
    void *value; /* NULL: free */
};

/* All zero: empty. The values stay the caller's. */
struct map {
    struct map_slot *slots;
    size_t room; /* 0 or a power of two */
    size_t count;
};

/* The value under `key`, or NULL. */
void *map_get(const struct map *map, uint64_t key);

/* Puts `value` (not NULL) under `key`, in place of what was there. */
void map_put(struct map *map, uint64_t key, void *value);

/* Takes out what is under `key`; returns it, or NULL. */
void *map_remove(struct map *map, uint64_t key);

/* Takes it out only if it is `value`. */
void map_forget(struct map *map, uint64_t key, const void *value);

/* A map that counts: one more, or one less, under `key`. Returns how many there are
 * now; without any there is nothing under it. */
uintptr_t map_count(struct map *map, uint64_t key, int change);

void map_free(struct map *map);

/* Spreads the bits of a number, to make keys of several. */
static inline uint64_t map_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* A key for a text. Two texts may share one: those who keep texts compare them. */
static inline uint64_t map_text_key(const char *text)
{
    uint64_t key = 0;
    for (; *text != '\0'; text++)
        key = map_mix(key, (unsigned char)*text);
    return key;
}

#endif
