/* truth.h - what the programs of the truth_ cases share. A call that fails where
 * the kernel was seen to succeed, or the other way round, ends the program: then it
 * is the kernel that differs, not what is said of it. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { OTHER_KERNEL = 3 };
#define EXPECT(call, want)                                                                                             \
    do {                                                                                                               \
        const long got_ = (long)(call);                                                                                \
        if (got_ != (want))                                                                                            \
            err(OTHER_KERNEL, "%s gave %ld", #call, got_);                                                             \
    } while (0)

static inline struct sockaddr_in loopback(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static inline int port_of(int fd)
{
    struct sockaddr_in a;
    socklen_t size = sizeof a;
    EXPECT(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    return ntohs(a.sin_port);
}

static inline int bound(int type, int port)
{
    const struct sockaddr_in a = loopback(port);
    const int fd = socket(AF_INET, type, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    EXPECT(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static inline int connect_to(int fd, int port)
{
    const struct sockaddr_in a = loopback(port);
    return connect(fd, (const struct sockaddr *)&a, sizeof a);
}

/* A connection over loopback; the listening socket stays open. */
static inline void tcp_pair(int *client, int *server)
{
    const int listening = bound(SOCK_STREAM, 0);
    EXPECT(listen(listening, 5), 0);
    *client = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(connect_to(*client, port_of(listening)), 0);
    *server = accept(listening, NULL, NULL);
}

/* Until what was sent has arrived. */
static inline void wait_for(int fd, short events)
{
    struct pollfd set = {.fd = fd, .events = events};
    poll(&set, 1, 5000);
}
