/* t16_cancel - a thread waits in each call that may be cancelled, or makes it again
 * and again where that does not wait, and is cancelled. Its cleanup attribute (a destructor, in other languages) and
 * its handler must run, so this is compiled with -fexceptions. Prints "call ended destroyed handled". */
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static int pair[2], listening, full[2], crowded, pipes[2];
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_length = sizeof address;
static int destroyed, handled;
static char buffer[65536];
static struct iovec part = {buffer, 8}, much = {buffer, sizeof buffer};
static char text[] = "%s";
static struct msghdr in = {.msg_iov = &part, .msg_iovlen = 1}, out = {.msg_iov = &much, .msg_iovlen = 1};

static void destroy(int *object)
{
    destroyed += *object;
}

static void handle(void *argument)
{
    (void)argument;
    handled++;
}

#define WAIT(name, ...)                                                                                                \
    static void *wait_##name(void *argument)                                                                           \
    {                                                                                                                  \
        int object __attribute__((cleanup(destroy))) = 1;                                                              \
        pthread_cleanup_push(handle, NULL);                                                                            \
        for (;;)                                                                                                       \
            __VA_ARGS__;                                                                                               \
        pthread_cleanup_pop(0);                                                                                        \
        return argument;                                                                                               \
    }
WAIT(read, read(pair[0], buffer, 8))
WAIT(recv, recv(pair[0], buffer, 8, 0))
WAIT(recvfrom, recvfrom(pair[0], buffer, 8, 0, NULL, NULL))
WAIT(recvmsg, recvmsg(pair[0], &in, 0))
WAIT(readv, readv(pair[0], &part, 1))
WAIT(accept, accept(listening, NULL, NULL))
WAIT(accept4, accept4(listening, NULL, NULL, SOCK_CLOEXEC))
WAIT(write, write(full[0], buffer, sizeof buffer))
WAIT(send, send(full[0], buffer, sizeof buffer, 0))
WAIT(sendto, sendto(full[0], buffer, sizeof buffer, 0, NULL, 0))
WAIT(sendmsg, sendmsg(full[0], &out, 0))
WAIT(writev, writev(full[0], &much, 1))
WAIT(recvmmsg, {
    struct mmsghdr several = {.msg_hdr = in};
    recvmmsg(pair[0], &several, 1, 0, NULL);
})
WAIT(preadv2, preadv2(pair[0], &part, 1, -1, 0))
WAIT(preadv64v2, preadv64v2(pair[0], &part, 1, -1, 0))
WAIT(sendmmsg, {
    struct mmsghdr several = {.msg_hdr = out};
    sendmmsg(full[0], &several, 1, 0);
})
WAIT(pwritev2, pwritev2(full[0], &much, 1, -1, 0))
WAIT(pwritev64v2, pwritev64v2(full[0], &much, 1, -1, 0))
WAIT(splice, splice(pair[0], NULL, pipes[1], NULL, 8, 0))
WAIT(dprintf, dprintf(full[0], text, buffer))
WAIT(connect, connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, address_length))
WAIT(close, close(dup(pair[0])))
WAIT(fcntl, {
    struct flock lock = {.l_type = F_WRLCK};
    fcntl(pair[0], F_SETLKW, &lock);
})
WAIT(system, system("sleep 20"))
WAIT(ppoll, {
    struct pollfd set = {pair[0], POLLIN, 0};
    ppoll(&set, 1, NULL, NULL);
})
WAIT(pselect, {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[0], &set);
    pselect(pair[0] + 1, &set, NULL, NULL, NULL, NULL);
})
WAIT(epoll_pwait, {
    struct epoll_event event;
    epoll_pwait(epoll_create1(0), &event, 1, -1, NULL);
})
WAIT(epoll_pwait2, {
    struct epoll_event event;
    epoll_pwait2(epoll_create1(0), &event, 1, NULL, NULL);
})

/* The other names of these. */
#define OTHER(ret, name, params, ...)                                                                                  \
    ret name params;                                                                                                   \
    WAIT(name, __VA_ARGS__)
OTHER(ssize_t, __read, (int fd, void *to, size_t size), __read(pair[0], buffer, 8))
OTHER(ssize_t, __read_chk, (int fd, void *to, size_t size, size_t room), __read_chk(pair[0], buffer, 8, 8))
OTHER(ssize_t, __recv_chk, (int fd, void *to, size_t size, size_t room, int flags),
      __recv_chk(pair[0], buffer, 8, 8, 0))
OTHER(ssize_t, __recvfrom_chk,
      (int fd, void *to, size_t size, size_t room, int flags, struct sockaddr *from, socklen_t *length),
      __recvfrom_chk(pair[0], buffer, 8, 8, 0, NULL, NULL))
