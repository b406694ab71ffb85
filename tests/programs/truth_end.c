/* truth_end WHAT - a read that gives 0 where the other side has not ended: shut (own
 * SHUT_RD), empty (messages without a byte, and room for none), self (connected to
 * itself), notices (the error queue), refused (no connection). */
#include "truth.h"

static char bytes[64];

static void shut(void)
{
    int client, server;
    tcp_pair(&client, &server);
    EXPECT(shutdown(client, SHUT_RD), 0);
    EXPECT(recv(client, bytes, sizeof bytes, 0), 0);
    EXPECT(send(server, "0123456789", 10, 0), 10);
    EXPECT(recv(client, bytes, sizeof bytes, 0), 10);
    EXPECT(recv(client, bytes, sizeof bytes, 0), 0);
    EXPECT(send(server, "more", 4, 0), 4);
    EXPECT(close(client), 0); /* with data that nobody has read: a reset */
    EXPECT(recv(server, bytes, sizeof bytes, 0), -1);
    EXPECT(recv(server, bytes, sizeof bytes, 0), 0);
}

static void empty(void)
{
    int client, server, pair[2];
    struct iovec none = {bytes, 0};
    tcp_pair(&client, &server);
    EXPECT(send(client, "", 0, 0), 0);
    EXPECT(send(client, "z", 1, 0), 1);
    EXPECT(recv(server, bytes, 0, 0), 0);
    EXPECT(recv(server, bytes, sizeof bytes, 0), 1);
    const int hears = bound(SOCK_DGRAM, 0), asks = socket(AF_INET, SOCK_DGRAM, 0);
    EXPECT(connect_to(asks, port_of(hears)), 0);
    EXPECT(send(asks, "", 0, 0), 0);
    EXPECT(recv(hears, bytes, sizeof bytes, 0), 0);
    EXPECT(write(asks, "", 0), 0);
    EXPECT(read(hears, bytes, sizeof bytes), 0);
    EXPECT(writev(asks, &none, 1), 0);
    EXPECT(recv(hears, bytes, sizeof bytes, MSG_DONTWAIT), -1);
    EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    EXPECT(send(pair[0], "", 0, 0), 0);
    EXPECT(recv(pair[1], bytes, sizeof bytes, 0), 0);
    EXPECT(close(pair[0]), 0);
    EXPECT(recv(pair[1], bytes, sizeof bytes, 0), 0);
}

static void self(void)
{
    const int port = port_of(bound(SOCK_STREAM, 0));
    const int stream = bound(SOCK_STREAM, port);
    EXPECT(connect_to(stream, port), 0);
    EXPECT(send(stream, "hello", 5, 0), 5);
    EXPECT(recv(stream, bytes, sizeof bytes, 0), 5);
    EXPECT(shutdown(stream, SHUT_WR), 0);
    EXPECT(recv(stream, bytes, sizeof bytes, 0), 0);
    const int datagrams = bound(SOCK_DGRAM, 0);
    EXPECT(connect_to(datagrams, port_of(datagrams)), 0);
    EXPECT(send(datagrams, "self", 4, 0), 4);
    EXPECT(recv(datagrams, bytes, sizeof bytes, 0), 4);
}

static void notices(void)
{
    const int closed = bound(SOCK_DGRAM, 0), port = port_of(closed), on = 1;
    const int asks = socket(AF_INET, SOCK_DGRAM, 0);
    const struct sockaddr_in a = loopback(port);
    char control[512];
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 512};
    close(closed);
    EXPECT(setsockopt(asks, IPPROTO_IP, 11 /* IP_RECVERR */, &on, sizeof on), 0);
    EXPECT(sendto(asks, "lost", 4, 0, (const struct sockaddr *)&a, sizeof a), 4);
    wait_for(asks, POLLERR);
    EXPECT(recvmsg(asks, &message, MSG_ERRQUEUE), 4);
}

static void refused(void)
{
    const int closed = bound(SOCK_STREAM, 0), port = port_of(closed);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    close(closed);
    EXPECT(connect_to(client, port), -1);
    EXPECT(recv(client, bytes, sizeof bytes, 0), -1); /* ENOTCONN */
    const int later = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    EXPECT(connect_to(later, port), -1); /* EINPROGRESS */
    wait_for(later, POLLIN);
    EXPECT(recv(later, bytes, sizeof bytes, 0), -1); /* ECONNREFUSED */
    EXPECT(recv(later, bytes, sizeof bytes, 0), 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } all[] = {{"shut", shut}, {"empty", empty}, {"self", self}, {"notices", notices}, {"refused", refused}};
    for (size_t i = 0; argc > 1 && i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(argv[1], all[i].name) == 0)
            all[i].run();
    }
    return 0;
}
