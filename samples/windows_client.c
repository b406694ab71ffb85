/* windows_client PORT [WINDOWS] - a browser with two windows: WINDOWS (2)
 * sockets to one server at the same time. Each window keeps its own descriptor
 * and so gets its own answer, though server and port are the same. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 16 };

int main(int argc, char **argv)
{
    int windows = argc > 2 ? atoi(argv[2]) : 2, fd[MOST];
    if (argc < 2 || windows > MOST)
        errx(2, "usage: windows_client PORT [WINDOWS]");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    for (int i = 0; i < windows; i++) {
        fd[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (fd[i] < 0 || connect(fd[i], (struct sockaddr *)&server, sizeof server) < 0)
            err(1, "window %d", i + 1);
    }
    for (int i = 0; i < windows; i++) {
        char request[64];
        int size = snprintf(request, sizeof request, "GET /window%d HTTP/1.0\r\n\r\n", i + 1);
        if (write(fd[i], request, (size_t)size) < 0)
            err(1, "write");
    }
    for (int i = 0; i < windows; i++) {
        char page[1024];
        ssize_t n;
        while ((n = read(fd[i], page, sizeof page)) > 0)
            printf("window %d, descriptor %d: %zd bytes\n", i + 1, fd[i], n);
        close(fd[i]);
    }
}
