/* clock.h - ticks: the cheapest clock that agrees on every CPU.
 *
 * The time-stamp counter where the kernel itself trusts it (its clock source
 * is "tsc"), cntvct on aarch64, CLOCK_MONOTONIC in nanoseconds otherwise. The
 * ring's header names the kind, for all its writers and readers.
 */
#ifndef SOCKSPY_CLOCK_H
#define SOCKSPY_CLOCK_H

#include "record.h"
#include "sys.h"

#include <time.h>

/* Does this processor have such a clock? Programs for two kinds of processor may
 * meet at one ring, where one of them is emulated. */
static inline int clock_is_here(uint32_t kind)
{
#if defined(__x86_64__)
    return kind == RING_CLOCK_MONOTONIC || kind == RING_CLOCK_TSC;
#elif defined(__aarch64__)
    return kind == RING_CLOCK_MONOTONIC || kind == RING_CLOCK_CNTVCT;
#else
    return kind == RING_CLOCK_MONOTONIC;
#endif
}

/* CLOCK_MONOTONIC as libc has it. In the library (real.c) that is libc's own function,
 * past a program's or another preload's: theirs may bend time, or send. */
extern int (*clock_of_libc)(clockid_t clock, struct timespec *now);

static inline uint64_t clock_ticks(uint32_t kind)
{
#if defined(__x86_64__)
    if (__builtin_expect(kind == RING_CLOCK_TSC, 1))
        return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    if (__builtin_expect(kind == RING_CLOCK_CNTVCT, 1)) {
        uint64_t ticks;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
        return ticks;
    }
#endif
    struct timespec now;
    clock_of_libc(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Both clocks at one moment: the tightest of a few readings. For start-up: asks
 * the kernel itself, for another preloaded library may bend libc's clock. */
static inline struct moment clock_moment(uint32_t kind)
{
    struct moment best = {0, 0};
    uint64_t gap = UINT64_MAX;
    for (int i = 0; i < 4; i++) {
        struct timespec now;
        const uint64_t before = clock_ticks(kind);
        if (sys_call(SYS_clock_gettime, CLOCK_REALTIME, &now) != 0) /* not under this filter */
            clock_of_libc(CLOCK_REALTIME, &now);
        const uint64_t after = clock_ticks(kind);
        if (after - before < gap) {
            gap = after - before;
            best.ticks = before + gap / 2;
            best.unix_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
        }
    }
    return best;
}

#endif
