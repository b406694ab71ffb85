/* leaks server - answers each client and never closes what it accepts; prints
 *                its port. Ends by SIGTERM, in order.
 * leaks client PORT - three connections, of which it closes the first only, and
 *                     a socket that it never uses. */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void leave(int signal)
{
    _exit(signal == SIGTERM ? 0 : 1);
}

static int serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char text[16];
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, size) < 0 || listen(listening, 8) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) < 0)
        err(1, "listen");
    signal(SIGTERM, leave);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        const int fd = accept(listening, NULL, NULL);
        if (fd < 0 || read(fd, text, sizeof text) < 0 || write(fd, "answer", 6) != 6)
            err(1, "server");
    }
}

static int call(in_port_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char text[16];
    for (int i = 0; i < 3; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 || write(fd, "ask", 3) != 3 ||
            read(fd, text, sizeof text) != 6)
            err(1, "client");
        if (i == 0)
            close(fd);
    }
    return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "client") == 0)
        return call((in_port_t)atoi(argv[2]));
    return serve();
}
