/* http_server [PORT [REQUESTS]] - an HTTP/1.0 server with one page.
 *
 * PORT 0, the default, leaves the choice to the protocol stack. The server
 * answers REQUESTS (1) clients, one after the other, and ends. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello from the server.\n";

int main(int argc, char **argv)
{
    int requests = argc > 2 ? atoi(argv[2]) : 1, on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    /* A socket with a port number that the clients can know, waiting for them. */
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 5) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < requests; i++) {
        /* Each client gets a new socket, beside the listening one. */
        int connection = accept(listening, NULL, NULL);
        if (connection < 0)
            err(1, "accept");
        char request[4096] = "";
        size_t have = 0;
        ssize_t n;
        while (!strstr(request, "\r\n\r\n") && (n = read(connection, request + have, sizeof request - 1 - have)) > 0)
            have += (size_t)n; /* a blank line ends the request */
        if (write(connection, answer, sizeof answer - 1) < 0)
            warn("write");
        close(connection); /* in HTTP/1.0 this is the end of the page */
    }
    close(listening);
}
