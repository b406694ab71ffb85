/* t25_fiber.so - lies behind the library: calls that wait by giving their thread
 * to another coroutine, as user-level thread libraries do. They come back in
 * another thread, and fail there. */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

void (*fiber_yield)(void); /* set by the program */

/* Not inlined: where errno lies must be asked anew in each thread. */
static __attribute__((noinline)) void set_error(int error)
{
    errno = error;
}

static int wait_and_fail(void)
{
    set_error(EIO); /* in the thread that we leave */
    fiber_yield();
    set_error(EPROTO);
    return -1;
}

#define YIELDS(ret, name, params)                                                                                      \
    ret name params                                                                                                    \
    {                                                                                                                  \
        return (ret)wait_and_fail();                                                                                   \
    }
YIELDS(ssize_t, recv, (int fd, void *buffer, size_t size, int flags))
YIELDS(ssize_t, send, (int fd, const void *buffer, size_t size, int flags))
YIELDS(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags))
YIELDS(ssize_t, recvfrom, (int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length))
YIELDS(int, connect, (int fd, const struct sockaddr *address, socklen_t length))
YIELDS(int, accept, (int fd, struct sockaddr *address, socklen_t *length))
YIELDS(int, fclose, (FILE * file))
YIELDS(ssize_t, sendto,
       (int fd, const void *buffer, size_t size, int flags, const struct sockaddr *address, socklen_t length))
YIELDS(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags))
YIELDS(ssize_t, read, (int fd, void *buffer, size_t size))
YIELDS(ssize_t, write, (int fd, const void *buffer, size_t size))
YIELDS(ssize_t, readv, (int fd, const struct iovec *parts, int count))
YIELDS(ssize_t, writev, (int fd, const struct iovec *parts, int count))
YIELDS(int, accept4, (int fd, struct sockaddr *address, socklen_t *length, int flags))
YIELDS(int, close, (int fd))
