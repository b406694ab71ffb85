/* t15_storms SECONDS ROUNDS - processes whose threads call away while others of them
 * are cancelled, while they fork, and while they are killed; for so long, and so often
 * at least. Prints the rounds; a survivor that hangs makes this hang. */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLERS = 4 };
static int pair[2];

static void call(void)
{
    char byte = 'x';
    send(pair[0], &byte, 1, MSG_DONTWAIT);
    recv(pair[1], &byte, 1, MSG_DONTWAIT);
}

static void *caller(void *argument)
{
    for (;;)
        call();
    return argument;
}

/* Each forked child must be able to go on, whatever its siblings held. */
static void *forker(void *argument)
{
    for (;;) {
        const pid_t child = fork();
        if (child == 0) {
            for (int i = 0; i < 10; i++)
                call();
            _exit(0);
        }
        int status = 0;
        if (child > 0)
            waitpid(child, &status, 0);
    }
    return argument;
}

static void be_busy(bool calls_only)
{
    pthread_t threads[CALLERS], forks;
    for (int i = 0; i < CALLERS; i++)
        pthread_create(&threads[i], NULL, caller, NULL);
    if (calls_only)
        caller(NULL);
    pthread_create(&forks, NULL, forker, NULL);
    for (unsigned i = 0;; i++) {
        usleep(200);
        pthread_cancel(threads[i % CALLERS]);
        pthread_join(threads[i % CALLERS], NULL);
        pthread_create(&threads[i % CALLERS], NULL, caller, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
        errx(2, "usage: t15_storms SECONDS ROUNDS");
    const time_t end = time(NULL) + atoi(argv[1]);
    const unsigned least = (unsigned)atoi(argv[2]);
    unsigned rounds = 0;
    for (; time(NULL) < end || rounds < least; rounds++) {
        const pid_t child = fork();
        if (child == 0) {
            setpgid(0, 0);
            be_busy(rounds % 4 != 0);
        }
        setpgid(child, child);
        usleep(500 + (unsigned)rand() % 2000);
        for (int i = 0; i < 100; i++)
            call();
        kill(-child, SIGKILL); /* with the children that it has just now */
        int status;
        waitpid(child, &status, 0);
    }
    printf("%u\n", rounds);
}
