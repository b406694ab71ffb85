/* count_server [PORT [CLIENTS [forget]]] - reads until the client has said all,
 * then answers with the number of bytes. With "forget" it never closes: its
 * descriptors pile up until the program ends. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int clients = argc > 2 ? atoi(argv[2]) : 1, forget = argc > 3;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 5) < 0)
        err(1, "port %d", ntohs(address.sin_port));
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (int i = 0; i < clients; i++) {
        int connection = accept(listening, NULL, NULL);
        if (connection < 0)
            err(1, "accept");
        char buffer[4096], answer[32];
        ssize_t n, sum = 0;
        while ((n = read(connection, buffer, sizeof buffer)) > 0)
            sum += n; /* 0 tells that the client sends no more */
        int size = snprintf(answer, sizeof answer, "%zd bytes", sum);
        if (!forget && send(connection, answer, (size_t)size, MSG_NOSIGNAL) < 0)
            warn("send");
        if (!forget)
            close(connection);
    }
    close(listening);
}
