/* t09_accepts.so - lies behind the library: messages go and come without a look at
 * what stands beside their bytes, as some families of sockets do it. */
#include <sys/socket.h>
#include <sys/types.h>

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    (void)fd, (void)message, (void)flags;
    return 1;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    (void)fd, (void)message, (void)flags;
    return 1;
}
