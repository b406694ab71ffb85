/* t13_reuse THREADS OPENS - each thread opens and closes so many sockets: the
 * numbers go from hand to hand. */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *reuse(void *argument)
{
    for (int i = *(const int *)argument; i > 0; i--) {
        const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        if (fd < 0)
            err(1, "socket");
        close(fd);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        errx(2, "usage: t13_reuse THREADS OPENS");
    int count = atoi(argv[1]), opens = atoi(argv[2]);
    pthread_t threads[64];
    for (int i = 0; i < count && i < 64; i++)
        pthread_create(&threads[i], NULL, reuse, &opens);
    for (int i = 0; i < count && i < 64; i++)
        pthread_join(threads[i], NULL);
}
