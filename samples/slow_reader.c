/* slow_reader [PORT] - a server that looks away for a while before it reads.
 * What the client sends meanwhile waits in the protocol stacks. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = 16384, waiting = 0;
    socklen_t size_length = sizeof size;
    static char buffer[65536];

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listening, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* a small queue fills soon */
    getsockopt(listening, SOL_SOCKET, SO_RCVBUF, &size, &size_length);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\nreceive buffer: %d bytes\n", ntohs(address.sin_port), size);
    fflush(stdout);

    int connection = accept(listening, NULL, NULL);
    if (connection < 0)
        err(1, "accept");
    for (int i = 0; i < 50; i++)
        usleep(10000);                     /* reads nothing for half a second, in which the client runs */
    ioctl(connection, FIONREAD, &waiting); /* how much lies in the receive queue? */
    printf("waiting in the receive queue: %d bytes\n", waiting);

    ssize_t n, sum = 0;
    while ((n = read(connection, buffer, sizeof buffer)) > 0)
        sum += n;
    printf("read in all: %zd bytes\n", sum);
    close(connection);
    close(listening);
}
