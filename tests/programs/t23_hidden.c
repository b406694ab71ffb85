/* t23_hidden WAY - socket calls past every hook, each by another way, among some
 * that are seen. */
#include <dlfcn.h>
#include <err.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
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

/* A library that prefers libc's own names to those of who came before it. */
static int deep_socket(int domain, int type, int protocol)
{
    void *const library = dlopen("./t23_plugin.so", RTLD_NOW | RTLD_DEEPBIND);
    if (library == NULL)
        errx(1, "%s", dlerror());
    return ((int (*)(int, int, int))dlsym(library, "plugin_socket"))(domain, type, protocol);
}

/* Frames will be read from memory, without a call. */
static void map_packets(void)
{
    const struct tpacket_req room = {.tp_block_size = 4096, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2};
    const int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &room, sizeof room) < 0)
        err(77, "a mapped packet socket");
}

/* A number for which there is no room in a small table. */
static void go_beyond(void)
{
    enum { HIGH = 6000 };
    struct rlimit files;
    int pair[2];
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max <= HIGH)
        errx(77, "only %lu descriptors", (unsigned long)files.rlim_max);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || dup2(pair[0], HIGH) < 0 || write(HIGH, "hello", 5) != 5)
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
        map_packets();
    else if (strcmp(way, "beyond") == 0)
        go_beyond();
    else if (strcmp(way, "io_uring") == 0) {
        struct io_uring_params parameters = {0};
        if (syscall(SYS_io_uring_setup, 4, &parameters) < 0)
            err(77, "io_uring_setup");
    } else
        errx(2, "no such way: %s", way);
}
