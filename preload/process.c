/* process.c - see process.h. */
#include "process.h"

#include "clock.h"
#include "filter.h"
#include "mask.h"
#include "process_row.h"
#include "real.h"
#include "settings.h"
#include "small_file.h"
#include "sys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct here nobody;
struct here *here = &nobody;
__thread struct thread thread = {.process = NO_PROCESS};
uint32_t process_naming = 1; /* with 1, nobody has been renamed at all */
static uint64_t name_at_start[2];
static bool renamed;
bool process_preloaded;
bool process_sandboxed, process_watched;
uintptr_t process_heap, process_stack;
uint32_t process_descriptors;
struct ring_process process_self;
static bool namespace_left;

/* A thread's number without a system call: libc knows it, and gives it away in the
 * number of the clock that the thread's time is measured by. Called past whatever
 * stands before libc, which might send. */
static bool libc_tells_number;

static uint32_t number_by_clock(void)
{
    clockid_t clock;
    if (real_data.self == NULL || real_data.cpu_clock == NULL || real_data.cpu_clock(real_data.self(), &clock) != 0)
        return 0;
    return ~(uint32_t)(clock >> 3);
}

static uint32_t thread_number(void)
{
    const uint32_t tid = libc_tells_number ? number_by_clock() : 0;
    return tid != 0 ? tid : (uint32_t)sys_call(SYS_gettid, 0);
}

bool process_owns_memory_slow(void)
{
    if (__atomic_load_n(&here->number, __ATOMIC_ACQUIRE) == 0) { /* wiped: this memory is a copy, and ours */
        thread.vforked = thread.guest = 0;
        thread.unsure &= PARTED;
        return thread.unsure == UNSURE_NOT;
    }
    if ((thread.unsure & PARTED) != 0)
        return false;
    if (thread.vforked == 0 && thread.unsure == UNSURE_WHICH)
        return true;
    if (thread.vforked != 0 || process_sandboxed || (uint32_t)sys_call(SYS_gettid, 0) != thread.tid)
        return false;
    if (thread.unsure == UNSURE_UNTIL_HOST)
        thread.unsure = UNSURE_NOT;
    return true;
}

/* The first record of a child: a new number in the ring's table of processes. */
static void become_child(const struct ring *into)
{
    uint32_t pid = thread_number();
    if (pid == thread.tid && !process_sandboxed)
        pid = (uint32_t)sys_call(SYS_getpid, 0); /* a raw clone, that libc does not know of */
    process_self.parent = process_self.number;
    process_self.pid = pid;
    process_self.start_time = 0;
    process_self.flags &= ~(uint32_t)(PROCESS_BECOMES | PROCESS_OVER);
    if (namespace_left)
        process_self.pid_namespace = 0;
    process_self.number = ring_process_number(into, process_row_lives, &process_self);
    process_self.moment = (struct moment){clock_ticks(into->clock), 0};
    ring_process_put(into, &process_self);
    here->pid = pid;
    thread.tid = pid;
    thread.process = process_self.number;
    __atomic_store_n(&here->number, process_self.number, __ATOMIC_RELEASE);
}

/* A child that lives in its parent's memory. */
static struct signature sign_guest(void)
{
    uint32_t pid = thread.guest;
    if (pid == 0 && !process_sandboxed) {
        pid = (uint32_t)sys_call(SYS_getpid, 0);
        if (thread.vforked != 0) /* there is only one */
            thread.guest = pid;
    }
    return (struct signature){pid, pid, here->number};
}

struct signature process_sign_slow(const struct ring *into)
{
    if (process_is_stranger()) {
        const uint32_t pid = process_sandboxed ? 0 : (uint32_t)sys_call(SYS_getpid, 0);
        return (struct signature){pid, pid, here->number};
    }
    if (!process_owns_memory() && (thread.unsure & PARTED) == 0)
        return sign_guest();
    if (__atomic_load_n(&here->number, __ATOMIC_ACQUIRE) == 0)
        become_child(into);
    if (thread.process != here->number) {
        thread.tid = thread_number();
        thread.process = here->number;
    }
    if ((thread.unsure & PARTED) != 0) {
        ring_count(into, COUNT_PARTED, 1);
        return (struct signature){0, 0, 0};
    }
    uint32_t tid = thread.tid;
    if (thread.unsure == UNSURE_WHICH)
        tid = process_sandboxed ? 0 : (uint32_t)sys_call(SYS_gettid, 0);
    return (struct signature){here->pid, tid, here->number};
}

