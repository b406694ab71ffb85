/* calls.c - the time that one call takes, again and again.
 *
 *     calls WORK [SIZE [THREADS [PROCESSES [RUNS [CALLS]]]]]
 *
 * WORK: send, recv (SIZE bytes through a socket of each thread's own), read,
 * write (on a file), cycle (connect, accept and close over loopback). Prints for
 * each run the processor time of one call, the mean over all threads, and that
 * of one clock_gettime(CLOCK_MONOTONIC) just before, both in ns. See standin.c
 * for what makes send and its like return at once.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX 256

struct work {
    const char *name;
    void (*batch)(unsigned calls, size_t size); /* opens what it needs, before and after the clock */
};

static struct shared {
    pthread_barrier_t barrier;
    double nanoseconds[WORKERS_MAX]; /* of one call, by worker */
} * shared;

static const struct work *work;
static size_t size;
static unsigned threads, processes, runs, calls;
static double *measured; /* where the worker's batch leaves its time */
static __thread double batch_ns;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The processor time of one call of `body`, made `calls` times. */
#define TIMED(body)                                                                                                    \
    do {                                                                                                               \
        const double begin = now(CLOCK_THREAD_CPUTIME_ID);                                                             \
        for (unsigned i = 0; i < calls; i++)                                                                           \
            body;                                                                                                      \
        batch_ns = (now(CLOCK_THREAD_CPUTIME_ID) - begin) / calls;                                                     \
    } while (0)

static char buffer_of_all[65536];

