/* t25_migrates - a coroutine whose calls come back in another thread than they
 * were made in (see shared/t25_fiber.c). Prints the two threads, and for each
 * call the thread it was made in, the one it came back in, and errno there. */
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

static ucontext_t fiber, *host;
static ucontext_t hosts[2];
static sem_t turns[2];
static int finished;
static int pair[2];

/* Called by the waiting calls: back into the thread that runs us now. */
static void yield(void)
{
    swapcontext(&fiber, host);
}

/* Not inlined: where errno lies must be asked anew in each thread. */
static __attribute__((noinline)) int error_now(void)
{
    return errno;
}
static __attribute__((noinline)) int thread_now(void)
{
    return (int)gettid();
}

static void run_recv(void)
{
    char buffer[8];
    recv(pair[0], buffer, sizeof buffer, 0);
}
static void run_send(void)
{
    send(pair[0], "hello", 5, 0);
}
static void run_recvmsg(void)
{
    struct msghdr message = {0};
    recvmsg(pair[0], &message, 0);
}
static void run_recvfrom(void)
{
    char buffer[8];
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    recvfrom(pair[0], buffer, sizeof buffer, 0, (struct sockaddr *)&address, &length);
}
static void run_connect(void)
{
    const struct sockaddr address = {.sa_family = AF_UNIX};
    connect(pair[0], &address, sizeof address);
}
static void run_accept(void)
{
    accept(pair[0], NULL, NULL);
}
static void run_fclose(void)
{
    fclose(fdopen(pair[1], "w"));
}

static void run_sendto(void)
{
    sendto(pair[0], "hello", 5, 0, NULL, 0);
}
static void run_sendmsg(void)
{
    const struct msghdr message = {0};
    sendmsg(pair[0], &message, 0);
}
static void run_read(void)
{
    char buffer[8];
    if (read(pair[0], buffer, sizeof buffer) >= 0)
        errx(1, "read");
}
static void run_write(void)
{
    if (write(pair[0], "hello", 5) >= 0)
        errx(1, "write");
}
static void run_readv(void)
{
    char buffer[8];
    const struct iovec part = {buffer, sizeof buffer};
    if (readv(pair[0], &part, 1) >= 0)
        errx(1, "readv");
}
static void run_writev(void)
{
    char buffer[8] = "hello";
    const struct iovec part = {buffer, 5};
    if (writev(pair[0], &part, 1) >= 0)
        errx(1, "writev");
}
static void run_accept4(void)
{
    accept4(pair[0], NULL, NULL, SOCK_CLOEXEC);
}
static void run_close(void)
{
    close(pair[0]);
}

static const struct {
    const char *name;
    void (*run)(void);
} rows[] = {
#define ROW(name) {#name, run_##name},
    ROW(recv) ROW(send) ROW(recvmsg) ROW(recvfrom) ROW(connect) ROW(accept) ROW(fclose) ROW(sendto) ROW(sendmsg)
        ROW(read) ROW(write) ROW(readv) ROW(writev) ROW(accept4) ROW(close)};

static void body(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int from = thread_now();
        rows[i].run();
        const int error = error_now();
        printf("%s %d %d %s\n", rows[i].name, from, thread_now(), strerrorname_np(error));
    }
    finished = 1;
}

/* Two threads that run the coroutine in turns. */
static void *take_turns(void *argument)
{
    const int self = argument != NULL;
    for (int turn = 0;; turn++) {
        sem_wait(&turns[self]);
        if (turn > 0 && error_now() != EIO)
            errx(1, "errno of a thread was changed in another, turn %d", turn);
        if (!finished) {
            host = &hosts[self];
            swapcontext(host, &fiber);
        }
        sem_post(&turns[!self]);
        if (finished)
            return NULL;
    }
}

int main(void)
{
    static char stack[65536];
    pthread_t threads[2];
    void (**const fiber_yield)(void) = dlsym(RTLD_DEFAULT, "fiber_yield");
    if (fiber_yield == NULL)
        errx(2, "without t25_fiber.so");
    *fiber_yield = yield;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    setvbuf(stdout, NULL, _IONBF, 0);
    getcontext(&fiber);
    fiber.uc_stack.ss_sp = stack;
    fiber.uc_stack.ss_size = sizeof stack;
    fiber.uc_link = &hosts[1]; /* an odd number of calls: it ends in the second */
    makecontext(&fiber, body, 0);
    sem_init(&turns[0], 0, 1);
    sem_init(&turns[1], 0, 0);
    pthread_create(&threads[0], NULL, take_turns, NULL);
    pthread_create(&threads[1], NULL, take_turns, &hosts[1]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}
