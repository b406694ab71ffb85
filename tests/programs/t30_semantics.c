/* t30_semantics - what a socket's calls mean beyond their results: connections
 * that complete later, ports that the stack picks at the last moment, bytes that
 * are only looked at, addresses in unusual clothes. Prints "name number". */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int show(const char *name, int number)
{
    if (number < 0)
        err(1, "%s", name);
    printf("%s %d\n", name, number);
    return number;
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        err(1, "getsockname");
    return ntohs(address.sin_port);
}

/* Bound by listen, to a port of the stack's choice. */
static int listen_unbound(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    show("listening", fd);
    if (listen(fd, 4) < 0)
        err(1, "listen");
    return fd;
}

static void connect_later(int listening, int port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = show("later", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        warnx("connected at once");
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = -1;
    socklen_t length = sizeof error;
    if (poll(&wait, 1, 5000) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error != 0)
        errx(1, "not connected: %d", error);
    const int accepted = show("accepted", accept(listening, NULL, NULL));
    char buffer[8];
    if (send(fd, "hello", 5, 0) != 5 || recv(accepted, buffer, 8, MSG_PEEK) != 5 || recv(accepted, buffer, 8, 0) != 5)
        err(1, "hello");
    close(accepted);
    close(fd);
}

/* IPv4 in the clothes of IPv6. */
static void connect_mapped(int listening, int port)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0)
        return;
    show("mapped", fd);
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "connect to a mapped address");
    close(accept(listening, NULL, NULL));
    close(fd);
}

/* A datagram socket is bound by its first sendto. */
static void send_unbound(void)
{
    const int receiver = show("receiver", socket(AF_INET, SOCK_DGRAM, 0));
    struct sockaddr_in address = loopback(0);
    if (bind(receiver, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "bind");
    address = loopback(show("receiver_port", port_of(receiver)));
    const int sender = show("sender", socket(AF_INET, SOCK_DGRAM, 0));
    if (sendto(sender, "abc", 3, 0, (struct sockaddr *)&address, sizeof address) != 3)
        err(1, "sendto");
    close(sender);
    close(receiver);
}

/* An address of a family that nobody knows: refused, and shown as it is. */
static void unknown_family(void)
{
    const struct sockaddr address = {.sa_family = 77, .sa_data = "\x01\x02\x03\x04"};
    const int fd = show("unknown", socket(AF_INET, SOCK_STREAM, 0));
    if (connect(fd, &address, sizeof address) == 0)
        errx(1, "connected to an unknown family");
    close(fd);
}

int main(void)
{
    const int listening = listen_unbound();
    const int port = show("port", port_of(listening));
    connect_later(listening, port);
    connect_mapped(listening, port);
    send_unbound();
    unknown_family();
    close(listening);
}
