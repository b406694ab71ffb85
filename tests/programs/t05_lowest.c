/* t05_lowest TRIES - close(0), then open() must give 0 again, whatever the other
 * thread has recorded meanwhile; more tries until that one has made its rounds.
 * Prints how often it did not. Starts again with a pair of sockets and what
 * $T05_PRELOAD says, so that the race is on before anything else is called. */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 200 }; /* of the other thread, before this is over */
static atomic_bool begun, done;
static atomic_uint rounds;

/* Calls that are recorded and give no descriptor. The first of all may find
 * everything not set up as yet. */
static void *chatter(void *argument)
{
    const int *const pair = argument;
    char byte = 'x';
    atomic_store(&begun, true);
    int value = 1;
    socklen_t length = sizeof value;
    while (!atomic_load(&done)) {
        send(pair[0], &byte, 1, 0);
        recv(pair[1], &byte, 1, 0);
        setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &value, length);
        getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &length);
        atomic_fetch_add(&rounds, 1);
    }
    return NULL;
}

static void start_again(char **argv)
{
    int pair[2];
    char numbers[2][16];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    for (int i = 0; i < 2; i++)
        snprintf(numbers[i], sizeof numbers[i], "%d", pair[i]);
    setenv("LD_PRELOAD", getenv("T05_PRELOAD") != NULL ? getenv("T05_PRELOAD") : "", 1);
    execl("/proc/self/exe", argv[0], argv[1], numbers[0], numbers[1], NULL);
    err(1, "exec");
}

int main(int argc, char **argv)
{
    if (argc == 2)
        start_again(argv);
    if (argc != 4)
        errx(2, "usage: t05_lowest TRIES");
    int pair[2] = {atoi(argv[2]), atoi(argv[3])};
    pthread_t thread;
    if (pthread_create(&thread, NULL, chatter, pair) != 0)
        errx(1, "pthread_create");
    while (!atomic_load(&begun)) {
    }
    for (volatile int i = 0; i < 20000; i++) { /* it is in the midst of its first call */
    }
    int wrong = 0;
    for (int i = atoi(argv[1]); i > 0 || atomic_load(&rounds) < ROUNDS; i--) {
        close(0);
        const int fd = open("/dev/null", O_RDONLY);
        if (fd != 0) {
            wrong++;
            dup2(fd, 0);
            close(fd);
        }
    }
    atomic_store(&done, true);
    pthread_join(thread, NULL);
    printf("%d\n", wrong);
}
