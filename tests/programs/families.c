/* families - a conversation in each family of addresses: IPv6, IPv4 through an
 * IPv6 socket, a path, an abstract name, no name at all, netlink. Prints
 * "name port". */
#include <arpa/inet.h>
#include <err.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Binds, listens, connects and accepts; returns the port, where there is one. */
static int converse(const char *what, const struct sockaddr *listen_on, socklen_t length, const char *connect_to)
{
    struct sockaddr_storage address;
    memcpy(&address, listen_on, length);
    const int listening = socket(address.ss_family, SOCK_STREAM, 0);
    const int client = socket(address.ss_family, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0)
        err(1, "%s", what);
    socklen_t room = sizeof address;
    if (connect_to && getsockname(listening, (struct sockaddr *)&address, &room) == 0)
        inet_pton(AF_INET6, connect_to, &((struct sockaddr_in6 *)&address)->sin6_addr);
    if (connect(client, (struct sockaddr *)&address, length) < 0)
        err(1, "%s: connect", what);
    const int accepted = accept(listening, NULL, NULL);
    if (write(client, what, 3) != 3)
        err(1, "%s: write", what);
    close(accepted);
    close(client);
    close(listening);
    return connect_to ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port) : 0;
}

/* Has the loopback interface an address of IPv6? */
static bool has_ipv6(void)
{
    char line[128];
    bool found = false;
    FILE *const file = fopen("/proc/net/if_inet6", "r");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
        found = strstr(line, " lo\n") != NULL;
    if (file != NULL)
        fclose(file);
    return found;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        errx(2, "usage: families PATH");
    const struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
    if (has_ipv6()) {
        printf("inet6 %d\n", converse("inet6", (const struct sockaddr *)&loopback, sizeof loopback, "::1"));
        printf("mapped %d\n", converse("mapped", (const struct sockaddr *)&any, sizeof any, "::ffff:127.0.0.1"));
    }
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    strncpy(path.sun_path, argv[1], sizeof path.sun_path - 1);
    converse("path", (struct sockaddr *)&path, sizeof path, NULL);
    unlink(argv[1]);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const int size = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "sockspy-test-%d", (int)getpid());
    converse("abstract", (struct sockaddr *)&name,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) + (socklen_t)size, NULL);
    printf("pid %d\n", (int)getpid());
    struct sockaddr_nl netlink = {.nl_family = AF_NETLINK};
    const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (fd < 0 || bind(fd, (struct sockaddr *)&netlink, sizeof netlink) < 0)
        err(1, "netlink");
    close(fd);
    const struct sockaddr_vm machine = {
        .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = 100000 + (unsigned)getpid()};
    const int guest = socket(AF_VSOCK, SOCK_STREAM, 0); /* not in every kernel */
    if (guest >= 0 && bind(guest, (const struct sockaddr *)&machine, sizeof machine) == 0)
        printf("vsock %u\n", machine.svm_port);
}
