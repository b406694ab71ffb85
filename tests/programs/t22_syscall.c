/* t22_syscall - the gateway: arguments, calls on sockets and on others, children
 * that share our memory, cancellation. Prints what came of each.
 * t22_syscall numbers - every call on sockets, by its number and in no other way. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void six_arguments(void)
{
    const int file = open("/proc/self/exe", O_RDONLY);
    char head[4] = "", second[64] = "";
    char *const page = (char *)syscall(SYS_mmap, NULL, 4096L, (long)PROT_READ, (long)MAP_PRIVATE, (long)file, 4096L);
    pread(file, second, sizeof second, 4096);
    printf("the sixth: %d\n", page != MAP_FAILED && memcmp(page, second, sizeof second) == 0);
    const long here =
        syscall(SYS_mmap, page, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED), -1L, 0L);
    pread(file, head, 4, 0);
    printf("six arguments: %d %d %.3s\n", page != MAP_FAILED, here == (long)page && page[0] == 0, head + 1);
    close(file);
}

/* A datagram to ourselves: what tells of addresses comes last. */
static void last_arguments(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET}, from = {0};
    socklen_t length = sizeof own;
    char buffer[8];
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&own, length) < 0 || getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        err(1, "datagrams");
    const long sent = syscall(SYS_sendto, fd, "hello", 5L, 0L, &own, (long)sizeof own);
    const long got = syscall(SYS_recvfrom, fd, buffer, 8L, 0L, &from, &length);
    printf("datagram: %ld %ld, from ourselves %d\n", sent, got, from.sin_port == own.sin_port);
    close(fd);
}

static void errors(void)
{
    errno = 0;
    const long result = syscall(SYS_sendto, 999, "x", 1L, 0L, NULL, 0L);
    printf("error: %ld %s\n", result, strerrorname_np(errno));
    errno = 0;
    const long none = syscall(9999);
    printf("no such call: %ld %s\n", none, strerrorname_np(errno));
    void *const forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = 0;
    const long child = syscall(SYS_clone3, forbidden, sizeof(struct clone_args));
    printf("clone3 of what cannot be read: %ld %s\n", child, strerrorname_np(errno));
}

static void sockets(void)
{
    struct sockaddr address = {.sa_family = AF_UNIX};
    socklen_t length = sizeof(sa_family_t);
    char buffer[8];
    const int listening = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    const int client = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_storage name;
    if (syscall(SYS_bind, listening, &address, length) != 0 || syscall(SYS_listen, listening, 3) != 0)
        err(1, "bind");
    length = sizeof name;
    if (syscall(SYS_getsockname, listening, &name, &length) != 0 || syscall(SYS_connect, client, &name, length) != 0)
        err(1, "connect");
    const int accepted = (int)syscall(SYS_accept4, listening, NULL, NULL, SOCK_CLOEXEC);
    const long sent = syscall(SYS_sendto, client, "hello", 5L, 0L, NULL, 0L);
    const long read = syscall(SYS_read, accepted, buffer, 8L);
    printf("sockets: %d %d %d, %ld sent, %ld read, cloexec %d\n", listening, client, accepted, sent, read,
           fcntl(accepted, F_GETFD));
    syscall(SYS_close, accepted);
    syscall(SYS_close, client);
    syscall(SYS_close, listening);
}

/* A child with a copy of our memory, whose number the records must have. All five
 * arguments say something. */
