/* ring_file.c - opening the ring; see ring_file.h. */
#include "ring_file.h"

#include "clock.h"
#include "ring_create.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void *map(long fd, uint64_t size)
{
    const long at = sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sys_failed(at))
        return NULL;
    sys_call(SYS_madvise, at, size, MADV_DONTDUMP);
    return (void *)at;
}

/* The ring that is used. */
static void *mapped;
static uint64_t mapped_size;

uint64_t ring_file_mapped(void)
{
    return mapped_size;
}

void ring_file_leave(void)
{
    if (mapped != NULL)
        sys_call(SYS_munmap, mapped, mapped_size);
    mapped = NULL;
    mapped_size = 0;
}

/* Would the mapping take a share of a limited address space that the program
 * may need for itself? */
bool ring_file_crowds(uint64_t size)
{
    struct rlimit limit;
    return sys_call(SYS_prlimit64, 0, RLIMIT_AS, NULL, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           size > limit.rlim_cur / 16;
}

static __attribute__((noinline)) enum refusal use(struct ring *ring, long fd)
{
    struct stat file;
    if (sys_fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))
        return NOT_REGULAR;
    if (file.st_uid != (uid_t)getauxval(AT_EUID) || (file.st_mode & 077) != 0)
        return NOT_OURS;
    if (file.st_blocks * 512 < file.st_size)
        return BAD_RING; /* has holes */
    const uint64_t size = (uint64_t)file.st_size;
    if (ring_file_crowds(size))
        return NO_MEMORY;
    if (size < sizeof(struct ring_header))
        return size == 0 ? IN_THE_MAKING : BAD_RING;
    void *const memory = map(fd, size);
    if (memory == NULL)
        return NO_MEMORY;
    enum refusal refusal = ring_attach(ring, memory, size) == NULL                  ? RECORDED
                           : ((const struct ring_header *)memory)->magic[0] == '\0' ? IN_THE_MAKING
                                                                                    : BAD_RING;
    if (refusal == RECORDED && (!clock_is_here(ring->clock) || clock_ticks(ring->clock) < ring->header->created.ticks))
        refusal = OTHER_CLOCK;
    if (refusal == RECORDED && ring->clock == RING_CLOCK_MONOTONIC && !sys_may(SYS_clock_gettime))
        refusal = NO_CLOCK;
    if (refusal != RECORDED) {
        sys_call(SYS_munmap, memory, size);
        return refusal;
    }
    mapped = memory;
    mapped_size = size;
    return RECORDED;
}

/* Uses what lies at `path`, unless nothing does (*missing). A FIFO, a device or the like
 * is not even opened: whoever waits at its other end would notice. */
static __attribute__((noinline)) enum refusal open_there(struct ring *ring, const char *path, bool *missing)
{
    struct stat file;
    const long looked = sys_call(SYS_newfstatat, AT_FDCWD, path, &file, AT_SYMLINK_NOFOLLOW);
    *missing = looked == -ENOENT;
    if (looked != 0 && looked != -EPERM) /* a filter: then openat has to do */
        return NO_PATH;
    if (looked == 0 && !S_ISREG(file.st_mode))
        return NOT_REGULAR;
    const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC; /* it may be another by now */
    const long fd = sys_call(SYS_openat, AT_FDCWD, path, flags, 0);
    *missing = fd == -ENOENT;
    if (fd < 0)
        return fd == -ELOOP || fd == -EISDIR || fd == -ENXIO ? NOT_REGULAR : fd == -EACCES ? NOT_OURS : NO_PATH;
    const enum refusal refusal = use(ring, fd);
    sys_call(SYS_close, fd);
    return refusal;
}

/* The same, but waits for who makes it at its place: some thousandths of a second. */
static enum refusal open_whole(struct ring *ring, const char *path, bool *missing)
{
    enum { TRIES = 5000 };
    enum refusal refusal = open_there(ring, path, missing);
    for (int i = 0; i < TRIES && refusal == IN_THE_MAKING; i++)
        refusal = open_there(ring, path, missing);
    return refusal;
}

enum refusal ring_file_open(struct ring *ring, const char *path, uint64_t bytes)
{
    bool missing;
    const enum refusal refusal = open_whole(ring, path, &missing);
    if (!missing)
        return refusal;
    if (bytes == 0)
        return NOT_THERE;
    /* Another may be faster, and leave no room for ours. */
    const enum refusal created = ring_create(path, bytes);
    const enum refusal opened = open_whole(ring, path, &missing);
    return missing ? created : opened;
}

const char *ring_file_reason(enum refusal refusal)
{
    static const char *const reasons[REFUSALS] = {
        [RECORDED] = "recorded",
        [NO_PATH] = "the ring can be neither opened nor created there",
        [NOT_REGULAR] = "the ring is not a regular file",
        [NOT_OURS] = "the ring belongs to another user or is open to others",
        [NO_SPACE] = "there is no space for the ring",
        [NO_SHARE] = "the ring would take too much of the memory that its control group still has",
        [NO_MEMORY] = "the address space is limited and the ring would take too much of it",
        [BAD_RING] = "the file is no ring of this version; sockspy clean removes it",
        [IN_THE_MAKING] = "whoever was making the ring there has not come to an end; sockspy clean removes it",
        [NO_CLOCK] = "the clock cannot be read without a system call, for which a seccomp filter may kill",
        [NOT_THERE] = "sockspy run has made the ring, but it is not there: removed, or in another mount namespace",
        [OTHER_CLOCK] = "the ring is from before the last boot or from another processor; sockspy clean removes it",
    };
    return reasons[refusal];
}
