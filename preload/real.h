/* real.h - the functions that ours stand in front of.
 *
 * real.send(…) is the send that the program would have called without us: the
 * one of the next object in search order, as dlsym(RTLD_NEXT) would find it.
 * We look it up ourselves, because dlsym allocates memory when a symbol is
 * missing, and our hooks may be called from within malloc.
 *
 * Until real_resolve() has run, each pointer leads to a stand-in that starts
 * the library and calls our hook again (but those of VARIADIC rows, which are
 * NULL). Where no library has a function, it leads to one that looks again, for
 * one may have been loaded since, and fails with ENOSYS.
 */
#ifndef SOCKSPY_REAL_H
#define SOCKSPY_REAL_H

#include "api.h"

#define UNRECORDED_TOO
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
    const char *single_threaded; /* glibc's __libc_single_threaded; NULL where there is none */
    FILE *streams[3];            /* glibc's stdin, stdout and stderr as they are at first; NULL in another libc */
};
extern struct real_data real_data;

/* The part of the address space where the libraries loaded at start lie, and
 * that of the program itself: their static data. */
struct real_range {
    uintptr_t from, to;
};
extern struct real_range real_libraries, real_program;

/* Of the program's, the segment of its variables: without a hole. */
extern struct real_range real_variables;

/* Fills in all of the above. Idempotent. */
void real_resolve(void);

#endif
