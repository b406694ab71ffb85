/* connects PORT CLOSED - connects without waiting: to PORT, where somebody
 * listens, and to CLOSED, where nobody does. Prints the local port of the first
 * as getsockname tells it. */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int attempt(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int error = connect(fd, (struct sockaddr *)&address, sizeof address);
    socklen_t length = sizeof error;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (error < 0 && (poll(&wait, 1, 5000) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0))
        err(1, "poll");
    length = sizeof address;
    if (error == 0 && getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        printf("port %d\n", ntohs(address.sin_port));
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        errx(2, "usage: connects PORT CLOSED");
    close(attempt(argv[1]));
    close(attempt(argv[2]));
}
