/* t09_hostile - arguments that the kernel survives and a naive watcher does not.
 * Prints what each call returned, and what it left in its buffers. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"

static void show(const char *what, long result)
{
    printf("%s = %ld%s%s\n", what, result, result < 0 ? " " : "", result < 0 ? strerrorname_np(errno) : "");
    fflush(stdout);
}
#define SHOW(call) (errno = 0, show(#call, (long)(call)))

/* Four bytes, behind which no page is; and an address that looks well but is
 * not. (The kernel looks at both; so may nobody else without need.) */
static char *edge;
static void *bad;
static char buffer[4096];
static int tcp[2], udp[2], stream[2], datagram[2];

/* Just above everything that lies on the stack: not far from any frame. */
static void *above_stack(void)
{
    char line[512];
    unsigned long end = 0;
    FILE *const maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL && strstr(line, "[stack]") == NULL)
        ;
    if (maps == NULL || sscanf(line, "%*x-%lx", &end) != 1)
        errx(1, "no stack");
    fclose(maps);
    return (void *)end;
}

static int bound(int type, struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    const int fd = socket(AF_INET, type, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr *)address, length) < 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) < 0)
        err(1, "bind");
    return fd;
}

static int set_up(void)
{
    struct sockaddr_in address, other;
    char *const pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + 4096, 4096, PROT_NONE);
    edge = pages + 4092;
    bad = pages + 4096;
    const int listening = bound(SOCK_STREAM, &address);
    listen(listening, 5);
    tcp[0] = socket(AF_INET, SOCK_STREAM, 0);
    connect(tcp[0], (struct sockaddr *)&address, sizeof address);
    tcp[1] = accept(listening, NULL, NULL);
    udp[0] = bound(SOCK_DGRAM, &other);
    udp[1] = bound(SOCK_DGRAM, &address);
    connect(udp[1], (struct sockaddr *)&other, sizeof other);
    socketpair(AF_UNIX, SOCK_STREAM, 0, stream);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, datagram);
    return listening;
}

