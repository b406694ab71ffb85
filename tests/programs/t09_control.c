/* t09_control - control data of every wrong length, up to the edge of memory, that
 * is sent and received all the same (with shared/t09_accepts.so). */
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>

static const size_t lengths[] = {
    0, 1, 3, 8, 15, 16, 17, 19, 20, 23, 24, 1000, (size_t)1 << 40, (size_t)-1, (size_t)-8, (size_t)-16};
enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

int main(void)
{
    int pair[2];
    char *const pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mprotect(pages + 4096, 4096, PROT_NONE) < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
        err(1, "set up");
    char byte = 'x';
    struct iovec part = {&byte, 1};
    int tried = 0;
    for (size_t room = 0; room <= 48; room += 4) {
        for (unsigned i = 0; i < LENGTHS; i++) {
            struct cmsghdr *const header = (struct cmsghdr *)(pages + 4096 - room);
            struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = header, .msg_controllen = room};
            if (room >= sizeof *header)
                *header = (struct cmsghdr){lengths[i], SOL_SOCKET, SCM_RIGHTS};
            tried += sendmsg(pair[0], &message, 0) == 1 && recvmsg(pair[1], &message, 0) == 1;
        }
    }
    printf("%d\n", tried);
}
