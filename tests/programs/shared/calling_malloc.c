/* calling_malloc - an allocator, to be preloaded, that calls what the library
 * hooks, from inside malloc; and counts how deep that goes. Never frees. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static _Alignas(16) char arena[64 << 20];
static size_t used;
static __thread int depth;

static void call_hooks(void)
{
    char byte;
    int value;
    socklen_t length = sizeof value;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    struct mmsghdr messages = {.msg_hdr = message};
    struct sockaddr_storage name = {.ss_family = AF_UNIX};
    struct epoll_event event;
    struct timeval now = {0, 0};
    const int saved = errno, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    read(-1, &byte, 1);
    write(-1, &byte, 1);
    readv(-1, &part, 1);
    send(fd, &byte, 1, MSG_DONTWAIT);
    recv(fd, &byte, 1, MSG_DONTWAIT);
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
    fcntl(fd, F_GETFL);
    poll(NULL, 0, 0);
    select(0, NULL, NULL, NULL, &now);
    epoll_wait(-1, &event, 1, 0);
    epoll_ctl(-1, EPOLL_CTL_DEL, fd, NULL);
    writev(-1, &part, 1);
    pwritev2(-1, &part, 1, -1, 0);
    preadv2(-1, &part, 1, -1, 0);
    bind(fd, (struct sockaddr *)&name, sizeof(sa_family_t));
    listen(fd, 1);
    connect(fd, (struct sockaddr *)&name, sizeof name);
    accept(fd, NULL, NULL);
    accept4(fd, NULL, NULL, 0);
    length = sizeof name;
    getsockname(fd, (struct sockaddr *)&name, &length);
    getpeername(fd, (struct sockaddr *)&name, &length);
    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &value, sizeof value);
    ioctl(fd, FIONREAD, &value);
    sendto(fd, &byte, 1, MSG_DONTWAIT, NULL, 0);
    recvfrom(fd, &byte, 1, MSG_DONTWAIT, (struct sockaddr *)&name, &length);
    sendmsg(fd, &message, MSG_DONTWAIT);
    recvmsg(fd, &message, MSG_DONTWAIT);
    sendmmsg(fd, &messages, 1, MSG_DONTWAIT);
    recvmmsg(fd, &messages, 1, MSG_DONTWAIT, NULL);
    sendfile(fd, -1, NULL, 1);
    splice(-1, NULL, fd, NULL, 1, 0);
    shutdown(fd, SHUT_RDWR);
    unshare(0);
    prctl(PR_SET_SECCOMP, 77, 0, 0, 0);
    dup2(fd, fd);
    dup3(fd, fd, 0);
    close_range(~0u, ~0u, 0);
    syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &value, &length);
    close(dup(fd));
    close(fd);
    errno = saved;
}

void *malloc(size_t size)
{
    if (++depth > 3)
        __builtin_trap(); /* a hook allocates */
    if (depth == 1)
        call_hooks();
    depth--;
    size = (size + 31) & ~(size_t)15;
    const size_t at = __atomic_fetch_add(&used, size, __ATOMIC_RELAXED);
    if (at + size > sizeof arena)
        return NULL;
    memcpy(arena + at, &size, sizeof size);
    return arena + at + 16;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size);
}

void *realloc(void *old, size_t size)
{
    void *const new = malloc(size);
    if (old != NULL && new != NULL) {
        size_t before;
        memcpy(&before, (char *)old - 16, sizeof before);
        memcpy(new, old, before - 16 < size ? before - 16 : size);
    }
    return new;
}

void free(void *old)
{
    (void)old;
}
