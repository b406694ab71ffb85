/* t30_semantics - what a socket's calls mean beyond their results: connections
 * that complete later, ports that the stack picks at the last moment, bytes that
 * are only looked at, addresses in unusual clothes. Prints "name number". */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
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

/* A socket with a number that no other has. */
static int apart(int fd)
{
    static int number = 50;
    if (dup2(fd, number) < 0)
        err(1, "dup2");
    close(fd);
    return number++;
}

/* TCP Fast Open connects by sending, where the system has it. After that, an
 * address that comes along says nothing. */
static void connect_by_sending(int listening, int port)
{
    struct sockaddr_in address = loopback(port);
    const struct sockaddr_in other = loopback(9);
    struct iovec part = {(char[]){"hello"}, 5};
    const struct msghdr message = {
        .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1};
    const int by_send = apart(socket(AF_INET, SOCK_STREAM, 0)), by_message = apart(socket(AF_INET, SOCK_STREAM, 0));
    if (sendto(by_send, "hello", 5, MSG_FASTOPEN, (const struct sockaddr *)&address, sizeof address) == 5 &&
        sendmsg(by_message, &message, MSG_FASTOPEN) == 5) {
        show("fast", by_send);
        show("fast_message", by_message);
        if (sendto(by_send, "again", 5, 0, (const struct sockaddr *)&other, sizeof other) != 5)
            err(1, "sendto");
        close(accept(listening, NULL, NULL));
        close(accept(listening, NULL, NULL));
    }
    close(by_send);
    close(by_message);
}

/* The same where nobody listens. */
static void send_to_nobody(void)
{
    const int bound = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(0);
    if (bind(bound, (struct sockaddr *)&address, sizeof address) < 0)
        err(1, "bind");
    address = loopback(show("nobody", port_of(bound)));
    struct iovec part = {(char[]){"hello"}, 5};
    const struct msghdr message = {
        .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1};
    const int fd = show("refused", apart(socket(AF_INET, SOCK_STREAM, 0)));
    if (sendmsg(fd, &message, MSG_FASTOPEN | MSG_NOSIGNAL) >= 0)
        errx(1, "somebody listens");
    close(fd);
    close(bound);
}

/* What is only peeked at has not come in, by whatever call. */
static void peek(int port)
{
    const struct sockaddr_in address = loopback(port);
    char buffer[8];
    struct iovec part = {buffer, sizeof buffer};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    const int fd = show("peeker", apart(socket(AF_INET, SOCK_DGRAM, 0))), sender = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        err(1, "bind");
    const struct sockaddr_in to = loopback(port_of(fd));
    sendto(sender, "1234567", 7, 0, (const struct sockaddr *)&to, sizeof to);
    if (recv(fd, buffer, 8, MSG_PEEK) != 7 || recvfrom(fd, buffer, 8, MSG_PEEK, NULL, NULL) != 7 ||
        recvmsg(fd, &message.msg_hdr, MSG_PEEK) != 7 || recvmmsg(fd, &message, 1, MSG_PEEK, NULL) != 1 ||
        recvmmsg(fd, &message, 1, 0, NULL) != 1)
        err(1, "peek");
    close(sender);
    close(fd);
}

/* What comes back with an error was sent by ourselves. */
static void get_error(int port)
{
    const int fd = show("in_error", apart(socket(AF_INET, SOCK_DGRAM, 0))), on = 1;
    const struct sockaddr_in nobody = loopback(port);
    char buffer[8], control[256];
    struct iovec part = {buffer, sizeof buffer};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct pollfd wait = {.fd = fd};
    if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) < 0 ||
        sendto(fd, "lost", 4, 0, (const struct sockaddr *)&nobody, sizeof nobody) != 4 || poll(&wait, 1, 5000) != 1 ||
        recvmsg(fd, &message, MSG_ERRQUEUE) != 4)
        err(1, "error queue");
    close(fd);
}

static void wake(int signal)
{
    (void)signal;
}

/* A connect that a signal ends goes on by itself. */
static void connect_interrupted(void)
{
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(0);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0 || listen(listening, 0) < 0)
        err(1, "listen");
    address = loopback(port_of(listening));
    for (int i = 0; i < 4; i++) /* more than there is room for */
        connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (struct sockaddr *)&address, sizeof address);
    const struct sigaction action = {.sa_handler = wake};
    const struct itimerval soon = {.it_value = {0, 50000}, .it_interval = {0, 50000}}, never = {{0, 0}, {0, 0}};
    const int fd = show("interrupted", apart(socket(AF_INET, SOCK_STREAM, 0)));
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno != EINTR)
        err(1, "connect was not interrupted");
    setitimer(ITIMER_REAL, &never, NULL);
    close(fd);
}

/* A datagram socket is bound by its first sendto, sendmsg or sendmmsg. */
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
    struct iovec part = {(char[]){"abcd"}, 4};
    struct mmsghdr message = {
        .msg_hdr = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1}};
    const int by_message = socket(AF_INET, SOCK_DGRAM, 0), by_messages = socket(AF_INET, SOCK_DGRAM, 0);
    if (sendmsg(by_message, &message.msg_hdr, 0) != 4 || sendmmsg(by_messages, &message, 1, 0) != 1)
        err(1, "sendmsg");
    close(by_message);
    close(by_messages);
    /* Connected, and no more: the stack has taken the port back, and picks another. */
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const int fd = show("again", socket(AF_INET, SOCK_DGRAM, 0));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 || connect(fd, &nobody, sizeof nobody) < 0 ||
        sendto(fd, "apart", 5, 0, (struct sockaddr *)&address, sizeof address) != 5)
        err(1, "connect to nobody");
    show("apart_port", port_of(fd));
    close(fd);
    close(receiver);
    get_error(ntohs(address.sin_port));
}

/* An address of a family that nobody knows: refused, and shown as it is. */
static void unknown_family(void)
{
    const struct sockaddr address = {.sa_family = 77, .sa_data = "\x01\x02\x03\x04"};
    const int fd = show("unknown", socket(AF_INET, SOCK_STREAM, 0));
    if (connect(fd, &address, sizeof address) == 0 || socket(AF_INET + 256, SOCK_STREAM + 256, 0) >= 0)
        errx(1, "connected to an unknown family");
    close(fd);
}

int main(void)
{
    const int listening = listen_unbound();
    const int port = show("port", port_of(listening));
    connect_later(listening, port);
    connect_mapped(listening, port);
    connect_by_sending(listening, port);
    send_to_nobody();
    send_unbound();
    peek(0);
    connect_interrupted();
    unknown_family();
    close(listening);
}
