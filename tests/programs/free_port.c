/* free_port [udp] - prints a port of 127.0.0.1 that is free just now. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argv;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, argc > 1 ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, length) < 0 || getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        err(1, "free_port");
    printf("%d\n", ntohs(address.sin_port));
}
