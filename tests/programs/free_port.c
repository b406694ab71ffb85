/* free_port [udp] - prints a port that is free on every address just now, and that
 * the kernel gives to nobody who does not ask for it; to each process another. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* IPv6's wildcard stands for IPv4 too (ipv6(7)); without IPv6 there is IPv4 alone. */
static int bind_wildcard(int type, int port)
{
    const struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port)};
    const struct sockaddr_in one = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    int fd = socket(AF_INET6, type, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&both, sizeof both) == 0)
        return fd;
    const bool taken = fd >= 0 && errno == EADDRINUSE;
    close(fd);
    if (taken)
        return -1;
    fd = socket(AF_INET, type, 0);
    if (bind(fd, (const struct sockaddr *)&one, sizeof one) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The first of the ports that the kernel gives away by itself. */
static int first_given(void)
{
    int first = 0;
    FILE *const range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    if (range == NULL)
        return 0;
    if (fscanf(range, "%d", &first) != 1)
        first = 0;
    fclose(range);
    return first;
}

/* Bound to a port of ours, where there are any; else to one of the kernel's choice. */
static int bind_own(int type)
{
    enum { LEAST = 16384, STEP = 7 };
    const int count = first_given() - LEAST;
    for (int i = 0; i < count; i++) {
        const int fd = bind_wildcard(type, LEAST + (getpid() * STEP + i) % count);
        if (fd >= 0)
            return fd;
    }
    return bind_wildcard(type, 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    struct sockaddr_in6 address; /* the port of IPv4 lies at the same place */
    socklen_t length = sizeof address;
    const int fd = bind_own(argc > 1 ? SOCK_DGRAM : SOCK_STREAM);
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        err(1, "free_port");
    printf("%d\n", ntohs(address.sin6_port));
}
