/* tcp_echo_client PORT TEXT... - sends each TEXT to the echo server on this
 * machine and prints what comes back. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(2, "usage: tcp_echo_client PORT TEXT...");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);

    for (int i = 2; i < argc; i++) {
        size_t length = strlen(argv[i]), have = 0;
        if (send(fd, argv[i], length, 0) < 0)
            err(1, "send");

        /* A stream keeps no boundaries: the echo may come in pieces. */
        char buffer[4096];
        ssize_t n;
        for (; have < length && (n = recv(fd, buffer, sizeof buffer, 0)) > 0; have += (size_t)n)
            fwrite(buffer, 1, (size_t)n, stdout);
        putchar('\n');
    }
    close(fd);
}
