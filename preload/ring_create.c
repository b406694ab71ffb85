/* ring_create.c - see ring_create.h. */
#include "ring_create.h"

#include "clock.h"
#include "memory_room.h"
#include "small_file.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

/* Which clock the kernel itself trusts on this machine. */
static uint32_t best_clock(void)
{
    char name[32];
    if (!small_file_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", name, sizeof name))
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
    if (!small_file_line("/sys/devices/system/cpu/possible", list, sizeof list))
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

enum { PATH_SIZE = 256, NAME_SIZE = PATH_SIZE + 24 };

/* The ring may take a quarter of what its control group has left: as much again is soon
 * taken by the program itself, and by others in the group that start along with it. */
#define SHARE 4

/* The bytes of slots that a ring may have, of `bytes` that are asked for; 0: none. */
static uint64_t affordable(uint64_t bytes, uint32_t cpus)
{
    const uint64_t room = memory_room("/proc/self/cgroup", "/sys/fs/cgroup");
    while (bytes >= RING_SIZE_MIN && ring_file_size(bytes, cpus) > room / SHARE)
        bytes /= 2;
    return bytes >= RING_SIZE_MIN ? bytes : 0;
}

static bool fits_file_limit(uint64_t size)
{
    struct rlimit limit;
    return sys_call(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           size <= limit.rlim_cur;
}

/* Really allocated: a hole would be a SIGBUS later. Where a filter may kill for fallocate,
 * what every program does is left: to write. */
static bool allocate(long fd, uint64_t size)
{
    static const char zeros[4096];
    if (sys_may(SYS_fallocate))
        return sys_call(SYS_fallocate, fd, 0, 0, size) == 0;
    while (size > 0) {
        const long done = sys_call(SYS_write, fd, zeros, size < sizeof zeros ? size : sizeof zeros);
        if (done <= 0)
            return false;
        size -= (uint64_t)done;
    }
    return true;
}

/* Makes the new file a ring. */
static __attribute__((noinline)) enum refusal fill(long fd, uint64_t wanted)
{
    const uint32_t cpus = possible_cpus();
    if (ring_file_crowds(ring_file_size(wanted, cpus)))
        return NO_MEMORY;
    const uint64_t bytes = affordable(wanted, cpus);
    if (bytes == 0)
        return NO_SHARE;
    const uint64_t size = ring_file_size(bytes, cpus);
    if (!fits_file_limit(size) || !allocate(fd, size))
        return NO_SPACE;
    const long mapping = sys_call(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sys_failed(mapping))
        return NO_MEMORY;
    void *const memory = (void *)mapping;
    const uint32_t clock = best_clock();
    ring_format(memory, bytes, cpus, clock);
    struct ring_header *const header = memory;
    header->wanted = bytes < wanted ? wanted : 0;
    small_file_line("/proc/sys/kernel/random/boot_id", header->boot_id, sizeof header->boot_id);
    if (header->ticks_per_second == 0)
        header->ticks_per_second = measure_ticks(clock);
    sys_call(SYS_munmap, memory, size);
    return RECORDED;
}

/* Where the file system cannot make a file without a name: PATH.new. and a random number. */
static __attribute__((noinline)) long create_named(const char *path, char name[static NAME_SIZE])
{
    uint64_t random = (uint64_t)clock_moment(RING_CLOCK_MONOTONIC).ticks;
    sys_call(SYS_getrandom, &random, sizeof random, GRND_NONBLOCK);
    for (int tries = 0; tries < 16; tries++, random = random * 6364136223846793005u + 1442695040888963407u) {
        char *at = stpcpy(stpcpy(name, path), ".new.");
        for (int shift = 60; shift >= 0; shift -= 4)
            *at++ = "0123456789abcdef"[random >> shift & 15];
        *at = '\0';
        const long fd = sys_call(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd != -EEXIST)
            return fd;
    }
    return -EEXIST;
}

static long link_unnamed(long fd, const char *path)
{
    char link[32];
    small_file_number(stpcpy(link, "/proc/self/fd/"), (uint32_t)fd);
    const long linked = sys_call(SYS_linkat, AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
    return linked == 0 || linked == -EEXIST ? linked : sys_call(SYS_linkat, fd, "", AT_FDCWD, path, AT_EMPTY_PATH);
}

static __attribute__((noinline)) enum refusal create_in(long directory, const char *path, uint64_t bytes)
{
    char name[NAME_SIZE] = "";
    long fd = sys_call(SYS_openat, directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        fd = create_named(path, name);
    if (fd < 0)
        return fd == -ENOSPC ? NO_SPACE : NO_PATH;
    sys_call(SYS_fchmod, fd, 0600); /* whatever the umask */
    enum refusal refusal = fill(fd, bytes);
    if (refusal == RECORDED) {
        const long linked =
            name[0] == '\0' ? link_unnamed(fd, path) : sys_call(SYS_linkat, AT_FDCWD, name, AT_FDCWD, path, 0);
        if (linked != 0 && linked != -EEXIST)
            refusal = NO_PATH;
    }
    if (name[0] != '\0')
        sys_call(SYS_unlinkat, AT_FDCWD, name, 0);
    sys_call(SYS_close, fd);
    return refusal;
}

/* Where nothing may be linked, the ring is made at its place. Whoever opens it before its
 * head is written, which comes last, waits for it (ring_file.c). */
static enum refusal create_in_place(const char *path, uint64_t bytes)
{
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const long fd = sys_call(SYS_openat, AT_FDCWD, path, flags, 0600);
    if (fd < 0)
        return fd == -EEXIST ? RECORDED : fd == -ENOSPC ? NO_SPACE : NO_PATH;
    const enum refusal refusal = fill(fd, bytes);
    sys_call(SYS_close, fd);
    if (refusal != RECORDED) { /* what lies there is nothing, at least */
        const long emptied = sys_call(SYS_openat, AT_FDCWD, path, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0);
        sys_call(SYS_close, emptied);
    }
    return refusal;
}

static bool exists(const char *path)
{
    struct stat file;
    return sys_call(SYS_newfstatat, AT_FDCWD, path, &file, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Several that fill a ring at once need the space of several. The lock is the directory's,
 * and goes with its holder; who cannot have it goes on without. Returns whether somebody
 * else has made the ring meanwhile. */
static bool wait_for_others(long directory, const char *path)
{
    enum { TRIES = 50, PAUSE_NS = 2000000 };
    for (int i = 0; i < TRIES && sys_call(SYS_flock, directory, LOCK_EX | LOCK_NB) == -EWOULDBLOCK; i++) {
        if (exists(path))
            return true;
        const struct timespec pause = {0, PAUSE_NS};
        sys_call(SYS_nanosleep, &pause, NULL);
    }
    return exists(path);
}

__attribute__((noinline)) enum refusal ring_create(const char *path, uint64_t bytes)
{
    char directory[PATH_SIZE] = ".";
    const char *const slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (strlen(path) >= sizeof directory)
        return NO_PATH;
    if (!sys_may(SYS_linkat))
        return create_in_place(path, bytes);
    if (length != 0) {
        memcpy(directory, path, length);
        directory[length] = '\0';
    }
    const int flags = O_DIRECTORY | O_CLOEXEC;
    long fd = sys_call(SYS_openat, AT_FDCWD, directory, O_RDONLY | flags, 0);
    if (fd < 0) /* not to be read, and not to be locked */
        fd = sys_call(SYS_openat, AT_FDCWD, directory, O_PATH | flags, 0);
    if (fd < 0)
        return NO_PATH;
    const enum refusal refusal = wait_for_others(fd, path) ? RECORDED : create_in(fd, path, bytes);
    sys_call(SYS_close, fd);
    return refusal;
}
