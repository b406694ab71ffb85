/* sys.h - system calls of our own, straight to the kernel.
 *
 * For start-up and address look-ups only: errno stays untouched, nobody's
 * interposer sees them, they are no cancellation points, and no symbol of libc
 * is needed. The calls of the traced program itself always go through libc.
 */
#ifndef SOCKSPY_SYS_H
#define SOCKSPY_SYS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Under a seccomp filter, which may kill for a call that it does not know, only
 * those are made that are known to come back (filter.h); others fail with EPERM. */
#define SYS_NUMBERS 512
extern bool sys_filtered;
extern uint64_t sys_known[SYS_NUMBERS / 64]; /* a bit for each number */

static inline bool sys_may(long number)
{
    return !sys_filtered || (number < SYS_NUMBERS && (sys_known[number / 64] >> number % 64 & 1) != 0);
}

/* Returns what the kernel returns: -errno on failure. */
static inline long sys_call6(long number, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
#error "sockspy knows the system calls of x86-64 and aarch64 only"
#endif
}

#define sys_call(number, ...) sys_call_pad(number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define sys_call_pad(number, a, b, c, d, e, f, ...)                                                                    \
    (sys_may(number) ? sys_call6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))             \
                     : -(long)EPERM)

/* fstat by the number that libc uses for it, which changed twice. */
static inline long sys_fstat(long fd, struct stat *file)
{
    enum { EMPTY_PATH = 0x1000 }; /* AT_EMPTY_PATH */
    return sys_may(SYS_fstat) ? sys_call(SYS_fstat, fd, file) : sys_call(SYS_newfstatat, fd, "", file, EMPTY_PATH);
}

/* Is this result an error, for calls that may return addresses? */
static inline bool sys_failed(long result)
{
    return (unsigned long)result > -4096ul;
}

#endif
