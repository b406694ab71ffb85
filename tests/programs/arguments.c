/* arguments - calls whose arguments a record should hold, each once, with
 * telling values. Whether they succeed does not matter. */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void options(int fd)
{
    int on = 1, size = 0;
    socklen_t length = sizeof size;
    const struct linger linger = {.l_onoff = 1, .l_linger = 5};
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, 4711, &on, sizeof on);
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &size, &length);
    ioctl(fd, FIONBIO, &on);
    ioctl(fd, FIONREAD, &size);
}

/* Vectors that the kernel has read, and two that it refuses to. */
static void vectors(int fd, char *buffer, size_t size)
{
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    recvmsg(fd, &message, MSG_DONTWAIT);
    volatile int too_many = IOV_MAX + 1;
    message.msg_iovlen = (size_t)too_many;
    recvmsg(fd, &message, MSG_DONTWAIT);
    sendmsg(fd, &message, 0);
    readv(fd, &part, too_many);
}

int main(void)
{
    char buffer[16] = "";
    int pair[2];
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
        err(1, "socket");
    options(fd);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    listen(fd, 77);
    accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    send(pair[0], "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT);
    vectors(pair[0], buffer, sizeof buffer);
    recv(pair[1], buffer, sizeof buffer, MSG_PEEK);
    recv(pair[1], buffer, sizeof buffer, 0);
    shutdown(pair[0], SHUT_RD);
    shutdown(pair[0], SHUT_WR);
    shutdown(pair[1], SHUT_RDWR);
    close(fd);
    return 0;
}
