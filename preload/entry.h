/* entry.h - between entry.S and C.
 *
 * Some calls cannot pass through a C function: vfork returns twice into the
 * same stack frame, raw vfork and clone through syscall() do so behind our
 * back, and the execl family has argument lists of any length, which it makes
 * arrays of where they lie.
 */
#ifndef SOCKSPY_ENTRY_H
#define SOCKSPY_ENTRY_H

/* Offsets in struct thread, and its words for a raw clone (process.h). */
#define THREAD_VFORKED 8
#define THREAD_UNSURE 12
#define THREAD_GUEST 16
#define THREAD_UNTIL_HOST 1
#define THREAD_FOR_EVER 2

/* Flags of a raw clone: memory in common, and how. */
#define ENTRY_CLONE_VM 0x100
#define ENTRY_CLONE_VFORK 0x4000
#define ENTRY_CLONE_SETTLS 0x80000

#ifndef __ASSEMBLER__
#include "process.h"

/* Copies of real.*, where assembly finds them; set by real_resolve. */
extern void *entry_real_vfork, *entry_real___vfork, *entry_real_syscall;

/* vfork has returned in the parent. */
void entry_vforked(pid_t child);

/* Before a vfork or a raw clone: makes sure that thread.tid is known, and when it began. */
void entry_identify(void);

/* As execv and execvp; in execle the environment follows the arguments' NULL. */
int entry_execl(const char *path, char *const argv[]);
int entry_execlp(const char *file, char *const argv[]);
int entry_execle(const char *path, char *const argv[]);

/* All system call numbers but those that make processes. */
long entry_syscall(long number, long a, long b, long c, long d, long e, long f);

static_assert(offsetof(struct thread, vforked) == THREAD_VFORKED, "");
static_assert(offsetof(struct thread, unsure) == THREAD_UNSURE, "");
static_assert(offsetof(struct thread, guest) == THREAD_GUEST, "");
static_assert(UNSURE_UNTIL_HOST == THREAD_UNTIL_HOST && UNSURE_FOR_EVER == THREAD_FOR_EVER, "");
static_assert(CLONE_VM == ENTRY_CLONE_VM && CLONE_VFORK == ENTRY_CLONE_VFORK && CLONE_SETTLS == ENTRY_CLONE_SETTLS, "");
#endif

#endif
