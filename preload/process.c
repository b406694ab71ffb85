/* process.c - see process.h. */
#include "process.h"

#include "clock.h"
#include "process_row.h"
#include "real.h"
#include "settings.h"
#include "sys.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct here nobody;
struct here *here = &nobody;
__thread struct thread thread = {.process = NO_PROCESS};
_Alignas(8) char process_comm[16];
bool process_preloaded;
bool process_sandboxed, process_watched;
uintptr_t process_heap, process_stack;
uint32_t process_descriptors;
struct ring_process process_self;
static bool namespace_left;

/* A thread's number without a system call: libc notes it as the owner of a
 * recursive mutex. Where it does so is found out once, with two known layouts
 * (glibc: kind in word 4; musl: in word 0). */
static int owner_word = -1, kind_word;

static uint32_t locked_owner(int kind_at, int owner_at)
{
    union {
        pthread_mutex_t mutex;
        int words[sizeof(pthread_mutex_t) / sizeof(int)];
    } lock;
    memset(&lock, 0, sizeof lock);
    lock.words[kind_at] = 1; /* PTHREAD_MUTEX_RECURSIVE in both */
    pthread_mutex_lock(&lock.mutex);
    const uint32_t owner = (uint32_t)lock.words[owner_at];
    pthread_mutex_unlock(&lock.mutex);
    return owner;
}

static void find_owner_word(uint32_t tid)
{
    static const struct {
        int kind, owner;
    } layouts[] = {{4, 2}, {0, 1}};
    /* In glibc, the second would be a mutex that somebody has locked for ever. */
    const int known = real_data.program_break != NULL ? 1 : 2;
    for (int i = 0; i < known && owner_word < 0; i++) {
        if (locked_owner(layouts[i].kind, layouts[i].owner) == tid) {
            kind_word = layouts[i].kind;
            owner_word = layouts[i].owner;
        }
    }
}

static uint32_t thread_number(void)
{
    if (owner_word >= 0)
        return locked_owner(kind_word, owner_word);
    return (uint32_t)sys_call(SYS_gettid, 0);
}

bool process_owns_memory_slow(void)
{
    if (__atomic_load_n(&here->number, __ATOMIC_ACQUIRE) == 0) { /* wiped: this memory is a copy, and ours */
        thread.vforked = thread.guest = 0;
        thread.unsure = UNSURE_NOT;
        return true;
    }
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
    if (!process_owns_memory())
        return sign_guest();
    if (__atomic_load_n(&here->number, __ATOMIC_ACQUIRE) == 0)
        become_child(into);
    if (thread.process != here->number) {
        thread.tid = thread_number();
        thread.process = here->number;
    }
    uint32_t tid = thread.tid;
    if (thread.unsure == UNSURE_WHICH)
        tid = process_sandboxed ? 0 : (uint32_t)sys_call(SYS_gettid, 0);
    return (struct signature){here->pid, tid, here->number};
}

static size_t read_file(const char *path, char *text, size_t room)
{
    const long fd = sys_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    const long got = sys_call(SYS_read, fd, text, room - 1);
    sys_call(SYS_close, fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
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

static void describe(char *text, size_t room)
{
    struct stat namespace;
    if (sys_call(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &namespace, 0) == 0)
        process_self.pid_namespace = namespace.st_ino;
    const long path =
        sys_call(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", process_self.path, sizeof process_self.path - 1);
    process_self.path[path > 0 ? path : 0] = '\0';
    const size_t args = read_file("/proc/self/cmdline", process_self.args, sizeof process_self.args);
    for (size_t i = 0; i + 1 < args; i++) {
        if (process_self.args[i] == '\0')
            process_self.args[i] = ' ';
    }
    if (read_file("/proc/self/stat", text, room) != 0) {
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

void process_start(const struct ring *into, const char *refused)
{
    static char text[1536];
    if (read_file("/proc/self/status", text, sizeof text) != 0) {
        const char *const seccomp = strstr(text, "\nSeccomp:\t");
        process_sandboxed = seccomp != NULL && seccomp[10] != '0';
        process_descriptors = table_size(text);
    }
    process_preloaded = process_preloads(environ);
    process_watched = preloads(environ, "vgpreload_");
    sys_call(SYS_prctl, PR_GET_NAME, process_comm);
    describe(text, sizeof text);
    const uint32_t pid = (uint32_t)sys_call(SYS_getpid, 0);
    const uint32_t tid = (uint32_t)sys_call(SYS_gettid, 0);
    find_owner_word(tid);

    process_self.flags = process_sandboxed ? PROCESS_SANDBOXED : 0;
    process_self.number = ring_process_number(into, process_row_lives, &process_self);
    process_self.pid = pid;
    process_self.moment = clock_moment(into->clock);
    memcpy(process_self.comm, process_comm, sizeof process_self.comm);
    strncpy(process_self.refused, refused, sizeof process_self.refused - 1);
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

void process_new_namespace(void)
{
    namespace_left = true;
}

void process_sandbox(const struct ring *into, bool on)
{
    if (!process_is_stranger() && thread.vforked != 0 && !process_owns_memory())
        return;
    process_sandboxed = on;
    process_self.flags =
        on ? process_self.flags | PROCESS_SANDBOXED : process_self.flags & ~(uint32_t)PROCESS_SANDBOXED;
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
