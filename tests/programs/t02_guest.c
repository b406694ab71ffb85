/* t02_guest - children of vfork, in our memory but with descriptors of their own,
 * do to those whatever there is. After each, every descriptor up to 100 is written
 * to, the length tells the step: "step sockets..." is printed, as the kernel has
 * them in this process. */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

enum { LAST = 100 };
static int pair[2], way[2], udp, file, gone, master = -1, terminal = -1;
static int late[2]; /* made when the children are gone */
static FILE *stream;
static struct sockaddr_in loopback = {.sin_family = AF_INET};

static void by_close(void)
{
    for (int fd = 3; fd < LAST; fd++)
        close(fd);
}
static void by_closefrom(void)
{
    closefrom(3);
}
static void by_close_range(void)
{
    close_range(3, ~0u, 0);
}
static void by_fclose(void)
{
    fclose(stream);
}
static void file_over_socket(void)
{
    dup2(file, pair[0]);
    dup3(file, pair[1], O_CLOEXEC);
}
static void socket_over_file(void)
{
    dup2(pair[0], file);
}
static void by_socket(void)
{
    close(file);
    socket(AF_UNIX, SOCK_STREAM, 0);
}
static void by_socketpair(void)
{
    int both[2];
    close(file);
    socketpair(AF_UNIX, SOCK_STREAM, 0, both);
}
static void by_dup(void)
{
    close(file);
    dup(pair[0]);
}
static void by_fcntl(void)
{
    close(file);
    fcntl(pair[0], F_DUPFD, file);
}
static void by_message(void)
{
    char control[CMSG_SPACE(sizeof(int))], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = sizeof control;
    close(file);
    recvmsg(way[1], &message, 0);
}

/* A socket that no hook has seen made, used by calls that only sockets know. */
static void by_find(void)
{
#if defined(__x86_64__)
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    long fd;
    close(file);
    __asm__ volatile("syscall"
                     : "=a"(fd)
                     : "0"(SYS_socket), "D"(AF_UNIX), "S"(SOCK_DGRAM), "d"(0)
                     : "rcx", "r11", "memory");
    getsockname((int)fd, (struct sockaddr *)&name, &length);
#endif
}

/* Another socket takes the number of ours, and is given names. */
static void by_names(void)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    dup2(socket(AF_INET, SOCK_DGRAM, 0), udp);
    if (bind(udp, (struct sockaddr *)&loopback, sizeof loopback) < 0)
        _exit(1);
    getsockname(udp, (struct sockaddr *)&name, &length);
    sendto(udp, "x", 1, 0, (struct sockaddr *)&name, length);
    connect(udp, (struct sockaddr *)&name, length);
    getpeername(udp, (struct sockaddr *)&name, &length);
    dup2(socket(AF_INET, SOCK_STREAM, 0), udp);
    listen(udp, 1);
    dup2(socket(AF_INET, SOCK_DGRAM, 0), udp);
    bindresvport(udp, NULL); /* if it may */
}

/* The number of ours is given to a connection. */
static void by_accept(void)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    const int listening = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&loopback, sizeof loopback) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&name, &length) < 0 ||
        connect(client, (struct sockaddr *)&name, length) < 0)
        _exit(1);
    close(udp);
    if (accept(listening, (struct sockaddr *)&name, &length) != udp)
        _exit(1);
}

/* Its own child has a copy of our memory, to do with as it likes. */
static void by_fork(void)
{
    int both[2], status = 1;
    const pid_t child = fork();
    if (child == 0) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, both) == 0)
            send(both[0], (char[50]){0}, 50, 0);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        _exit(1);
}

/* Descriptors 0 to 2 become a terminal. */
static void by_login_tty(void)
{
    if (login_tty(terminal) < 0)
        _exit(1);
}

/* The number of a socket that is closed becomes a file's. */
static void by_reuse(void)
{
    if (dup2(file, gone) == gone)
        write(gone, "xy", 2);
}

/* A handler runs in the child, too. */
static void on_signal(int signal)
{
    (void)signal;
    by_close();
}
static void by_handler(void)
{
    raise(SIGUSR1);
}

static void look(const char *step)
{
    static size_t number;
    static const char bytes[64];
    number++;
    printf("%zu %s", number, step);
    for (int fd = 0; fd < LAST; fd++) {
        struct stat status;
        if (fd == 1 || fd == 2 || fd == terminal || fd == master || fstat(fd, &status) < 0)
            continue;
        if (write(fd, bytes, number) != (ssize_t)number && fd != udp)
            err(1, "write to %d", fd);
        if (S_ISSOCK(status.st_mode))
            printf(" %d", fd);
    }
    printf("\n");
}

static void reap(const char *name, pid_t child)
{
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        err(1, "%s", name);
    look(name);
}

static void step(const char *name, void (*act)(void))
{
    const pid_t child = vfork();
    if (child == 0) {
        act();
        _exit(0);
    }
    reap(name, child);
}
#define STEP(act) step(#act, act)

static int on_own_stack(void *argument)
{
    (void)argument;
    by_close();
    return 0;
}

static void pass_socket(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {(char[]){"x"}, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    memcpy(CMSG_DATA(&control.header), &pair[0], sizeof pair[0]);
    if (sendmsg(way[0], &message, 0) != 1)
        err(1, "sendmsg");
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    close_range(3, ~0u, 0); /* what our parent left open */
    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    file = open("/dev/null", O_RDWR); /* the lowest, so that it is the next to be given again */
    udp = socket(AF_INET, SOCK_DGRAM, 0);
    gone = socket(AF_UNIX, SOCK_STREAM, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, way) < 0)
        err(1, "socketpair");
    stream = fdopen(dup(pair[0]), "w");
    dup2(pair[0], 0);
    close(gone);
    pass_socket();
    look("nothing");
    STEP(by_reuse);
    if (write(gone, (char[40]){0}, 40) >= 0)
        errx(1, "%d is open", gone);
    STEP(by_close);
    STEP(by_closefrom);
    STEP(by_close_range);
    STEP(file_over_socket);
    STEP(socket_over_file);
    STEP(by_socket);
    STEP(by_socketpair);
    STEP(by_dup);
    STEP(by_fcntl);
    STEP(by_message);
    STEP(by_find);
    STEP(by_names);
    STEP(by_accept);
    STEP(by_fork);
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        err(1, "no terminal");
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    STEP(by_login_tty);
    close(terminal);
    close(master);
    terminal = master = -1;
    signal(SIGUSR1, on_signal);
    STEP(by_handler);
    STEP(by_fclose);
    static char stack[65536] __attribute__((aligned(16)));
    reap("clone", clone(on_own_stack, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, late) < 0)
        err(1, "socketpair");
    look("ours again");
}
