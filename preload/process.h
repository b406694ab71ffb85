/* process.h - who is calling: process and thread, without asking the kernel.
 *
 * A page that the kernel wipes on fork tells a child that it is a new process.
 * A child of vfork shares our memory, its page and its thread's variables, so
 * it is known only because vfork, clone and syscall are hooked: while
 * `vforked` or `unsure` is set, the caller may be a guest in its parent's
 * memory, who must not change what the parent knows of its descriptors.
 */
#ifndef SOCKSPY_PROCESS_H
#define SOCKSPY_PROCESS_H

#include "api.h"
#include "ring.h"
#include "settings.h"

/* Lies in a page of its own; all zero: not known yet, or wiped by a fork. */
struct here {
    uint32_t number; /* ring_process.number */
    uint32_t pid;
};
extern struct here *here;

struct thread {
    uint32_t tid;
    uint32_t process; /* here->number for which tid holds, or NO_PROCESS */
    uint32_t vforked; /* depth of vfork children that live in this memory */
    uint32_t unsure;  /* enum process_unsure, perhaps | PARTED */
    uint32_t guest;   /* the pid of the vfork child, once known */
    uint32_t naming;  /* process_naming for which `name` holds; 0: not known */
    uint64_t forking; /* ticks at which the latest vfork began */
    uint64_t name[2]; /* as the kernel's task has it, NUL-padded */
};

#define NO_PROCESS UINT32_MAX /* not 0, which here->number is in a new child */

/* After a raw vfork or clone, of which we do not see the return. */
enum process_unsure {
    UNSURE_NOT,
    UNSURE_UNTIL_HOST, /* the host runs again only when the guest is gone */
    UNSURE_FOR_EVER,   /* both run, on the same thread's variables */
    UNSURE_WHICH       /* both run, and are threads of this process */
};
#define PARTED 8u /* has a table of descriptors of its own, which ours is not: its calls are only counted */
extern __thread struct thread thread;

/* Counts up when somebody renames a thread other than his own: all ask anew. */
extern uint32_t process_naming;
extern struct ring_process process_self; /* as it stands in the ring's table */
extern bool process_preloaded;           /* we came by LD_PRELOAD, and so will go on only by it */
extern bool process_sandboxed;           /* a seccomp filter is on (filter.h) */
extern bool process_watched;             /* valgrind minds what our system calls read */
extern uintptr_t process_heap;           /* where libc's heap begins; 0: unknown */
#define PROCESS_STACK_MAX (128u << 20)   /* the kernel keeps so much free below its end */
extern uintptr_t process_stack;          /* where the main thread's stack ends; 0: unknown */
extern uint32_t process_descriptors;     /* there was none with this number or a higher one at start-up; 0: unknown */

/* Does this environment preload us into the next program? */
bool process_preloads(char *const *environment);

/* A look at what may be done here; once, before process_start. */
void process_look(void);

/* Would reading the processor's counter, which all clocks here do, kill us? */
bool process_clock_is_forbidden(void);

/* Learns who we are; once, at start-up. */
void process_start(const struct ring *into, const struct settings *asked);

/* Who signs a record. */
struct signature {
    uint32_t pid, tid;
    uint32_t number; /* of the process, in the ring's table; 0: this one is not to be written, and has been counted */
};

/* The slow way of process_sign. */
struct signature process_sign_slow(const struct ring *into);

/* In the child of a fork, before it has other threads: a new process. */
void process_forked(const struct ring *into);

/* Children from now on may see other process numbers than we do. */
void process_new_namespace(void);

/* Notes that a seccomp filter comes on, or did not come on after all. A vfork
 * child's is its own affair; of other guests in our memory nobody can tell whose
 * it is. */
void process_sandbox(const struct ring *into, bool on);

/* Notes in our row that we are about to run `path` (of `size` bytes, which may be
 * NULL: not to be told) in our own place; or that it did not come to that. */
void process_becomes(const struct ring *into, const char *path, size_t size);
void process_stays(const struct ring *into);

/* Notes in our row that it may be taken over: this program ends. Only by who owns the memory. */
void process_ends(const struct ring *into);

/* Is the caller a raw clone in its parent's memory, with a thread pointer that
 * is none of libc's? Then `thread` is nothing to read or write. On x86-64, libc's
 * points at itself; Chromium's zygote hands over a block of zeros. */
static inline bool process_is_stranger(void)
{
    return __builtin_thread_pointer() == NULL;
}

/* Is the caller the process whose memory this is? */
bool process_owns_memory_slow(void);
static inline bool process_owns_memory(void)
{
    if (UNLIKELY(process_is_stranger()))
        return false;
    return LIKELY((thread.vforked | thread.unsure) == 0) || process_owns_memory_slow();
}

/* This thread has another name from now on (its first 16 bytes as the kernel has
 * them, or NULL: to be asked for); or some other thread has. */
void process_named(const uint64_t name[2]);
void process_others_named(void);

/* Has this process no other threads? Of its first one in a sandbox, that is taken
 * for granted. */
bool process_is_alone(void);

/* This thread has parted from the table of descriptors that the others share. */
void process_parts(void);

/* Copies the name of the calling thread to where `thread` has it, or elsewhere. */
const uint64_t *process_name_slow(void);

/* The name of the calling thread: 16 bytes. */
static inline const uint64_t *process_name(void)
{
    return LIKELY(thread.naming == process_naming) ? thread.name : process_name_slow();
}

/* Who is calling, right now. */
static inline struct signature process_sign(const struct ring *into)
{
    if (LIKELY(thread.process == here->number && (thread.vforked | thread.unsure) == 0))
        return (struct signature){here->pid, thread.tid, thread.process};
    return process_sign_slow(into);
}

#endif
