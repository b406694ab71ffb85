/* t22_syscall - the gateway: arguments, calls on sockets and on others, children
 * that share our memory, cancellation. Prints what came of each. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

static void errors(void)
{
    errno = 0;
    const long result = syscall(SYS_sendto, 999, "x", 1L, 0L, NULL, 0L);
    printf("error: %ld %s\n", result, strerrorname_np(errno));
    errno = 0;
    const long none = syscall(9999);
    printf("no such call: %ld %s\n", none, strerrorname_np(errno));
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

/* A child with a copy of our memory, whose number the records must have. */
static void child_of_clone(int fd)
{
    const pid_t child = (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0) {
        send(fd, "clone", 5, 0);
        syscall(SYS_exit_group, 4);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("clone: %d\nclone_pid %d\n", WEXITSTATUS(status), child);
}

/* A child in our memory and on our stack: one call of a function would ruin what
 * its parent returns by, so it leaves by an instruction of its own. */
static __attribute__((noinline)) void raw_vfork(void)
{
#if defined(__x86_64__)
    const long child = syscall(SYS_vfork);
    if (child == 0)
        __asm__ volatile("syscall" ::"a"(SYS_exit_group), "D"(6) : "rcx", "r11", "memory");
    int status = 0;
    waitpid((pid_t)child, &status, 0);
    printf("SYS_vfork: %d\n", WEXITSTATUS(status));
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

int main(void)
{
    int pair[2];
    setvbuf(stdout, NULL, _IONBF, 0);
    six_arguments();
    errors();
    sockets();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    child_of_clone(pair[0]);
    raw_vfork();
    child_of_vfork(pair[0]);
    cancellation(pair[0]);
}