static void truncation(void)
{
    struct iovec part = {buffer, 4}, hole = {NULL, 4}, wrong = {bad, 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    send(tcp[0], "0123456789abcdef", 16, 0);
    SHOW(recv(tcp[1], NULL, 4, MSG_TRUNC));
    SHOW(recv(tcp[1], bad, 4, MSG_TRUNC));
    SHOW(recvfrom(tcp[1], (void *)1, 4, MSG_TRUNC, NULL, NULL));
    message.msg_iov = &hole;
    SHOW(recvmsg(tcp[1], &message, MSG_TRUNC));
    for (int i = 0; i < 4; i++)
        send(udp[1], buffer, 3000, 0);
    SHOW(recv(udp[0], buffer, 4, MSG_TRUNC));
    SHOW(recvfrom(udp[0], edge, 4, MSG_TRUNC, NULL, NULL));
    SHOW(recv(udp[0], NULL, 0, MSG_TRUNC));
    message.msg_iov = &part;
    SHOW(recvmsg(udp[0], &message, MSG_TRUNC));
    printf("flags %x\n", (unsigned)message.msg_flags);
    send(udp[1], buffer, 3000, 0);
    SHOW(recv(udp[0], bad, 4, 0));
    send(udp[1], buffer, 3000, 0);
    message.msg_iov = &wrong;
    SHOW(recvmsg(udp[0], &message, 0));
}

static void names(int listening)
{
    struct sockaddr_in from;
    socklen_t length = 4;
    memset(&from, 0x77, sizeof from);
    send(udp[1], "x", 1, 0);
    SHOW(recvfrom(udp[0], buffer, 1, 0, (struct sockaddr *)&from, &length));
    printf("length %u, byte 5 %02x\n", length, ((unsigned char *)&from)[5]);
    send(udp[1], "x", 1, 0);
    length = 16;
    SHOW(recvfrom(udp[0], buffer, 1, 0, bad, &length));
    send(udp[1], "x", 1, 0);
    SHOW(recvfrom(udp[0], buffer, 1, 0, (struct sockaddr *)&from, bad));
    send(udp[1], "x", 1, 0);
    SHOW(recvfrom(udp[0], buffer, 1, 0, (struct sockaddr *)&from, NULL));
    SHOW(getsockname(tcp[0], NULL, NULL));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, NULL));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, (socklen_t *)1));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, (socklen_t *)-1));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, bad));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, (socklen_t *)(edge + 2)));
    SHOW(getsockname(tcp[0], (struct sockaddr *)&from, above_stack()));
    SHOW(getpeername(tcp[0], bad, &length));
    length = (socklen_t)-1;
    SHOW(getpeername(tcp[0], (struct sockaddr *)&from, &length));
    length = 4;
    *(socklen_t *)edge = 4;
    SHOW(getpeername(tcp[0], (struct sockaddr *)&from, (socklen_t *)edge));
    length = sizeof from;
    getsockname(listening, (struct sockaddr *)&from, &length);
    for (int i = 0; i < 4; i++)
        connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&from, sizeof from);
    SHOW(accept(listening, (struct sockaddr *)&from, NULL));
    SHOW(accept(listening, (struct sockaddr *)&from, bad));
    length = 4;
    SHOW(accept(listening, (struct sockaddr *)&from, &length));
    printf("length %u\n", length);
    length = sizeof from;
    SHOW(accept(listening, NULL, &length));
    SHOW(accept4(listening, (struct sockaddr *)&from, bad, 0xfff));
    SHOW(connect(tcp[0], bad, 16));
    SHOW(connect(tcp[0], NULL, 16));
    SHOW(connect(tcp[0], (struct sockaddr *)&from, 0));
    SHOW(connect(tcp[0], (struct sockaddr *)&from, 1));
    SHOW(connect(tcp[0], (struct sockaddr *)edge, 200));
    SHOW(bind(udp[0], (struct sockaddr *)&from, (socklen_t)-1));
    SHOW(bind(udp[0], bad, 16));
    SHOW(sendto(udp[0], "x", 1, 0, bad, 16));
    SHOW(sendto(udp[0], "x", 1, 0, (struct sockaddr *)edge, 3));
    SHOW(connect(-1, bad, 16)); /* of these no address is read */
    SHOW(bind(-1, bad, 16));
    SHOW(bind(0, bad, 16));
    SHOW(sendto(0, "x", 1, 0, bad, 16));
}

static void unix_names(void)
{
    struct sockaddr_un full = {.sun_family = AF_UNIX}, got;
    socklen_t length = sizeof got;
    memset(full.sun_path, 'n', sizeof full.sun_path);
    const int one = socket(AF_UNIX, SOCK_DGRAM, 0), two = socket(AF_UNIX, SOCK_DGRAM, 0);
    SHOW(bind(one, (struct sockaddr *)&full, sizeof full));
    SHOW(getsockname(one, (struct sockaddr *)&got, &length));
    printf("length %u\n", length);
    SHOW(sendto(one, "x", 1, 0, (struct sockaddr *)&full, sizeof full));
    length = sizeof got;
    SHOW(recvfrom(one, buffer, 1, 0, (struct sockaddr *)&got, &length));
    printf("length %u\n", length);
    SHOW(sendto(one, "xy", 2, 0, (struct sockaddr *)&full, sizeof full));
    length = 10;
    SHOW(recvfrom(one, buffer, 2, 0, (struct sockaddr *)&got, &length));
    printf("length %u\n", length);
    unlink((memset(buffer, 'n', sizeof full.sun_path), buffer[sizeof full.sun_path] = '\0', buffer));
    memcpy(full.sun_path, "\0a\0b\xff", 5);
    SHOW(bind(two, (struct sockaddr *)&full, offsetof(struct sockaddr_un, sun_path) + 5));
    length = sizeof got;
    SHOW(getsockname(two, (struct sockaddr *)&got, &length));
    printf("length %u\n", length);
    SHOW(connect(one, (struct sockaddr *)&full, offsetof(struct sockaddr_un, sun_path) + 5));
    SHOW(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&full, offsetof(struct sockaddr_un, sun_path)));
    close(one);
    close(two);
}

