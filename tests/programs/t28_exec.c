/* t28_exec heir - what a program that inherited sockets finds: the lowest free
 * descriptor, and every socket still in its place, each written to once.
 * t28_exec number | number_at - becomes "true" by syscall(), without an environment.
 * t28_exec start HIGH - makes sockets, one of them with the number HIGH and one
 * that closes on exec, and becomes that heir. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int heir(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    printf("lowest %d\nsockets", open("/dev/null", O_RDONLY));
    for (int fd = 3; fd < (int)files.rlim_cur; fd++) {
        int type;
        socklen_t length = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && write(fd, "hello", 5) == 5)
            printf(" %d", fd);
    }
    printf("\n");
    return 0;
}

static int by_number(const char *way)
{
    char *const arguments[] = {(char[]){"true"}, NULL}, *const none[] = {NULL};
    if (strcmp(way, "number") == 0)
        syscall(SYS_execve, "/bin/true", arguments, none);
    else
        syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, none, 0);
    err(1, "exec");
}

int main(int argc, char **argv)
{
    int pair[2];
    if (argc == 2 && strcmp(argv[1], "heir") == 0)
        return heir();
    if (argc == 2 && strncmp(argv[1], "number", 6) == 0)
        return by_number(argv[1]);
    if (argc != 3)
        errx(2, "usage: t28_exec heir | start HIGH");
    close_range(3, ~0u, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || dup2(pair[0], atoi(argv[2])) < 0)
        err(1, "high descriptor");
    const int closing = fcntl(pair[0], F_DUPFD_CLOEXEC, 10);
    printf("closing %d\n", closing);
    fflush(stdout);
    setenv("LISTEN_FDS", "2", 1);
    execl("/proc/self/exe", argv[0], "heir", NULL);
    err(1, "exec");
}
