/* keep_alive_server [PORT] - one client, many requests over one connection.
 * Because the connection stays, the end of a page can no longer be the end of
 * the connection: Content-Length says how long each answer is. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello\n";

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 5) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    int connection = accept(listening, NULL, NULL);
    if (connection < 0)
        err(1, "accept");
    char request[4096];
    ssize_t n; /* 0: the client has had enough and disconnects */
    while ((n = read(connection, request, sizeof request)) > 0) {
        if (write(connection, answer, strlen(answer)) < 0)
            err(1, "write");
    }
    close(connection);
    close(listening);
}