/* A length that is more than the family's names have. */
static void long_names(void)
{
    struct sockaddr_storage full = {.ss_family = AF_INET6}, got;
    ((struct sockaddr_in6 *)&full)->sin6_addr = in6addr_loopback;
    memset((char *)&full + sizeof(struct sockaddr_in6), 'n', sizeof full - sizeof(struct sockaddr_in6));
    const int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    socklen_t length = sizeof got;
    SHOW(bind(fd, (struct sockaddr *)&full, sizeof full));
    SHOW(getsockname(fd, (struct sockaddr *)&got, &length));
    SHOW(sendto(fd, "xyz", 3, 0, (struct sockaddr *)&got, length));
    length = 20;
    SHOW(recvfrom(fd, buffer, 3, 0, (struct sockaddr *)&got, &length));
    close(fd);
}

static void vectors(void)
{
    struct iovec parts[2] = {{buffer, 1}, {bad, 1}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)1 << 40};
    struct mmsghdr several[2] = {{.msg_hdr = {.msg_iov = parts, .msg_iovlen = 1}},
                                 {.msg_hdr = {.msg_iov = bad, .msg_iovlen = 1}}};
    SHOW(sendmsg(stream[0], &message, 0));
    SHOW(recvmsg(stream[0], &message, MSG_DONTWAIT));
    message.msg_iovlen = 2;
    SHOW(sendmsg(stream[0], &message, 0));
    SHOW(sendmsg(stream[0], NULL, 0));
    SHOW(sendmsg(stream[0], bad, 0));
    SHOW(recvmsg(stream[0], NULL, 0));
    SHOW(recvmsg(stream[0], bad, 0));
    SHOW(recvmsg(stream[0], (struct msghdr *)-1, 0));
    memset(edge - 4, 1, 8); /* a name, of which the length is nowhere */
    SHOW(recvmsg(stream[0], (struct msghdr *)(edge - 4), 0));
    SHOW(sendmmsg(stream[0], several, 2, 0));
    SHOW(sendmmsg(stream[0], bad, 2, 0));
    SHOW(recvmmsg(stream[0], bad, 2, MSG_DONTWAIT, NULL));
    SHOW(recvmmsg(stream[0], NULL, 0, 0, NULL));
    SHOW(readv(stream[0], parts, -1));
    SHOW(readv(stream[0], bad, 1));
    SHOW(writev(stream[0], parts, 1 << 30));
    SHOW(writev(stream[0], parts, 0));
    SHOW(preadv2(stream[0], parts, 1, 5, 0));
    SHOW(send(stream[0], bad, 4, 0));
    SHOW(write(stream[0], bad, 4));
    send(stream[1], "xy", 2, 0);
    SHOW(read(stream[0], bad, 4));
    SHOW(recv(stream[1], buffer, (size_t)-1, MSG_DONTWAIT));
    send(stream[0], "seven b", 7, 0);
    SHOW(recv(stream[1], buffer, (size_t)-1, MSG_DONTWAIT));
    SHOW(sendfile(stream[0], 0, bad, 4));
    SHOW(splice(stream[0], bad, stream[1], NULL, 4, 0));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, bad));
}

