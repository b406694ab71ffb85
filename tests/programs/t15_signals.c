/* t15_signals SECONDS THREADS - threads call, while a timer's signals interrupt
 * them in the middle of it and their handler calls, too; some of them forks.
 * Prints how many calls were made in all. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_ulong made;
static time_t end;
static int pair[2];

static void call(void)
{
    char byte = 'x';
    send(pair[0], &byte, 1, MSG_DONTWAIT);
    recv(pair[1], &byte, 1, MSG_DONTWAIT);
    atomic_fetch_add(&made, 2);
}

static void on_signal(int signal)
{
    static atomic_uint count;
    const int saved = errno;
    (void)signal;
    call();
    if (atomic_fetch_add(&count, 1) % 64 == 0) {
        const pid_t child = _Fork();
        if (child == 0) {
            send(pair[0], "y", 1, MSG_DONTWAIT);
            _exit(0);
        }
        int status;
        while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        atomic_fetch_add(&made, child > 0);
    }
    errno = saved;
}

static void *caller(void *argument)
{
    while (time(NULL) < end)
        call();
    return argument;
}

int main(int argc, char **argv)
{
    const struct itimerval often = {{0, 200}, {0, 200}};
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    pthread_t threads[64];
    const int count = argc == 3 ? atoi(argv[2]) : 0;
    if (count < 1 || count > 64 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
        errx(2, "usage: t15_signals SECONDS THREADS");
    end = time(NULL) + atoi(argv[1]);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, caller, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    signal(SIGALRM, SIG_IGN);
    printf("%lu\n", atomic_load(&made));
}
