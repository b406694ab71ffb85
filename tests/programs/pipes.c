/* pipes - pipes of several families between sockets of one process: ten bytes
 * one way, seven the other. Prints "name client-descriptor server-descriptor". */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in6 address6(const char *ip, in_port_t port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = port};
    inet_pton(AF_INET6, ip, &address.sin6_addr);
    return address;
}

static void talk(const char *name, int client, int server)
{
    char text[16];
    if (write(client, "0123456789", 10) != 10 || read(server, text, sizeof text) != 10 ||
        write(server, "abcdefg", 7) != 7 || read(client, text, sizeof text) != 7)
        err(1, "%s", name);
    printf("%s %d %d\n", name, client, server);
}

/* A server on all addresses of IPv6, which are those of IPv4 as well. */
static int serve(in_port_t *port)
{
    const int listening = socket(AF_INET6, SOCK_STREAM, 0), no = 0;
    struct sockaddr_in6 any = address6("::", 0);
    socklen_t size = sizeof any;
    if (setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) < 0 ||
        bind(listening, (struct sockaddr *)&any, size) < 0 || listen(listening, 8) < 0 ||
        getsockname(listening, (struct sockaddr *)&any, &size) < 0)
        err(1, "listen");
    *port = any.sin6_port;
    return listening;
}

static void over(const char *name, int family, const void *address, socklen_t size, int listening)
{
    const int client = socket(family, SOCK_STREAM, 0);
    if (connect(client, address, size) < 0)
        err(1, "%s", name);
    const int server = accept(listening, NULL, NULL);
    talk(name, client, server);
    close(client);
    close(server);
}

int main(void)
{
    in_port_t port;
    int pair[2];
    const int listening = serve(&port);
    const struct sockaddr_in6 six = address6("::1", port), mapped = address6("::ffff:127.0.0.1", port);
    const struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    over("ipv6", AF_INET6, &six, sizeof six, listening);
    over("ipv4", AF_INET, &four, sizeof four, listening);
    over("mapped", AF_INET6, &mapped, sizeof mapped, listening);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    talk("pair", pair[0], pair[1]);
    return 0;
}