static void options(void)
{
    int value = 1;
    socklen_t length = sizeof value;
    *(int *)edge = 1;
    SHOW(setsockopt(tcp[0], SOL_SOCKET, SO_KEEPALIVE, edge, 64));
    SHOW(setsockopt(tcp[0], IPPROTO_TCP, 1 /* TCP_NODELAY */, edge, 4000));
    SHOW(setsockopt(tcp[0], IPPROTO_IP, 1 /* IP_TOS */, edge + 3, 1));
    memcpy(edge, "reno", 4);
    SHOW(setsockopt(tcp[0], IPPROTO_TCP, 13 /* TCP_CONGESTION */, edge, 4));
    SHOW(setsockopt(tcp[0], SOL_SOCKET, SO_KEEPALIVE, NULL, 4));
    SHOW(setsockopt(tcp[0], SOL_SOCKET, SO_KEEPALIVE, bad, 4));
    SHOW(setsockopt(tcp[0], SOL_SOCKET, SO_KEEPALIVE, edge, 0));
    SHOW(getsockopt(tcp[0], SOL_SOCKET, SO_TYPE, bad, &length));
    SHOW(getsockopt(tcp[0], SOL_SOCKET, SO_TYPE, &value, bad));
    SHOW(getsockopt(tcp[0], SOL_SOCKET, SO_TYPE, NULL, NULL));
    length = 1;
    SHOW(getsockopt(tcp[0], SOL_SOCKET, SO_TYPE, edge + 3, &length));
    struct sock_filter pass[20]; /* a length that counts these, and no bytes */
    for (int i = 0; i < 20; i++)
        pass[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0u);
    const struct sock_fprog filter = {20, pass};
    SHOW(setsockopt(udp[0], SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
    length = 0;
    SHOW(getsockopt(udp[0], SOL_SOCKET, SO_GET_FILTER, bad, &length));
    printf("length %u\n", length);
    SHOW(setsockopt(udp[0], SOL_SOCKET, SO_DETACH_FILTER, &length, sizeof length));
    const int filtered = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); /* if we may */
    SHOW(setsockopt(filtered, SOL_RAW, 1 /* ICMP_FILTER */, edge, 4000));
    const int groups = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    const struct sockaddr_nl one = {.nl_family = AF_NETLINK, .nl_groups = 1};
    SHOW(bind(groups, (const struct sockaddr *)&one, sizeof one));
    length = 4; /* there are more of them: it tells how many, and gives these */
    SHOW(getsockopt(groups, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, edge, &length));
    printf("length %u\n", length);
    SHOW(ioctl(tcp[0], FIONREAD, bad));
    SHOW(ioctl(tcp[0], 0x5411 /* TIOCOUTQ */, edge));
    SHOW(ioctl(tcp[0], 0xdeadbeefUL, bad));
}

static void waiting(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    const int epoll = epoll_create1(0);
    SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, tcp[0], &event));
    SHOW(epoll_ctl(epoll, EPOLL_CTL_DEL, tcp[0], NULL));
    SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, tcp[0], NULL));
    SHOW(epoll_ctl(epoll, 99, tcp[0], bad));
    SHOW(epoll_wait(epoll, bad, 1, 0));
    SHOW(epoll_wait(epoll, &event, -1, 0));
    SHOW(epoll_pwait2(epoll, &event, 1, bad, NULL));
    SHOW(poll((struct pollfd *)1, 1, 0));
    SHOW(poll(bad, 1, 0));
    SHOW(poll(NULL, 1u << 31, 0));
    SHOW(select(-1, NULL, NULL, NULL, NULL));
    SHOW(select(8, bad, NULL, NULL, &(struct timeval){0, 0}));
}

static void passing(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(3 * sizeof(int))];
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {buffer, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    const int passed[3] = {tcp[0], udp[0], 0};
    memcpy(CMSG_DATA(&control.header), passed, sizeof passed);
    control.header.cmsg_len = CMSG_LEN(sizeof passed);
    SHOW(sendmsg(datagram[0], &message, 0));
    SHOW(sendmsg(datagram[0], &message, 0));
    control.header.cmsg_len = (size_t)1 << 40;
    SHOW(sendmsg(datagram[0], &message, 0));
    control.header.cmsg_len = 3;
    SHOW(sendmsg(datagram[0], &message, 0));
    message.msg_control = bad;
    SHOW(sendmsg(datagram[0], &message, 0));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int)) - 4;
    SHOW(recvmsg(datagram[1], &message, 0));
    printf("flags %x, control %zu\n", (unsigned)message.msg_flags, (size_t)message.msg_controllen);
    message.msg_controllen = sizeof control;
    message.msg_control = bad;
    SHOW(recvmsg(datagram[1], &message, 0));
}

