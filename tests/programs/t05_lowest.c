/* t05_lowest TRIES - close(0), then open() must give 0 again, whatever the other
 * thread has recorded meanwhile. Prints how often it did not. */
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

static atomic_bool done;

/* Calls that are recorded and give no descriptor. */
static void *chatter(void *argument)
{
    const int *const pair = argument;
    char byte = 'x';
    int value = 1;
    socklen_t length = sizeof value;
    while (!atomic_load(&done)) {
        send(pair[0], &byte, 1, 0);
        recv(pair[1], &byte, 1, 0);
        setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &value, length);
        getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &length);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int pair[2];
    pthread_t thread;
    if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || pthread_create(&thread, NULL, chatter, pair) != 0)
        errx(2, "usage: t05_lowest TRIES");
    int wrong = 0;
    for (int i = atoi(argv[1]); i > 0; i--) {
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
