/* udp_client PORT TEXT... - sends each TEXT as one datagram to the server on
 * this machine and prints the answers. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(2, "usage: udp_client PORT TEXT...");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        err(1, "socket");

    /* A datagram may be lost, and nothing would tell us: wait 10 s at the most. */
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

    for (int i = 2; i < argc; i++) {
        /* At the first sendto the stack picks our port. */
        if (sendto(fd, argv[i], strlen(argv[i]), 0, (struct sockaddr *)&server, sizeof server) < 0)
            err(1, "sendto");
        char answer[2048];
        ssize_t n = recvfrom(fd, answer, sizeof answer, 0, NULL, NULL);
        if (n < 0)
            err(1, "no answer");
        printf("%.*s\n", (int)n, answer);
    }
    close(fd);
}
