/* calling_malloc - an allocator, to be preloaded, that calls what the library
 * hooks, from inside malloc; and counts how deep that goes. Never frees. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
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
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), saved = errno;
    read(-1, &byte, 1);
    write(-1, &byte, 1);
    readv(-1, &part, 1);
    send(fd, &byte, 1, MSG_DONTWAIT);
    recv(fd, &byte, 1, MSG_DONTWAIT);
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
    fcntl(fd, F_GETFL);
    poll(NULL, 0, 0);
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
