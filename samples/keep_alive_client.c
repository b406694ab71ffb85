/* keep_alive_client PORT [REQUESTS] - REQUESTS (3) requests over one
 * connection: created once, connected once, closed once. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2)
        errx(2, "usage: keep_alive_client PORT [REQUESTS]");
    int requests = argc > 2 ? atoi(argv[2]) : 3;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);

    for (int i = 0; i < requests; i++) {
        char page[1024];
        if (write(fd, request, strlen(request)) < 0)
            err(1, "write");
        ssize_t n = read(fd, page, sizeof page); /* short enough to come in one piece */
        if (n <= 0)
            err(1, "read");
        printf("answer %d: %zd bytes, over descriptor %d\n", i + 1, n, fd);
    }
    close(fd); /* now it is the client that says when to end */
}
