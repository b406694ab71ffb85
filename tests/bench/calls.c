/* calls.c - the time that one call takes, again and again.
 *
 *     calls WORK [SIZE [THREADS [PROCESSES [RUNS [CALLS]]]]]
 *
 * WORK: send, recv (SIZE bytes through a socket of each thread's own), read,
 * write (on a file), cycle (connect, accept and close over loopback), none.
 * Prints for each run the processor time of one call, the mean over all threads,
 * and that of one clock_gettime(CLOCK_MONOTONIC) just before, both in ns. See
 * standin.c for what makes send and its like return at once.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX 256

static size_t size;
static unsigned threads, processes, runs, calls;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static unsigned must(int result, const char *what)
{
    if (result < 0)
        fail(what);
    return (unsigned)result;
}

/* --- one batch of calls ------------------------------------------------------ */

static double processor_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Makes the call `calls` times; gives the time of one. */
#define TIMED(call)                                                                                                    \
    ({                                                                                                                 \
        const double begin = processor_ns();                                                                           \
        for (unsigned i = 0; i < calls; i++)                                                                           \
            call;                                                                                                      \
        (processor_ns() - begin) / calls;                                                                              \
    })

static __thread char buffer[65536];

static double time_clock(void)
{
    struct timespec time;
    return TIMED(clock_gettime(CLOCK_MONOTONIC, &time));
}

static double time_send(void)
{
    const int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    const double ns = TIMED(send(fd, buffer, size, 0));
    close(fd);
    return ns;
}

static double time_recv(void)
{
    const int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    const double ns = TIMED(recv(fd, buffer, size, 0));
    close(fd);
    return ns;
}

static double time_read(void)
{
    const int fd = (int)must(open("/dev/null", O_RDWR), "/dev/null");
    const double ns = TIMED(read(fd, buffer, size));
    close(fd);
    return ns;
}

static double time_write(void)
{
    const int fd = (int)must(open("/dev/null", O_RDWR), "/dev/null");
    const double ns = TIMED(write(fd, buffer, size));
    close(fd);
    return ns;
}

static void cycle(int listening, const struct sockaddr_in *address)
{
    const int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    const struct linger linger = {1, 0}; /* no TIME_WAIT: ports would run out */
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    must(connect(fd, (const struct sockaddr *)address, sizeof *address), "connect");
    const int accepted = (int)must(accept(listening, NULL, NULL), "accept");
    close(fd);
    close(accepted);
}

static double time_cycle(void)
{
    const int listening = (int)must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    must(bind(listening, (struct sockaddr *)&address, sizeof address), "bind");
    must(listen(listening, 16), "listen");
    must(getsockname(listening, (struct sockaddr *)&address, &length), "getsockname");
    const double ns = TIMED(cycle(listening, &address));
    close(listening);
    return ns;
}

static double time_nothing(void)
{
    return 0;
}

static const struct work {
    const char *name;
    double (*batch)(void);
} works[] = {
    {"send", time_send},   {"recv", time_recv},   {"read", time_read},
    {"write", time_write}, {"cycle", time_cycle}, {"none", time_nothing},
};

/* --- many workers at once ---------------------------------------------------- */

static const struct work *work;

static struct shared {
    pthread_barrier_t barrier;
    double clock_ns;
    double call_ns[WORKERS_MAX];
} * shared;

static void *be_a_worker(void *context)
{
    const unsigned number = *(const unsigned *)context;
    for (unsigned run = 0; run < runs; run++) {
        if (number == 0)
            shared->clock_ns = time_clock();
        pthread_barrier_wait(&shared->barrier);
        shared->call_ns[number] = work->batch();
        pthread_barrier_wait(&shared->barrier);
        if (number != 0)
            continue;
        double sum = 0;
        for (unsigned i = 0; i < threads * processes; i++)
            sum += shared->call_ns[i];
        printf("%.3f %.3f\n", sum / (threads * processes), shared->clock_ns);
    }
    return NULL;
}

static void be_a_process(unsigned process)
{
    static unsigned numbers[WORKERS_MAX];
    pthread_t ids[WORKERS_MAX];
    for (unsigned i = 0; i < threads; i++) {
        numbers[i] = process * threads + i;
        if (i > 0 && pthread_create(&ids[i], NULL, be_a_worker, &numbers[i]) != 0)
            fail("pthread_create");
    }
    be_a_worker(&numbers[0]);
    for (unsigned i = 1; i < threads; i++)
        pthread_join(ids[i], NULL);
}

static unsigned argument(int argc, char **argv, int at, unsigned otherwise)
{
    return argc > at ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        if (argc > 1 && strcmp(argv[1], works[i].name) == 0)
            work = &works[i];
    size = argument(argc, argv, 2, 0);
    threads = argument(argc, argv, 3, 1);
    processes = argument(argc, argv, 4, 1);
    runs = argument(argc, argv, 5, 5);
    calls = argument(argc, argv, 6, 1000000);
    if (work == NULL || size > sizeof buffer || threads == 0 || processes == 0 || calls == 0 ||
        threads * processes > WORKERS_MAX) {
        fputs("usage: calls send|recv|read|write|cycle|none [SIZE [THREADS [PROCESSES [RUNS [CALLS]]]]]\n", stderr);
        return 2;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        fail("mmap");
    pthread_barrierattr_t between_processes;
    pthread_barrierattr_init(&between_processes);
    pthread_barrierattr_setpshared(&between_processes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared->barrier, &between_processes, threads * processes);

    setvbuf(stdout, NULL, _IOLBF, 0);
    unsigned process = 0;
    for (unsigned i = 1; i < processes && process == 0; i++)
        if (must(fork(), "fork") == 0)
            process = i;
    be_a_process(process);
    if (process == 0)
        while (wait(NULL) > 0)
            continue;
    return 0;
}
