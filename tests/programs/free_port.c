/* free_port [udp] - prints a port that is free on every address just now, and that
 * the stack gives to nobody who asks for any: else one that is to be closed, or to
 * be somebody's a moment later, may be another's by then. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { FIRST = 20000, FEWEST = 1000 };

/* How many ports there are from FIRST to those that the stack chooses from (ip(7)). */
static int count_ports(void)
{
    int chosen_from = 0;
    FILE *const range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (range != NULL) {
        if (fscanf(range, "%d", &chosen_from) != 1)
            chosen_from = 0;
        fclose(range);
    }
    return chosen_from - FIRST;
}

/* IPv6's wildcard stands for IPv4 too (ipv6(7)); without IPv6 there is IPv4 alone. */
static int bind_wildcard(int type, int port)
{
    const struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port)};
    int fd = socket(AF_INET6, type, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&both, sizeof both) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && errno == EADDRINUSE)
        return -1;
    const struct sockaddr_in one = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    fd = socket(AF_INET, type, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&one, sizeof one) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Each process begins at another port, as several may ask at a time. */
static int bind_free(int type)
{
    const int count = count_ports();
    for (int i = 0; count >= FEWEST && i < 100; i++) {
        const int fd = bind_wildcard(type, FIRST + (getpid() + i * 101) % count);
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
    const int fd = bind_free(argc > 1 ? SOCK_DGRAM : SOCK_STREAM);
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        err(1, "free_port");
    printf("%d\n", ntohs(address.sin6_port));
}
