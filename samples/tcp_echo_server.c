/* tcp_echo_server [PORT [CLIENTS]] - sends back whatever it receives.
 *
 * PORT 0, the default, leaves the choice to the protocol stack. The server
 * stays with each of CLIENTS (1) clients until that one disconnects. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int clients = argc > 2 ? atoi(argv[2]) : 1, on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 5) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < clients; i++) {
        struct sockaddr_in client;
        length = sizeof client;
        int connection = accept(listening, (struct sockaddr *)&client, &length);
        if (connection < 0)
            err(1, "accept");

        char buffer[4096];
        ssize_t n; /* 0 tells that the client has disconnected */
        while ((n = recv(connection, buffer, sizeof buffer, 0)) > 0 && send(connection, buffer, (size_t)n, 0) == n)
            ;
        close(connection);
    }
    close(listening);
}
