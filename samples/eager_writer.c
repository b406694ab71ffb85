/* eager_writer PORT - writes faster than the server reads. write returns when
 * the protocol stack has its own copy, not when the server has read; only when
 * the queues at both ends are full must the program wait. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = 16384, unsent = 0;
    socklen_t length = sizeof size;
    static char block[8192], much[131072];
    memset(block, '.', sizeof block);
    memset(much, '.', sizeof much);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size); /* a small queue fills soon */
    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length);
    printf("send buffer: %d bytes\n", size);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);

    ssize_t n, sum = 0;
    while ((n = send(fd, block, sizeof block, MSG_DONTWAIT)) > 0) /* as long as there is room */
        sum += n;
    if (errno != EAGAIN)
        err(1, "send");
    usleep(100000);               /* what finds room there travels over meanwhile */
    ioctl(fd, TIOCOUTQ, &unsent); /* how much lies in the send queue? */
    printf("handed over without waiting: %zd bytes, in the send queue: %d bytes\n", sum, unsent);

    if ((n = write(fd, much, sizeof much)) < 0) /* this one must wait for room */
        err(1, "write");
    printf("handed over in all: %zd bytes\n", sum + n);
    close(fd);
}
