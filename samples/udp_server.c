/* udp_server [PORT [DATAGRAMS]] - answers each datagram with its length.
 *
 * PORT 0, the default, leaves the choice to the protocol stack. No listen, no
 * accept, no connection: one socket serves every client. It ends after
 * DATAGRAMS (1). */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int datagrams = argc > 2 ? atoi(argv[2]) : 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < datagrams; i++) {
        /* Every datagram brings its sender's address along. */
        struct sockaddr_in client;
        char buffer[2048], answer[64];
        length = sizeof client;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
        if (n < 0)
            err(1, "recvfrom");
        int size = snprintf(answer, sizeof answer, "%zd bytes", n);
        sendto(fd, answer, (size_t)size, 0, (struct sockaddr *)&client, length);
    }
    close(fd);
}
