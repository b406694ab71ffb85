/* t21_stack - how much stack each call takes. Each is made on a painted stack of
 * its own; "call bytes" is printed. */
#include <err.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

enum { SIZE = 32768, PAINT = 0xa5 };
static unsigned char stack[SIZE] __attribute__((aligned(64)));
static ucontext_t self, other;
static int pair[2], inet, inet6, extra;
static char buffer[4096] = "hello";
static struct iovec parts[2] = {{buffer, 3}, {buffer + 8, 3}};
static struct sockaddr_storage address;
static socklen_t length = sizeof address;
static struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

static void run_getsockname(void)
{
    length = sizeof address;
    getsockname(inet, (struct sockaddr *)&address, &length);
}
static void run_socket(void)
{
    extra = socket(AF_INET6, SOCK_STREAM, 0);
}
static void run_close(void)
{
    close(extra);
}
static void run_bind(void)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bind(inet6, (struct sockaddr *)&to, sizeof to);
}
static void run_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(inet, (struct sockaddr *)&to, sizeof to);
}
static void run_send(void)
{
    send(pair[0], buffer, 5, 0);
}
static void run_send_large(void)
{
    send(pair[0], buffer, sizeof buffer, 0);
}
static void run_recv(void)
{
    recv(pair[1], buffer, 5, 0);
}
static void run_write(void)
{
    write(pair[0], buffer, 5);
}
static void run_sendmsg(void)
{
    sendmsg(pair[0], &message, 0);
}
static void run_recvmsg(void)
{
    recvmsg(pair[1], &message, 0);
}
static void run_dup(void)
{
    close(dup(pair[0]));
}
static void run_setsockopt(void)
{
    const int on = 1;
    setsockopt(inet, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}
static void run_syscall(void)
{
    syscall(SYS_sendto, pair[0], buffer, 5L, 0L, NULL, 0L);
}

static const struct {
    const char *name;
    void (*run)(void);
} rows[] = {
#define ROW(name) {#name, run_##name},
    ROW(getsockname) ROW(socket) ROW(close) ROW(bind) ROW(connect) ROW(send) ROW(send_large) ROW(recv) ROW(write)
        ROW(sendmsg) ROW(recvmsg) ROW(dup) ROW(setsockopt) ROW(syscall)};

static void (*current)(void);

static void body(void)
{
    current();
}

static size_t depth_of(void (*run)(void))
{
    size_t free_bytes = 0;
    memset(stack, PAINT, sizeof stack);
    getcontext(&other);
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &self;
    current = run;
    makecontext(&other, body, 0);
    swapcontext(&self, &other);
    while (free_bytes < sizeof stack && stack[free_bytes] == PAINT)
        free_bytes++;
    return sizeof stack - free_bytes;
}

int main(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    inet = socket(AF_INET, SOCK_DGRAM, 0);
    inet6 = socket(AF_INET6, SOCK_DGRAM, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        printf("%s %zu\n", rows[i].name, depth_of(rows[i].run));
}
