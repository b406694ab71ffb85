/* port_numbers PORT - when does a socket get its port number, and who picks it?
 * PORT is that of an echo server on this machine. */
#include <arpa/inet.h>
#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void show(const char *when, int fd)
{
    struct sockaddr_in own = {0};
    socklen_t length = sizeof own;
    getsockname(fd, (struct sockaddr *)&own, &length);
    printf("%-24s own port %d\n", when, ntohs(own.sin_port));
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct servent *web = getservbyname("http", "tcp"); /* from /etc/services */
    printf("%-24s port %d\n", "the web's server", web ? ntohs((uint16_t)web->s_port) : 80);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    show("after socket", fd); /* none yet */
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);
    show("after connect", fd); /* the stack has picked one */
    close(fd);

    fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in own = server;
    own.sin_port = 0; /* any that is free */
    bind(fd, (struct sockaddr *)&own, sizeof own);
    show("after bind to port 0", fd);
    close(fd);

    fd = socket(AF_INET, SOCK_DGRAM, 0);
    sendto(fd, "?", 1, 0, (struct sockaddr *)&server, sizeof server);
    show("after the first sendto", fd);
    close(fd);
}