static void child_of_clone(int fd)
{
    static pid_t ours, its; /* the child's number, noted by the kernel */
    const long flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_SETTLS | SIGCHLD;
    void *const tls = __builtin_thread_pointer();
#if defined(__x86_64__)
    const pid_t child = (pid_t)syscall(SYS_clone, flags, 0L, &ours, &its, tls);
#else
    const pid_t child = (pid_t)syscall(SYS_clone, flags, 0L, &ours, tls, &its);
#endif
    if (child == 0) {
        send(fd, "clone", 5, 0);
        syscall(SYS_exit_group, its == (pid_t)syscall(SYS_getpid) ? 4 : 5);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("clone: %d, noted: %d\nclone_pid %d\n", WEXITSTATUS(status), ours == child, child);
}

/* A child in our memory and on our stack: one call of a function would ruin what
 * its parent returns by, so it leaves by an instruction of its own. All else below
 * is free to it: syscall() itself keeps nothing there. */
static __attribute__((noinline)) void raw_vfork(void)
{
#if defined(__x86_64__)
    const long child = syscall(SYS_vfork);
    if (child == 0)
        __asm__ volatile("lea -512(%%rsp), %%rdi\n"
                         "mov $63, %%ecx\n" /* words, up to the return address */
                         "rep stosq\n"
                         "mov %0, %%eax\n"
                         "mov $6, %%edi\n"
                         "syscall" ::"i"(SYS_exit_group),
                         "a"(-1L)
                         : "rcx", "rdi", "r11", "memory");
    int status = 0;
    waitpid((pid_t)child, &status, 0);
    printf("SYS_vfork: %d\n", WEXITSTATUS(status));
#endif
}

#if defined(__x86_64__)
static int passed;

/* What syscall() returns to on a stack that holds nothing but this function. */
static __attribute__((force_align_arg_pointer, noreturn)) void on_own_stack(void)
{
    send(passed, "stack", 5, 0);
    close(passed);
    _exit(7);
}
#endif

/* Children in our memory, on stacks of their own: whoever lies between syscall() and
 * the kernel must not have put anything on the old one. */
static void children_on_stacks(int fd)
{
#if defined(__x86_64__)
    static uintptr_t stacks[3][8192];
    passed = fd;
    for (int i = 0; i < 3; i++)
        stacks[i][8191] = (uintptr_t)on_own_stack;
    struct clone_args arguments = {.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD};
    arguments.stack = (uintptr_t)stacks[1];
    arguments.stack_size = 8191 * sizeof stacks[1][0];
    for (int i = 0; i < 3; i++) {
        const long flags = i == 0 ? CLONE_VM | CLONE_VFORK | SIGCHLD : CLONE_VM | SIGCHLD;
        const pid_t child = (pid_t)(i == 1 ? syscall(SYS_clone3, &arguments, sizeof arguments)
                                           : syscall(SYS_clone, flags, &stacks[i][8191], 0L, 0L, 0L));
        int status = 0;
        waitpid(child, &status, 0);
        printf("on a stack of its own: %d\nstack_pid %d\n", WEXITSTATUS(status), child);
        close(dup(fd)); /* by ourselves, without a doubt */
    }
    printf("still there: %zd\n", send(fd, "after", 5, 0));
#else
    (void)fd;
#endif
}

static void child_of_vfork(int fd)
{
    volatile int told = 0;
    const pid_t child = (pid_t)vfork();
    if (child == 0) {
        told = 1;
        close(fd);
        _exit(5);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("vfork: %d, in our memory %d\n", WEXITSTATUS(status), told);
    printf("still there: %zd\n", send(fd, "vfork", 5, 0));
}

static void *blocked(void *argument)
{
    char buffer[8];
    syscall(SYS_read, *(int *)argument, buffer, 8L);
    return NULL;
}

/* syscall() itself is no cancellation point; an asynchronous one ends it. */
static void *blocked_asynchronously(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    return blocked(argument);
}

static void cancellation(int fd)
{
    pthread_t thread;
    void *result = NULL;
    pthread_create(&thread, NULL, blocked_asynchronously, &fd);
    usleep(50000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled: %d\n", result == PTHREAD_CANCELED);
}

#define BY(name, ...) say(#name, syscall(SYS_##name, __VA_ARGS__))
static long say(const char *name, long result)
{
    printf("%s %s\n", name, result >= 0 ? "done" : strerrorname_np(errno));
    return result;
}

static void every_number(void)
{
    struct sockaddr_storage name = {.ss_family = AF_INET};
    socklen_t length = sizeof(struct sockaddr_in);
    char buffer[16] = "";
    struct iovec part = {buffer, 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    struct mmsghdr several = {.msg_hdr = message};
    struct io_uring_params parameters = {0};
    int pair[2], pipes[2], value = 1;
    const int file = open("/proc/self/exe", O_RDONLY);
    if (pipe(pipes) < 0)
        err(1, "pipe");
    const int listening = (int)BY(socket, AF_INET, SOCK_STREAM, 0), client = (int)BY(socket, AF_INET, SOCK_STREAM, 0);
    const int second = (int)BY(socket, AF_INET, SOCK_STREAM, 0);
    ((struct sockaddr_in *)&name)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BY(setsockopt, listening, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value);
    BY(bind, listening, &name, length);
    BY(listen, listening, 3);
    BY(getsockname, listening, &name, &length);
    BY(connect, client, &name, length);
    BY(connect, second, &name, length);
    BY(accept, listening, NULL, NULL);
    BY(accept4, listening, NULL, NULL, 0);
    BY(getpeername, client, &name, &length);
    length = sizeof value;
    BY(getsockopt, client, SOL_SOCKET, SO_TYPE, &value, &length);
    BY(ioctl, client, FIONREAD, &value);
    BY(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
    BY(write, pair[0], buffer, 4L);
    BY(writev, pair[0], &part, 1L);
    BY(pwritev2, pair[0], &part, 1L, -1L, -1L, 0L);
    BY(sendto, pair[0], buffer, 4L, 0L, NULL, 0L);
    BY(sendmsg, pair[0], &message, 0L);
    BY(sendmmsg, pair[0], &several, 1L, 0L);
    BY(sendfile, pair[0], file, NULL, 4L);
    BY(splice, pair[1], NULL, pipes[1], NULL, 4L, 0L);
    BY(read, pair[1], buffer, 4L);
    BY(readv, pair[1], &part, 1L);
    BY(preadv2, pair[1], &part, 1L, -1L, -1L, 0L);
    BY(recvfrom, pair[1], buffer, 4L, 0L, NULL, NULL);
    BY(recvmsg, pair[1], &message, 0L);
    BY(recvmmsg, pair[1], &several, 1L, 0L, NULL);
    BY(pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0L), pair[0], 0L);
    BY(fcntl, pair[0], F_GETFL, 0L);
    BY(dup, pair[0]);
#ifdef SYS_dup2
    BY(dup2, pair[0], 100L);
#endif
    BY(dup3, pair[0], 101L, 0L);
    BY(close_range, 100L, 101L, 0L);
    BY(shutdown, pair[0], SHUT_WR);
    BY(close, pair[0]);
    BY(unshare, 0L);
    BY(setns, (long)open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), 0L);
    BY(io_uring_setup, 4L, &parameters);
}

int main(int argc, char **argv)
{
    int pair[2];
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc == 2 && strcmp(argv[1], "numbers") == 0) {
        every_number();
        last_arguments();
        return 0;
    }
    six_arguments();
    errors();
    sockets();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    child_of_clone(pair[0]);
    raw_vfork();
    child_of_vfork(pair[0]);
    children_on_stacks(pair[0]);
    cancellation(pair[0]);
}
