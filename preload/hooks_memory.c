/* hooks_memory.c - a program locks its memory, of which ours is a part; or takes
 * memory away that we would take for readable. */
#include "after.h"
#include "place.h"
#include "process.h"
#include "real.h"
#include "ring_file.h"
#include "small_file.h"
#include "sys.h"

#include <sys/mman.h>
#include <sys/resource.h>

/* All of the program's address space, in bytes; 0: unknown. */
static uint64_t whole_size(void)
{
    char text[32];
    small_file_read("/proc/self/statm", text, sizeof text);
    uint64_t pages = 0;
    for (const char *at = text; *at >= '0' && *at <= '9'; at++)
        pages = pages * 10 + (uint64_t)(*at - '0');
    return pages * 4096;
}

/* Is it only with the ring that the program is larger than what it may lock? */
static bool ring_is_too_much(void)
{
    struct rlimit most;
    return sys_call(SYS_prlimit64, 0, RLIMIT_MEMLOCK, NULL, &most) == 0 &&
           whole_size() <= most.rlim_cur + ring_file_mapped();
}

/* The kernel counts every mapping, of which the ring is one, against what an ordinary user
 * may lock. The program goes before: the ring goes, if nobody else can be using it. */
static APART bool gives_way(void)
{
    if (ring.header == NULL || real_data.single_threaded == NULL || *real_data.single_threaded == 0 ||
        process_sandboxed || !process_owns_memory() || thread.unsure != 0 || !ring_is_too_much())
        return false;
    event_hidden(-1, HIDDEN_LOCKED, COUNT_LOCKED, clock_ticks(ring.clock));
    library_leave();
    return true;
}

int around_mlockall(int (*run)(int flags), int flags)
{
    const int result = run(flags);
    return result != 0 && errno == ENOMEM && gives_way() ? run(flags) : result;
}

EXPORT int mlockall(int flags)
{
    return around_mlockall(real.mlockall, flags);
}

static void revoke_unless_readable(const void *address, size_t size, int protection)
{
    if ((protection & PROT_READ) == 0)
        place_revoke(address, size);
}

EXPORT int mprotect(void *address, size_t size, int protection)
{
    revoke_unless_readable(address, size, protection);
    return real.mprotect(address, size, protection);
}

EXPORT int pkey_mprotect(void *address, size_t size, int protection, int key);
EXPORT int pkey_mprotect(void *address, size_t size, int protection, int key)
{
    place_revoke(address, size); /* the key may forbid what the protection allows */
    return real.pkey_mprotect(address, size, protection, key);
}

EXPORT int munmap(void *address, size_t size)
{
    place_revoke(address, size);
    return real.munmap(address, size);
}
