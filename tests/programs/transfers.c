/* transfers - moves bytes through a pair of sockets by every call that can,
 * from and to buffers in every kind of memory. Exits non-zero where one of them
 * did not move what it should. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char in_static[64];
static int from, to; /* the pair */

static void must(const char *call, ssize_t result, ssize_t wanted)
{
    if (result != wanted)
        err(1, "%s: %zd", call, result);
}

/* What lies in the receiving socket, so that the next call finds it empty. */
static void drain(ssize_t wanted)
{
    must("read", read(to, in_static, sizeof in_static), wanted);
}

static void vectors(void)
{
    char a[4] = "abc", b[8] = "defghij";
    struct iovec parts[2] = {{a, 3}, {b, 7}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    must("writev", writev(from, parts, 2), 10);
    must("readv", readv(to, parts, 2), 10);
    must("pwritev2", pwritev2(from, parts, 2, -1, 0), 10);
    must("preadv2", preadv2(to, parts, 2, -1, 0), 10);
    must("sendmsg", sendmsg(from, &message, MSG_NOSIGNAL), 10);
    must("recvmsg", recvmsg(to, &message, 0), 10);
    struct mmsghdr many[3] = {{.msg_hdr = message}, {.msg_hdr = message}, {.msg_hdr = message}};
    must("sendmmsg", sendmmsg(from, many, 3, 0), 3);
    must("recvmmsg", recvmmsg(to, many, 3, MSG_DONTWAIT, NULL), 3);
}

static void without_buffer(void)
{
    char name[] = "/tmp/sockspy-transfers-XXXXXX";
    const int file = mkstemp(name);
    int ends[2];
    unlink(name);
    must("file", write(file, "0123456789", 10), 10);
    off_t offset = 2;
    must("sendfile", sendfile(from, file, &offset, 6), 6);
    drain(6);
    must("pipe", pipe(ends), 0);
    must("write", write(ends[1], "pipe", 4), 4);
    must("splice", splice(ends[0], NULL, from, NULL, 4, 0), 4);
    drain(4);
    must("dprintf", dprintf(from, "%d%s", 12, "abc"), 5);
    drain(5);
    close(file), close(ends[0]), close(ends[1]);
}

int main(void)
{
    int pair[2];
    char on_stack[32] = "stack";
    char *const on_heap = strcpy(malloc(64), "heap");
    /* Large, so that it is not put between the libraries. */
    char *const mapped = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(mapped, "mapped");
    must("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    from = pair[0];
    to = pair[1];
    must("send", send(from, on_stack, 5, 0), 5);
    must("recv", recv(to, on_heap + 32, 32, 0), 5);
    must("send", send(from, on_heap, 4, 0), 4);
    must("recv", recv(to, on_stack, 32, 0), 4);
    must("send", send(from, mapped, 6, 0), 6);
    must("recv", recv(to, in_static, 64, 0), 6);
    must("write", write(from, "static", 6), 6);
    must("recvfrom", recvfrom(to, on_stack, 32, MSG_PEEK, NULL, NULL), 6);
    drain(6);
    vectors();
    without_buffer();
    FILE *const stream = fdopen(from, "w");
    fputs("stdio", stream);
    must("fclose", fclose(stream), 0);
    drain(5);
    close(to);
    free(on_heap);
}