/* The room in the kernel's table of our descriptors. */
static uint32_t table_size(const char *status)
{
    static const char name[] = "\nFDSize:\t";
    const char *const line = strstr(status, name);
    return line != NULL ? (uint32_t)number_behind(line + sizeof name - 2) : 0;
}

/* Where the main thread's stack, on which we are, ends: as the kernel tells or, for
 * valgrind has one of its own, at least behind the environment. */
static uintptr_t stack_end(uintptr_t told)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0), beyond = (uintptr_t)environ;
    return told - frame < PROCESS_STACK_MAX ? told : beyond - frame < PROCESS_STACK_MAX ? beyond : 0;
}

static void describe(char *text, size_t room, enum settings_args with)
{
    struct stat namespace;
    if (sys_call(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &namespace, 0) == 0)
        process_self.pid_namespace = namespace.st_ino;
    const long path =
        sys_call(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", process_self.path, sizeof process_self.path - 1);
    process_self.path[path > 0 ? path : 0] = '\0';
    if (path < 0 && getauxval(AT_EXECFN) != 0) /* as it was called */
        strncpy(process_self.path, (const char *)getauxval(AT_EXECFN), sizeof process_self.path - 1);
    const size_t args = with == ARGS_NONE ? 0 : small_file_read("/proc/self/cmdline", text, room);
    if (with == ARGS_MASKED)
        mask_words(text, args, process_self.args, sizeof process_self.args);
    for (size_t i = 0; with == ARGS_ALL && i < args && i + 1 < sizeof process_self.args; i++)
        process_self.args[i] = text[i] == '\0' && i + 1 < args ? ' ' : text[i];
    if (small_file_read("/proc/self/stat", text, room) != 0) {
        process_self.start_time = stat_number(text, START_TIME_FIELD);
        process_heap = stat_number(text, START_BRK_FIELD);
        process_stack = stack_end(stat_number(text, ENV_END_FIELD));
    }
}

/* A page that a fork leaves zero in the child. */
static void *wiped_page(void)
{
    const long page = sys_call(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sys_failed(page))
        return NULL;
    sys_call(SYS_madvise, page, 4096, MADV_WIPEONFORK);
    return (void *)page;
}

static bool preloads(char *const *environment, const char *library)
{
    const char *const value = settings_value(environment, "LD_PRELOAD");
    return value != NULL && strstr(value, library) != NULL;
}

bool process_preloads(char *const *environment)
{
    return preloads(environment, "libsockspy");
}

static char start_text[1536];

/* As the kernel writes it there: for a sandbox, where it cannot be asked. */
static void note_name(const char *status)
{
    static const char key[] = "Name:\t";
    const char *const name = status + sizeof key - 1;
    const size_t length = strncmp(status, key, sizeof key - 1) == 0 ? strcspn(name, "\n") : 0;
    memcpy(name_at_start, name, length < sizeof name_at_start ? length : sizeof name_at_start - 1);
}

void process_look(void)
{
    if (small_file_read("/proc/self/status", start_text, sizeof start_text) == 0)
        return;
    process_sandboxed = filter_find(start_text);
    note_name(start_text);
    process_descriptors = table_size(start_text);
}

bool process_clock_is_forbidden(void)
{
    int how = PR_TSC_ENABLE;
    return sys_call(SYS_prctl, PR_GET_TSC, &how) == 0 && how != PR_TSC_ENABLE;
}

void process_start(const struct ring *into, const struct settings *asked)
{
    process_preloaded = process_preloads(environ);
    process_watched = preloads(environ, "vgpreload_");
    sys_call(SYS_prctl, PR_GET_NAME, name_at_start);
    describe(start_text, sizeof start_text, (enum settings_args)asked->args);
    const long own_pid = sys_call(SYS_getpid, 0), own_tid = sys_call(SYS_gettid, 0);
    const uint32_t told = number_by_clock(); /* in a sandbox that is all there is: of the first thread, mostly */
    const uint32_t pid = own_pid > 0 ? (uint32_t)own_pid : told, tid = own_tid > 0 ? (uint32_t)own_tid : told;
    libc_tells_number = told == tid;

    process_self.flags = process_sandboxed ? PROCESS_SANDBOXED : 0;
    process_self.number = ring_process_number(into, process_row_lives, &process_self);
    process_self.pid = pid;
    process_self.moment = clock_moment(into->clock);
    memcpy(process_self.comm, name_at_start, sizeof process_self.comm);
    strncpy(process_self.refused, asked->refused, sizeof process_self.refused - 1);
    ring_process_put(into, &process_self);

    void *const page = wiped_page();
    if (page != NULL)
        here = page;
    here->pid = pid;
    here->number = process_self.number;
    thread.tid = tid;
    thread.process = process_self.number;
}

void process_forked(const struct ring *into)
{
    if (thread_number() != here->pid) /* neither was the page wiped, nor did a handler of fork's call us before */
        here->number = 0;
    if (into->header != NULL)
        process_sign_slow(into);
}

void process_named(const uint64_t name[2])
{
    renamed = true;
    if (process_is_stranger())
        return;
    if (name != NULL)
        memcpy(thread.name, name, sizeof thread.name);
    thread.naming = name != NULL ? process_naming : 0;
}

void process_others_named(void)
{
    renamed = true;
    __atomic_fetch_add(&process_naming, 1, __ATOMIC_RELAXED);
}

const uint64_t *process_name_slow(void)
{
    if (process_is_stranger())
        return name_at_start;
    const bool known = thread.naming != 0;
    thread.naming = process_naming;
    if (!known || !renamed)
        memcpy(thread.name, name_at_start, sizeof thread.name);
    if (renamed && !process_sandboxed)
        sys_call(SYS_prctl, PR_GET_NAME, thread.name);
    return thread.name;
}

/* A directory has a link from each that lies in it. */
bool process_is_alone(void)
{
    struct stat tasks;
    if (!process_sandboxed && sys_call(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &tasks, 0) == 0)
        return tasks.st_nlink <= 3;
    return thread_number() == here->pid;
}

void process_parts(void)
{
    thread.unsure |= PARTED;
}

void process_new_namespace(void)
{
    namespace_left = true;
}

void process_sandbox(const struct ring *into, bool on)
{
    if (!process_is_stranger() && thread.vforked != 0 && !process_owns_memory())
        return;
    (on ? filter_comes : filter_came_not)();
    process_sandboxed = sys_filtered;
    process_self.flags =
        sys_filtered ? process_self.flags | PROCESS_SANDBOXED : process_self.flags & ~(uint32_t)PROCESS_SANDBOXED;
    if (into->header != NULL && here->number != 0)
        ring_process_put(into, &process_self);
}

void process_becomes(const struct ring *into, const char *path, size_t size)
{
    const size_t room = sizeof process_self.next - 1, cut = size > room ? size - room : 0;
    process_sign(into); /* a child has its row from now on */
    memset(process_self.next, 0, sizeof process_self.next);
    if (path != NULL)
        memcpy(process_self.next, path + cut, size - cut);
    process_self.flags |= PROCESS_BECOMES;
    ring_process_put(into, &process_self);
}

void process_stays(const struct ring *into)
{
    process_self.flags &= ~(uint32_t)PROCESS_BECOMES;
    ring_process_put(into, &process_self);
}

void process_ends(const struct ring *into)
{
    if (here->number == 0 || here->number != process_self.number)
        return;
    process_self.flags |= PROCESS_OVER;
    ring_process_put(into, &process_self);
}
