/* ring_file.c - opening or creating the ring; see ring_file.h. */
#include "ring_file.h"

#include "clock.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static long sys_open(const char *path, int flags, int mode)
{
    return sys_call(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

/* Reads the first bytes of a small file as text. Returns whether it could. */
static bool read_line(const char *path, char *line, size_t room)
{
    const long fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    const long got = sys_call(SYS_read, fd, line, room - 1);
    sys_call(SYS_close, fd);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return got > 0;
}

/* Which clock the kernel itself trusts on this machine. */
static uint32_t best_clock(void)
{
    char name[32];
    if (!read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", name, sizeof name))
        return RING_CLOCK_MONOTONIC;
    const uint32_t clock = strcmp(name, "tsc") == 0                ? RING_CLOCK_TSC
                           : strcmp(name, "arch_sys_counter") == 0 ? RING_CLOCK_CNTVCT
                                                                   : RING_CLOCK_MONOTONIC;
    return clock_is_here(clock) ? clock : RING_CLOCK_MONOTONIC;
}

/* Lanes are by CPU number, so what counts is the highest that may come. */
static uint32_t possible_cpus(void)
{
    char list[64];
    if (!read_line("/sys/devices/system/cpu/possible", list, sizeof list))
        return 16;
    uint32_t last = 0;
    for (const char *at = list; *at != '\0'; at++)
        last = *at >= '0' && *at <= '9' ? (last * 10 + (uint32_t)(*at - '0')) & 0xffff : 0;
    return last + 1;
}

/* Ticks per second, good to a few parts in ten thousand: for rings that are
 * read on another machine. On this one the viewer does better by itself. */
static uint64_t measure_ticks(uint32_t clock)
{
    const struct moment from = clock_moment(clock);
    struct moment to = from;
    for (int i = 0; i < 100000 && to.unix_ns - from.unix_ns < 300000; i++)
        to = clock_moment(clock);
    const int64_t ns = to.unix_ns - from.unix_ns;
    return ns <= 0 ? 0 : (uint64_t)((unsigned __int128)(to.ticks - from.ticks) * 1000000000u / (uint64_t)ns);
}

static void *map(long fd, uint64_t size)
{
    const long at = sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sys_failed(at))
        return NULL;
    sys_call(SYS_madvise, at, size, MADV_DONTDUMP);
    return (void *)at;
}

/* Would the mapping take a share of a limited address space that the program
 * may need for itself? */
static bool too_large_for_limit(uint64_t size)
{
    struct rlimit limit;
    return sys_call(SYS_prlimit64, 0, RLIMIT_AS, NULL, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           size > limit.rlim_cur / 16;
}

static bool fits_file_limit(uint64_t size)
{
    struct rlimit limit;
    return sys_call(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           size <= limit.rlim_cur;
}

/* Makes the new file a ring, really allocated: a hole would be a SIGBUS later. */
static __attribute__((noinline)) enum refusal fill(long fd, uint64_t bytes)
{
    const uint32_t cpus = possible_cpus();
    const uint64_t size = ring_file_size(bytes, cpus);
    if (too_large_for_limit(size))
        return NO_MEMORY;
    if (!fits_file_limit(size) || sys_call(SYS_fallocate, fd, 0, 0, size) != 0)
        return NO_SPACE;
    void *const memory = map(fd, size);
    if (memory == NULL)
        return NO_MEMORY;
    const uint32_t clock = best_clock();
    ring_format(memory, bytes, cpus, clock);
    struct ring_header *const header = memory;
    read_line("/proc/sys/kernel/random/boot_id", header->boot_id, sizeof header->boot_id);
    if (header->ticks_per_second == 0)
        header->ticks_per_second = measure_ticks(clock);
    sys_call(SYS_munmap, memory, size);
    return RECORDED;
}

/* Creates the ring beside its path and links it there whole, so that nobody
 * ever opens half of one. */
static __attribute__((noinline)) enum refusal create(const char *path, uint64_t bytes)
{
    char beside[280], digits[12];
    int count = 0;
    unsigned long pid = (unsigned long)sys_call(SYS_getpid, 0);
    do
        digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) != 0);
    char *at = stpcpy(stpcpy(beside, path), ".new.");
    while (count > 0)
        *at++ = digits[--count];
    *at = '\0';

    const long fd = sys_open(beside, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fd == -ENOSPC ? NO_SPACE : NO_PATH;
    sys_call(SYS_fchmod, fd, 0600); /* whatever the umask */
    enum refusal refusal = fill(fd, bytes);
    if (refusal == RECORDED) {
        const long linked = sys_call(SYS_linkat, AT_FDCWD, beside, AT_FDCWD, path, 0);
        if (linked != 0 && linked != -EEXIST)
            refusal = NO_PATH;
    }
    sys_call(SYS_unlinkat, AT_FDCWD, beside, 0);
    sys_call(SYS_close, fd);
    return refusal;
}

static __attribute__((noinline)) enum refusal use(struct ring *ring, long fd)
{
    struct stat file;
    if (sys_call(SYS_fstat, fd, &file) != 0 || !S_ISREG(file.st_mode))
        return NOT_REGULAR;
    if (file.st_uid != (uid_t)getauxval(AT_EUID) || (file.st_mode & 077) != 0)
        return NOT_OURS;
    if (file.st_blocks * 512 < file.st_size)
        return BAD_RING; /* has holes */
    const uint64_t size = (uint64_t)file.st_size;
    if (too_large_for_limit(size))
        return NO_MEMORY;
    if (size < sizeof(struct ring_header))
        return BAD_RING;
    void *const memory = map(fd, size);
    if (memory == NULL)
        return NO_MEMORY;
    enum refusal refusal = ring_attach(ring, memory, size) == NULL ? RECORDED : BAD_RING;
    if (refusal == RECORDED && (!clock_is_here(ring->clock) || clock_ticks(ring->clock) < ring->header->created.ticks))
        refusal = OTHER_CLOCK;
    if (refusal != RECORDED)
        sys_call(SYS_munmap, memory, size);
    return refusal;
}

enum refusal ring_file_open(struct ring *ring, const char *path, uint64_t bytes)
{
    const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK; /* a FIFO must not hold us up */
    long fd = sys_open(path, flags, 0);
    if (fd == -ENOENT) {
        const enum refusal refusal = create(path, bytes);
        if (refusal != RECORDED)
            return refusal;
        fd = sys_open(path, flags, 0);
    }
    if (fd < 0)
        return fd == -ELOOP || fd == -EISDIR || fd == -ENXIO ? NOT_REGULAR : fd == -EACCES ? NOT_OURS : NO_PATH;
    const enum refusal refusal = use(ring, fd);
    sys_call(SYS_close, fd);
    return refusal;
}

const char *ring_file_reason(enum refusal refusal)
{
    static const char *const reasons[REFUSALS] = {
        [RECORDED] = "recorded",
        [NO_PATH] = "the ring can be neither opened nor created there",
        [NOT_REGULAR] = "the ring is not a regular file",
        [NOT_OURS] = "the ring belongs to another user or is open to others",
        [NO_SPACE] = "there is no space for the ring",
        [NO_MEMORY] = "the address space is limited and the ring would take too much of it",
        [BAD_RING] = "the file is no ring of this version; sockspy clean removes it",
        [OTHER_CLOCK] = "the ring is from before the last boot or from another processor; sockspy clean removes it",
    };
    return reasons[refusal];
}
