/* t23_hidden WAY - socket calls past every hook, each by another way, among some
 * that are seen. */
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bare(long number, long a, long b, long c)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = c;
    __asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
#else
    (void)number, (void)a, (void)b, (void)c;
    errx(77, "no bare system calls for this processor");
#endif
}

static int bare_socket(int domain, int type, int protocol)
{
    return (int)bare(SYS_socket, domain, type, protocol);
}

/* libc's own, found behind the back of the search order. */
static void *own(const char *name)
{
    return dlsym(dlopen("libc.so.6", RTLD_NOW), name);
}

static void *apart(const char *name)
{
    void *const libc = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
    if (libc == NULL)
        errx(77, "dlmopen: %s", dlerror());
    return dlsym(libc, name);
}

/* A hidden socket, then a call that we see. */
static void open_by(int (*make)(int, int, int))
{
    const int fd = make(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        err(1, "hidden socket");
}

/* The same, seen by what is sent through it. */
static void send_through(void)
{
    struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9)};
    nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = bare_socket(AF_INET, SOCK_DGRAM, 0);
    if (bare(SYS_connect, fd, (long)&nobody, sizeof nobody) != 0 || send(fd, "hello", 5, 0) != 5)
        err(1, "hidden socket");
}

/* A hidden close, then a call that is given the number again. */
static void close_by(int (*end)(int fd))
{
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    end(fd);
    if (socket(AF_INET, SOCK_STREAM, 0) != fd)
        errx(1, "another number");
}

static int bare_close(int fd)
{
    return (int)bare(SYS_close, fd, 0, 0);
}

/* The same, and the number goes to a copy, or to what comes from elsewhere. */
static void close_and_copy(void)
{
    const int fd = socket(AF_INET, SOCK_DGRAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);
    bare_close(fd);
    if (dup(other) != fd)
        errx(1, "another number");
}

static void close_and_obtain(void)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
    struct iovec part = {(char[]){"x"}, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int pair[2], got;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    memcpy(CMSG_DATA(&control.header), &pair[0], sizeof pair[0]);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sendmsg(pair[0], &message, 0) != 1 || bare_close(fd) != 0 || recvmsg(pair[1], &message, 0) != 1)
        err(1, "message");
    memcpy(&got, CMSG_DATA(&control.header), sizeof got);
    if (got != fd)
        errx(1, "another number");
}

/* A hidden socket, of which the first thing seen is a connect that goes on. */
static void connect_hidden(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0)
        err(1, "listening socket");
    const int fd = bare_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS)
        err(1, "connect");
}

/* A library that prefers libc's own names to those of who came before it. */
static int deep_socket(int domain, int type, int protocol)
{
    void *const library = dlopen("./t23_plugin.so", RTLD_NOW | RTLD_DEEPBIND);
    if (library == NULL)
        errx(1, "%s", dlerror());
    return ((int (*)(int, int, int))dlsym(library, "plugin_socket"))(domain, type, protocol);
}

/* Frames will be read from memory, without a call. */
static void map_packets(int option)
{
    const struct tpacket_req room = {.tp_block_size = 4096, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2};
    const int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0 || setsockopt(fd, SOL_PACKET, option, &room, sizeof room) < 0)
        err(77, "a mapped packet socket");
}

/* A number for which the library's table would have to grow, and cannot. */
static void go_beyond(bool replaces)
{
    enum { HIGH = 6000 };
    struct rlimit files;
    int pair[2];
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max <= HIGH)
        errx(77, "only %lu descriptors", (unsigned long)files.rlim_max);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setrlimit(RLIMIT_AS, &(struct rlimit){1, RLIM_INFINITY});
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
        (replaces ? dup2(pair[0], HIGH) : fcntl(pair[0], F_DUPFD, HIGH)) != HIGH || write(HIGH, "hello", 5) != 5)
        err(1, "%d", HIGH);
}

int main(int argc, char **argv)
{
    const char *const way = argc == 2 ? argv[1] : "";
    if (strcmp(way, "bare_open") == 0)
        open_by(bare_socket);
    else if (strcmp(way, "bare_send") == 0)
        send_through();
    else if (strcmp(way, "bare_close") == 0)
        close_by(bare_close);
    else if (strcmp(way, "dlsym_open") == 0)
        open_by((int (*)(int, int, int))own("socket"));
    else if (strcmp(way, "dlsym_close") == 0)
        close_by((int (*)(int))own("close"));
    else if (strcmp(way, "dlmopen_open") == 0)
        open_by((int (*)(int, int, int))apart("socket"));
    else if (strcmp(way, "deepbind_open") == 0)
        open_by(deep_socket);
    else if (strcmp(way, "mapped_packets") == 0)
        map_packets(PACKET_RX_RING);
    else if (strcmp(way, "mapped_sends") == 0)
        map_packets(PACKET_TX_RING);
    else if (strcmp(way, "copied") == 0)
        close_and_copy();
    else if (strcmp(way, "obtained") == 0)
        close_and_obtain();
    else if (strcmp(way, "bare_connect") == 0)
        connect_hidden();
    else if (strcmp(way, "beyond") == 0)
        go_beyond(true);
    else if (strcmp(way, "beyond_copy") == 0)
        go_beyond(false);
    else if (strcmp(way, "io_uring") == 0) {
        struct io_uring_params parameters = {0};
        if (syscall(SYS_io_uring_setup, 4, &parameters) < 0)
            err(77, "io_uring_setup");
    } else
        errx(2, "no such way: %s", way);
}
