/* windows_server [PORT [CLIENTS]] - an HTTP/1.0 server that takes all of its
 * CLIENTS (2) before it answers any, so that several connections are open at
 * the same time: one listening socket, and one more for each client. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 16 };
static const char answer[] = "HTTP/1.0 200 OK\r\n\r\nHello, window %d.\n";

int main(int argc, char **argv)
{
    int clients = argc > 2 ? atoi(argv[2]) : 2, connection[MOST];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, MOST) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < clients && i < MOST; i++)
        if ((connection[i] = accept(listening, NULL, NULL)) < 0) /* a new descriptor each */
            err(1, "accept");

    for (int i = 0; i < clients && i < MOST; i++) {
        char request[1024], text[128];
        if (read(connection[i], request, sizeof request) < 0)
            err(1, "read");
        int size = snprintf(text, sizeof text, answer, i + 1);
        if (write(connection[i], text, (size_t)size) < 0)
            warn("write");
        close(connection[i]);
    }
    close(listening);
}
