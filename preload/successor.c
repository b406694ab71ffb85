/* successor.c - see successor.h. */
#include "successor.h"

#include "library.h"
#include "place.h"
#include "process.h"

#include <limits.h>
#include <string.h>

/* What vfork children are about to become, until their parents take it. With more
 * of them at once, some go without. */
static struct guest {
    uint32_t pid; /* 0: free */
    char path[SUCCESSOR_PATH];
} guests[8];
enum { GUESTS = sizeof guests / sizeof guests[0] };

static struct guest *find_guest(uint32_t pid)
{
    for (unsigned i = 0; i < GUESTS; i++) {
        if (__atomic_load_n(&guests[i].pid, __ATOMIC_ACQUIRE) == pid)
            return &guests[i];
    }
    return NULL;
}

/* The guest's entry, a new one if need be; NULL where there is none to be had. */
static struct guest *guest_entry(uint32_t pid)
{
    struct guest *const known = find_guest(pid);
    for (unsigned i = 0; i < GUESTS && known == NULL; i++) {
        uint32_t expected = 0;
        if (__atomic_compare_exchange_n(&guests[i].pid, &expected, pid, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return &guests[i];
    }
    return known;
}

static void note_guest(const char *path, ssize_t length)
{
    const uint32_t pid = process_sign(&ring).pid;
    struct guest *const guest = pid != 0 ? guest_entry(pid) : NULL;
    if (guest == NULL)
        return;
    const size_t size = length > 0 ? (size_t)length : 0;
    const size_t cut = size >= SUCCESSOR_PATH ? size - (SUCCESSOR_PATH - 1) : 0;
    memset(guest->path, 0, sizeof guest->path);
    if (size != 0)
        memcpy(guest->path, path + cut, size - cut);
}

void successor_note(const char *path)
{
    if (ring.header == NULL || process_is_stranger())
        return;
    const ssize_t length = place_text_length(path, PATH_MAX);
    if (process_owns_memory())
        process_becomes(&ring, length >= 0 ? path : NULL, length >= 0 ? (size_t)length : 0);
    else if (thread.vforked != 0) /* then our parent waits, and will look */
        note_guest(path, length);
}

void successor_none(void)
{
    if (ring.header == NULL || process_is_stranger())
        return;
    if (process_owns_memory()) {
        process_stays(&ring);
        return;
    }
    struct guest *const guest = thread.vforked != 0 ? find_guest(process_sign(&ring).pid) : NULL;
    if (guest != NULL)
        __atomic_store_n(&guest->pid, 0, __ATOMIC_RELEASE);
}

bool successor_of_guest(uint32_t child, char path[SUCCESSOR_PATH])
{
    struct guest *const guest = child != 0 ? find_guest(child) : NULL;
    if (guest == NULL)
        return false;
    memcpy(path, guest->path, SUCCESSOR_PATH);
    __atomic_store_n(&guest->pid, 0, __ATOMIC_RELEASE);
    return true;
}