/* What another program shall be given is looked at before there is one. */
static void programs(void)
{
    char *const none[] = {NULL}, *const torn[] = {bad, NULL};
    char *const long_name = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(long_name + 8192, 4096, PROT_NONE);
    memset(long_name, 'n', 8192);
    *(char **)(edge - 4) = (char[]){"A=b"}; /* a list without an end */
    SHOW(execve((char *)1, none, none));
    SHOW(execve(bad, none, none));
    SHOW(execve(edge, none, none));
    SHOW(execve(long_name, none, none));
    SHOW(execve(long_name, none, environ));
    SHOW(execve("/nowhere", none, (char **)1));
    SHOW(execve("/nowhere", none, bad));
    SHOW(execve("/nowhere", none, (char **)(edge - 4)));
    SHOW(execve("/nowhere", none, torn));
    SHOW(execve("/proc/self/exe", none, torn));
    SHOW(execve(NULL, NULL, NULL));
    SHOW(execveat(AT_FDCWD, bad, none, none, 0));
    SHOW(fexecve(0, none, bad));
    SHOW(system(bad));
    SHOW(popen(bad, "r"));
    SHOW(posix_spawn(NULL, bad, NULL, NULL, none, environ));
    openlog(bad, 0, LOG_USER);
    openlog(long_name, 0, LOG_USER);
    openlog(NULL, 0, LOG_USER);
}

static void others(void)
{
    char small[64];
    struct hostent entry, *found;
    int code;
    struct sockaddr_in *const last = (struct sockaddr_in *)(edge + 4 - sizeof *last);
    *last = (struct sockaddr_in){.sin_family = AF_INET};
    SHOW(getnameinfo((struct sockaddr *)last, sizeof(struct sockaddr_storage), small, sizeof small, NULL, 0,
                     NI_NUMERICHOST));
    struct addrinfo *none = bad;
    const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
    SHOW(getaddrinfo("no number", NULL, &numeric, &none));
    SHOW(getnameinfo(bad, 1, small, sizeof small, NULL, 0, 0));
    SHOW(close(-1));
    SHOW(close(INT_MIN));
    SHOW(write(INT_MIN, buffer, 1));
    SHOW(send(INT_MIN, buffer, 1, 0));
    SHOW(dup2(tcp[0], INT_MIN));
    SHOW(dup2(INT_MIN, 1000));
    SHOW(close(1 << 30));
    SHOW(dup2(tcp[0], 1 << 30));
    SHOW(dup2(tcp[0], -5));
    SHOW(dup3(tcp[0], tcp[0], 0));
    SHOW(getaddrinfo(NULL, NULL, NULL, NULL));
    SHOW(getnameinfo((struct sockaddr *)edge, 3, small, sizeof small, NULL, 0, 0));
    SHOW(gethostbyname_r("127.0.0.1", &entry, small, 8, &found, &code));
    SHOW(syscall(SYS_getsockname, (long)tcp[0], bad, bad));
    SHOW(syscall(SYS_recvfrom, (long)tcp[0], bad, 1L, (long)MSG_DONTWAIT, bad, bad));
    SHOW(syscall(SYS_recvmsg, (long)tcp[0], bad, (long)MSG_DONTWAIT));
    SHOW(syscall(SYS_setsockopt, (long)tcp[0], (long)SOL_SOCKET, (long)SO_KEEPALIVE, bad, 4L));
    SHOW(syscall(-1L));
}

/* A filter says what it likes, before the kernel has looked at anything. */
static void behind_filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmsg, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_writev, 0, 2),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTCONN),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
    char *const none[] = {NULL};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    SHOW(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
    SHOW(connect(udp[0], bad, 16));
    SHOW(bind(udp[0], bad, 16));
    SHOW(execve(bad, none, environ));
    SHOW(sendmsg(stream[0], bad, 0)); /* ENOTCONN, as if the vector had been read */
    SHOW(recvmsg(stream[0], bad, 0));
    SHOW(writev(stream[0], bad, 1));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const int listening = set_up();
    truncation();
    names(listening);
    unix_names();
    long_names();
    vectors();
    options();
    waiting();
    passing();
    programs();
    others();
    behind_filter();
    return 0;
}
