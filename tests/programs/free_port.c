/* free_port [udp] - prints a port that is free on every address just now. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

/* IPv6's wildcard stands for IPv4 too (ipv6(7)); without IPv6 there is IPv4 alone. */
static int bind_wildcard(int type)
{
    const struct sockaddr_in6 both = {.sin6_family = AF_INET6};
    int fd = socket(AF_INET6, type, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&both, sizeof both) == 0)
        return fd;
    const struct sockaddr_in one = {.sin_family = AF_INET};
    fd = socket(AF_INET, type, 0);
    return bind(fd, (const struct sockaddr *)&one, sizeof one) < 0 ? -1 : fd;
}

int main(int argc, char **argv)
{
    (void)argv;
    struct sockaddr_in6 address; /* the port of IPv4 lies at the same place */
    socklen_t length = sizeof address;
    const int fd = bind_wildcard(argc > 1 ? SOCK_DGRAM : SOCK_STREAM);
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        err(1, "free_port");
    printf("%d\n", ntohs(address.sin6_port));
}
