/* kept.c - see kept.h.
 *
 * A place in the pool that is in use has the number of that use; but its user may
 * have been cancelled or jumped out of its call. So where no place seems free, one
 * is taken all the same, and whoever finds another number there than its own goes
 * without.
 */
#include "kept.h"

#include "sys.h"

#include <string.h>
#include <sys/mman.h>

#define PLACES 256u

static unsigned char *pool; /* PLACES times place_size bytes; NULL: none */
static uint32_t place_size;
static uint32_t uses[PLACES]; /* the number of its use; 0: free */
static uint32_t last_use;

void kept_start(uint32_t most)
{
    if (most <= KEPT_HERE)
        return;
    const size_t size = (size_t)PLACES * most;
    const long at = sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sys_failed(at))
        return;
    sys_call(SYS_madvise, at, size, MADV_DONTDUMP);
    pool = (unsigned char *)at;
    place_size = most;
}

/* Returns the number of a use, whose place is that modulo PLACES. */
static uint32_t take_place(void)
{
    uint32_t use = 0;
    for (unsigned tries = 0; tries < PLACES; tries++) {
        uint32_t expected = 0;
        do
            use = __atomic_add_fetch(&last_use, 1, __ATOMIC_RELAXED);
        while (use == 0);
        if (__atomic_compare_exchange_n(&uses[use % PLACES], &expected, use, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            return use;
    }
    __atomic_store_n(&uses[use % PLACES], use, __ATOMIC_SEQ_CST);
    return use;
}

void kept_give_back(const struct kept *kept)
{
    uint32_t expected = kept->guarded.value;
    __atomic_compare_exchange_n(kept->guarded.stamp, &expected, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

/* Room for `size` bytes of payload, or for fewer. */
static unsigned char *begin(struct kept *kept, size_t size)
{
    const size_t wanted = size < settings.data ? size : settings.data;
    kept->size = 0;
    kept->guarded.stamp = NULL;
    if (wanted <= KEPT_HERE || pool == NULL)
        return kept->here;
    const uint32_t use = take_place();
    uint32_t *const stamp = &uses[use % PLACES];
    kept->guarded = (struct ring_guarded){pool + (size_t)(use % PLACES) * place_size, stamp, use};
    return pool + (size_t)(use % PLACES) * place_size;
}

static size_t room_of(const struct kept *kept)
{
    const size_t room = kept->guarded.stamp != NULL ? place_size : KEPT_HERE;
    return room < settings.data ? room : settings.data;
}

void kept_take_slow(struct kept *kept, const void *buffer, size_t size)
{
    unsigned char *const to = begin(kept, size);
    const size_t room = room_of(kept), some = size < room ? size : room;
    if (some != 0 && place_copy(to, buffer, some))
        kept->size = (uint32_t)some;
}

void kept_take_parts(struct kept *kept, const struct iovec *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count && size < settings.data; i++)
        size += parts[i].iov_len;
    unsigned char *const to = begin(kept, size);
    const size_t room = room_of(kept);
    for (size_t i = 0; i < count && kept->size < room; i++) {
        const size_t left = room - kept->size, some = parts[i].iov_len < left ? parts[i].iov_len : left;
        if (!place_copy(to + kept->size, parts[i].iov_base, some))
            return;
        kept->size += (uint32_t)some;
    }
}

struct ring_part kept_part(const struct kept *kept, size_t moved)
{
    const uint32_t whole = (uint32_t)(moved < UINT32_MAX ? moved : UINT32_MAX);
    const uint16_t size = (uint16_t)(moved < kept->size ? moved : kept->size);
    if (kept->guarded.stamp == NULL)
        return (struct ring_part){kept->here, whole, size, ITEM_PAYLOAD};
    if (!ring_guard_holds(&kept->guarded))
        return (struct ring_part){NULL, whole, 0, ITEM_PAYLOAD};
    return (struct ring_part){&kept->guarded, whole, size, ITEM_PAYLOAD | RING_GUARDED};
}
