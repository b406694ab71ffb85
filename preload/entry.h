/* entry.h - between entry.S and C.
 *
 * Each exported name is a stub that jumps to where entry_table says: before the
 * start to `first`, then to our hook, or straight to the function that the program
 * would have called without us, with all registers as they were. So that the body
 * of a hook is not what is exported, real.h gives it a symbol of its own, hook_NAME.
 *
 * Some calls cannot pass through a C function: vfork returns twice into the
 * same stack frame, raw vfork and clone through syscall() do so behind our
 * back, and the execl family has argument lists of any length, which it makes
 * arrays of where they lie.
 */
#ifndef SOCKSPY_ENTRY_H
#define SOCKSPY_ENTRY_H

/* Offsets in struct thread (process.h). */
#define THREAD_VFORKED 8
#define THREAD_GUEST 16

#ifndef __ASSEMBLER__
#include "process.h"
#include "real.h"

/* Where the stubs lead: [enum call], and the older of two versions (x86-64). */
enum { ENTRY_POSIX_SPAWN, ENTRY_POSIX_SPAWNP };
extern void *entry_table[], *entry_table_old[];

/* A stub's slot still leads to the start. Where does this call go? */
void *entry_first(void **slot);

/* Copies of real.*, where assembly finds them; set by real_resolve. */
extern void *entry_real_vfork, *entry_real___vfork, *entry_real_syscall;

/* vfork has returned in the parent. */
void entry_vforked(pid_t child);

/* Before a vfork or a clone: makes sure that thread.tid is known, and when it began. */
void entry_identify(void);

/* Before a vfork, clone or clone3 by number, of which we do not see the return;
 * `first` is its first argument. */
void entry_cloning(long number, unsigned long first);

/* As execv and execvp; in execle the environment follows the arguments' NULL. */
int entry_execl(const char *path, char *const argv[]);
int entry_execlp(const char *file, char *const argv[]);
int entry_execle(const char *path, char *const argv[]);

/* The older of two versions. */
real_spawn entry_old_posix_spawn, entry_old_posix_spawnp;

/* All system call numbers but those that make processes. */
long entry_syscall(long number, long a, long b, long c, long d, long e, long f);

static_assert(offsetof(struct thread, vforked) == THREAD_VFORKED, "");
static_assert(offsetof(struct thread, guest) == THREAD_GUEST, "");
#endif

#endif
