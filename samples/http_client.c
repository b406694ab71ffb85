/* http_client PORT [PATH] - asks the HTTP server on this machine for a page. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        errx(2, "usage: http_client PORT [PATH]");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    /* 1. Create the socket: a descriptor comes back. */
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        err(1, "socket");

    /* 2. Connect it to the server's; the stack picks our own port. */
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "connect");

    /* 3. Send the request, receive the answer until the server disconnects. */
    char request[512], answer[4096];
    int length =
        snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", argc > 2 ? argv[2] : "/");
    if (write(fd, request, (size_t)length) < 0)
        err(1, "write");
    ssize_t n;
    while ((n = read(fd, answer, sizeof answer)) > 0)
        fwrite(answer, 1, (size_t)n, stdout);
    if (n < 0)
        err(1, "read");

    /* 4. Disconnect: the descriptor is given back. */
    close(fd);
}
