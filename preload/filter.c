/* filter.c - see filter.h. */
#include "filter.h"

#include "real.h"
#include "small_file.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static unsigned own_sandboxes; /* filters that came on while we were here */
static bool can_fork;          /* the program, or another one under the same filter, did */

/* As it was before them. */
static uint64_t before[SYS_NUMBERS / 64];
static bool filtered_before;

static void know(long number)
{
    __atomic_fetch_or(&sys_known[number / 64], UINT64_C(1) << number % 64, __ATOMIC_RELAXED);
}

/* --- what a child tries -------------------------------------------------------- */

/* In the order of their worth, for the first that is not known may be the end. All
 * of them are harmless, most by being refused. */
static const struct {
    short number;
    long a, b, c, d;
} trials[] = {
    {SYS_wait4, -1, 0, WNOHANG | __WALL, 0},
    {SYS_getsockname, -1, 0, 0, 0},
    {SYS_getpeername, -1, 0, 0, 0},
    {SYS_getsockopt, -1, 0, 0, 0},
    {SYS_rt_sigprocmask, -1, 0, 0, 8},
    {SYS_fstat, -1, 0, 0, 0},
    {SYS_newfstatat, -1, 0, 0, 0},
    {SYS_getpid, 0, 0, 0, 0},
    {SYS_gettid, 0, 0, 0, 0},
    {SYS_madvise, 0, 0, MADV_NORMAL, 0},
    {SYS_munmap, 1, 1, 0, 0},
    {SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0},
    {SYS_clock_gettime, 0, 0, 0, 0},
    {SYS_fallocate, -1, 0, 0, 0},
    {SYS_linkat, -1, 0, -1, 0},
    {SYS_unlinkat, -1, 0, 0, 0},
    {SYS_fchmod, -1, 0, 0, 0},
    {SYS_flock, -1, 0, 0, 0},
    {SYS_nanosleep, 0, 0, 0, 0},
    {SYS_getrandom, 0, 0, 1, 0},
    {SYS_readlinkat, -1, 0, 0, 0},
    {SYS_prlimit64, 0, RLIMIT_NOFILE, 0, 0},
    {SYS_ppoll, 0, 0, 0, 0},
    {SYS_kill, 0, 0, 0, 0},
};
enum { TRIALS = sizeof trials / sizeof trials[0] };

/* ppoll without a time-out, and kill to one's own group, are not harmless with these
 * arguments: replaced by ones that are. */
static long try_one(unsigned i)
{
    static const struct {
        long seconds, ns;
    } none;
    const long number = trials[i].number;
    if (number == SYS_ppoll)
        return sys_call6(number, 0, 0, (long)&none, 0, 8, 0);
    if (number == SYS_kill)
        return sys_call6(number, sys_call6(SYS_getpid, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, 0);
    return sys_call6(number, trials[i].a, trials[i].b, trials[i].c, trials[i].d, 0, 0);
}

static _Noreturn void try_all(volatile uint32_t *came_back)
{
    const struct rlimit no_core = {1, 1}; /* core(5): nor a program that takes it */
    sys_call6(SYS_prlimit64, 0, RLIMIT_CORE, (long)&no_core, 0, 0, 0);
    for (unsigned i = 0; i < TRIALS; i++) {
        const long result = try_one(i);
        if (result != -EPERM && result != -ENOSYS && result != -EACCES)
            *came_back |= UINT32_C(1) << i;
    }
    for (;;)
        sys_call6(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

/* A copy of this process, of which the program gets no signal, and for which we wait
 * here; it need not even come to its end. */
static __attribute__((noinline)) void try_in_child(void)
{
    const long page = sys_call(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sys_failed(page))
        return;
    volatile uint32_t *const came_back = (volatile uint32_t *)page;
    const long child = sys_call6(SYS_clone, CLONE_VFORK, 0, 0, 0, 0, 0);
    if (child == 0)
        try_all(came_back);
    for (unsigned i = 0; i < TRIALS; i++) {
        if ((*came_back >> i & 1) != 0)
            know(trials[i].number);
    }
    if (child > 0)
        sys_call(SYS_wait4, child, NULL, __WALL, NULL);
    sys_call(SYS_munmap, page, 4096);
}

/* --- what is known beforehand ---------------------------------------------------- */

/* glibc's fstat was a newfstatat from 2.33 to 2.38. */
static long number_of_fstat(void)
{
    const char *const version = real_data.version == NULL ? "" : real_data.version();
    const unsigned minor = strncmp(version, "2.", 2) == 0 && version[2] >= '0' && version[3] >= '0'
                               ? (unsigned)(version[2] - '0') * 10 + (unsigned)(version[3] - '0')
                               : 0;
    return minor >= 33 && minor <= 38 ? SYS_newfstatat : SYS_fstat;
}

/* The line of this name, without its end; empty where there is none. */
static size_t line_of(const char *status, const char *name, const char **line)
{
    *line = strstr(status, name);
    return *line == NULL ? 0 : strcspn(*line + 1, "\n");
}

/* Is the first process that we see under the same filters? Then so is the whole
 * container, in which others have been made before us; and it itself is the first
 * of such. */
static bool is_container(const char *status)
{
    static const char *const names[] = {"\nSeccomp:", "\nSeccomp_filters:"};
    const char *ours, *theirs;
    if (strstr(status, "\nPid:\t1\n") != NULL)
        return true;
    static char first[1536];
    if (!small_file_read("/proc/1/status", first, sizeof first))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        const size_t length = line_of(status, names[i], &ours);
        if (length == 0 || line_of(first, names[i], &theirs) != length || memcmp(ours, theirs, length + 1) != 0)
            return false;
    }
    return true;
}

bool filter_find(const char *status)
{
    /* The dynamic linker's; and write, without which there is hardly a program. */
    static const short linker[] = {SYS_openat, SYS_read, SYS_close, SYS_mmap, SYS_mprotect, SYS_munmap, SYS_write};
    const char *const mode = strstr(status, "\nSeccomp:\t");
    if (mode == NULL || mode[10] == '0')
        return false;
    for (unsigned i = 0; i < sizeof linker / sizeof linker[0]; i++)
        know(linker[i]);
    know(number_of_fstat());
    if (real_data.version != NULL)
        know(SYS_prlimit64); /* for the size of the stack */
    sys_filtered = true;
    can_fork = is_container(status);
    if (can_fork)
        filter_allows(SYS_getsockname);
    return true;
}

/* --- while the program runs -------------------------------------------------------- */

void filter_comes(void)
{
    if (own_sandboxes++ != 0)
        return;
    memcpy(before, sys_known, sizeof before);
    filtered_before = sys_filtered;
    memset(sys_known, 0, sizeof sys_known);
    sys_filtered = true;
}

void filter_came_not(void)
{
    if (--own_sandboxes != 0)
        return;
    memcpy(sys_known, before, sizeof before);
    sys_filtered = filtered_before;
}

void filter_saw_slow(long number)
{
    if (own_sandboxes == 0)
        know(number);
}

void filter_saw_fork(void)
{
    if (sys_filtered && own_sandboxes == 0)
        can_fork = true;
}

bool filter_allows(long number)
{
    static bool tried;
    if (sys_may(number))
        return true;
    if (own_sandboxes != 0 || !can_fork || __atomic_exchange_n(&tried, true, __ATOMIC_RELAXED))
        return false;
    try_in_child();
    return sys_may(number);
}
