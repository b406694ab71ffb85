/* t16_cancel - a thread waits in each call that may be cancelled, and is. Its
 * cleanup attribute (a destructor, in other languages) and its handler must run,
 * so this is compiled with -fexceptions. Prints "call ended destroyed handled". */
#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int pair[2], listening, full[2];
static int destroyed, handled;
static char buffer[65536];
static struct iovec part = {buffer, 8}, much = {buffer, sizeof buffer};
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
    ROW(read) ROW(recv) ROW(recvfrom) ROW(recvmsg) ROW(readv) ROW(accept) ROW(accept4) ROW(write) ROW(send) ROW(sendto)
        ROW(sendmsg) ROW(writev) ROW(poll) ROW(select) ROW(epoll_wait)};

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening = socket(AF_INET, SOCK_STREAM, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, full) < 0 ||
        bind(listening, (struct sockaddr *)&address, sizeof address) < 0 || listen(listening, 1) < 0)
        err(1, "sockets");
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
}