OTHER(ssize_t, __write, (int fd, const void *from, size_t size), __write(full[0], buffer, sizeof buffer))
OTHER(ssize_t, __send, (int fd, const void *from, size_t size, int flags), __send(full[0], buffer, sizeof buffer, 0))
OTHER(int, __dprintf_chk, (int fd, int flag, const char *format, ...), __dprintf_chk(full[0], 1, text, buffer))
OTHER(int, __connect, (int fd, const struct sockaddr *to, socklen_t length),
      __connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, address_length))
OTHER(int, __close, (int fd), __close(dup(pair[0])))
OTHER(int, fcntl64, (int fd, int command, ...), {
    struct flock lock = {.l_type = F_WRLCK};
    fcntl64(pair[0], F_SETLKW, &lock);
})
OTHER(int, __fcntl, (int fd, int command, ...), {
    struct flock lock = {.l_type = F_WRLCK};
    __fcntl(pair[0], F_SETLKW, &lock);
})
OTHER(int, __poll, (struct pollfd * set, nfds_t count, int timeout), {
    struct pollfd set = {pair[0], POLLIN, 0};
    __poll(&set, 1, -1);
})
OTHER(int, __select, (int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout), {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[0], &set);
    __select(pair[0] + 1, &set, NULL, NULL, NULL);
})
OTHER(int, __poll_chk, (struct pollfd * set, nfds_t count, int timeout, size_t room), {
    struct pollfd set = {pair[0], POLLIN, 0};
    __poll_chk(&set, 1, -1, sizeof set);
})
OTHER(int, __ppoll_chk,
      (struct pollfd * set, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room), {
          struct pollfd set = {pair[0], POLLIN, 0};
          __ppoll_chk(&set, 1, NULL, NULL, sizeof set);
      })
WAIT(poll, {
    struct pollfd set = {pair[0], POLLIN, 0};
    poll(&set, 1, -1);
})
WAIT(select, {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[0], &set);
    select(pair[0] + 1, &set, NULL, NULL, NULL);
})
WAIT(epoll_wait, {
    struct epoll_event event;
    const int epoll = epoll_create1(0);
    epoll_wait(epoll, &event, 1, -1);
})

static const struct {
    const char *name;
    void *(*run)(void *);
} rows[] = {
#define ROW(name) {#name, wait_##name},
    ROW(recvmmsg) ROW(preadv2) ROW(preadv64v2) ROW(sendmmsg) ROW(pwritev2) ROW(pwritev64v2) ROW(splice) ROW(dprintf)
        ROW(connect) ROW(close) ROW(fcntl) ROW(system) ROW(ppoll) ROW(pselect) ROW(epoll_pwait) ROW(epoll_pwait2)
            ROW(__read) ROW(__read_chk) ROW(__recv_chk) ROW(__recvfrom_chk) ROW(__write) ROW(__send) ROW(__dprintf_chk)
                ROW(__connect) ROW(__close) ROW(__poll_chk) ROW(__ppoll_chk) ROW(fcntl64) ROW(__fcntl) ROW(__poll)
                    ROW(__select) ROW(read) ROW(recv) ROW(recvfrom) ROW(recvmsg) ROW(readv) ROW(accept) ROW(accept4)
                        ROW(write) ROW(send) ROW(sendto) ROW(sendmsg) ROW(writev) ROW(poll) ROW(select)
                            ROW(epoll_wait)};

/* A listening socket that has no room for one more: who connects to it waits. */
static void crowd(void)
{
    crowded = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(crowded, (struct sockaddr *)&address, sizeof(sa_family_t)) < 0 || listen(crowded, 0) < 0 ||
        getsockname(crowded, (struct sockaddr *)&address, &address_length) < 0)
        err(1, "crowd");
    while (connect(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), (struct sockaddr *)&address, address_length) == 0)
        ;
}

int main(void)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET};
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening = socket(AF_INET, SOCK_STREAM, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, full) < 0 ||
        pipe(pipes) < 0 || bind(listening, (struct sockaddr *)&loopback, sizeof loopback) < 0 ||
        listen(listening, 1) < 0)
        err(1, "sockets");
    crowd();
    memset(buffer, 'x', sizeof buffer - 1);
    while (send(full[0], buffer, sizeof buffer, MSG_DONTWAIT) > 0)
        ;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pthread_t thread;
        void *result = NULL;
        destroyed = handled = 0;
        if (pthread_create(&thread, NULL, rows[i].run, NULL) != 0)
            errx(1, "pthread_create");
        usleep(30000);
        pthread_cancel(thread);
        pthread_join(thread, &result);
        printf("%s %d %d %d\n", rows[i].name, result == PTHREAD_CANCELED, destroyed, handled);
    }
    /* A cancelled call leaves nothing behind that would hinder the next. */
    if (send(pair[1], "hello", 5, 0) != 5 || recv(pair[0], buffer, 8, 0) != 5)
        err(1, "afterwards");
    fflush(stdout);
    _exit(0); /* glibc still knows the stream of a dprintf that was cancelled, on a stack that is gone */
}
