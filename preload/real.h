/* real.h - the functions that ours stand in front of.
 *
 * real.send(…) is the send that the program would have called without us: the
 * one of the next object in search order, as dlsym(RTLD_NEXT) would find it.
 * We look it up ourselves, because dlsym allocates memory when a symbol is
 * missing, and our hooks may be called from within malloc.
 *
 * real_resolve() fills them in before the first hook runs. Where no library has a
 * function, its pointer leads to one that looks again, for one may have been loaded
 * since, and fails with ENOSYS.
 *
 * A program's own library may have functions of the same names and of other types:
 * to those its calls go untouched, past us, and `real` has what stands behind.
 */
#ifndef SOCKSPY_REAL_H
#define SOCKSPY_REAL_H

#include "api.h"
#include "record.h"

#define UNRECORDED_TOO

/* From here on, the name of a call means our own body of it: hook_NAME to the linker. */
#define CALL(ret, name, params, args, class, api, schema) EXPORT ret name params __asm__("hook_" #name);
#define VARIADIC(ret, name, params, class, api, schema) EXPORT ret name params __asm__("hook_" #name);
#include "calls.def"

struct real {
#define CALL(ret, name, params, args, class, api, schema) ret(*name) params;
#define VARIADIC(ret, name, params, class, api, schema) ret(*name) params;
#include "calls.def"
};
#undef UNRECORDED_TOO

extern struct real real;

/* The older one of two versions that differ (x86-64). */
typedef int real_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]);
struct real_old {
    real_spawn *posix_spawn, *posix_spawnp;
};
extern struct real_old real_old;

/* Looked up along with the rest. */
struct real_data {
    ptrdiff_t cpu_at;            /* where the kernel keeps the CPU's number, from the thread pointer; 0: nowhere */
    void *const *program_break;  /* glibc's __curbrk; NULL where there is none */
    ptrdiff_t tls_from, tls_to;  /* where each thread has its own variables, from the thread pointer: of what was
                                    loaded at start */
    const char *single_threaded; /* glibc's __libc_single_threaded; NULL where there is none */
    pthread_t (*self)(void);     /* pthread_self and the like: NULL where libc has none */
    int (*cpu_clock)(pthread_t thread, clockid_t *clock);
    const char *(*version)(void); /* gnu_get_libc_version; NULL in another libc */
    FILE *streams[3];             /* glibc's stdin, stdout and stderr as they are at first; NULL in another libc */
};
extern struct real_data real_data;

/* The part of the address space where the libraries loaded at start lie, and
 * that of the program itself: their static data. */
struct real_range {
    uintptr_t from, to;
};
extern struct real_range real_libraries, real_program;

/* The program's own segments that can be read, each without a hole; the rest empty. */
#define REAL_SEGMENTS 6
extern struct real_range real_segments[REAL_SEGMENTS];

/* Fills in all of the above. Idempotent. */
void real_resolve(void);

/* The name of the call, if a library of the program has its own function under it;
 * else NULL. */
const char *real_owned(enum call call);

/* Where the stub with this slot (entry.h) leads: to our hook, or past us. */
void *real_way(void *const *slot, bool hooked);

/* Leads all stubs there. */
void real_lead(bool hooked);

#endif
