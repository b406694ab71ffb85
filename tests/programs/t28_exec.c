/* t28_exec heir - what a program that inherited sockets finds: the lowest free
 * descriptor, and every socket still in its place, each written to once.
 * t28_exec by WAY - becomes or starts "true" without an environment, by the call that
 * takes one: number, number_at (syscall), execve, spawn, system…
 * t28_exec start HIGH - makes sockets, one of them with the number HIGH and one
 * that closes on exec, and becomes that heir. */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

/* system and popen take our own environment. */
static int by_shell(bool opens)
{
    unsetenv("LD_PRELOAD");
    if (!opens)
        return system("exit 0");
    FILE *const pipe = popen("exit 0", "r");
    return pipe == NULL || pclose(pipe) != 0;
}

static int by(const char *way)
{
    char *const arguments[] = {(char[]){"true"}, NULL}, *const none[] = {NULL};
    pid_t child;
    if (strcmp(way, "number") == 0)
        syscall(SYS_execve, "/bin/true", arguments, none);
    else if (strcmp(way, "number_at") == 0)
        syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, none, 0);
    else if (strcmp(way, "execve") == 0)
        execve("/bin/true", arguments, none);
    else if (strcmp(way, "execvpe") == 0)
        execvpe("/bin/true", arguments, none);
    else if (strcmp(way, "execle") == 0)
        execle("/bin/true", "true", NULL, none);
    else if (strcmp(way, "execveat") == 0)
        execveat(AT_FDCWD, "/bin/true", arguments, none, 0);
    else if (strcmp(way, "fexecve") == 0)
        fexecve(open("/bin/true", O_PATH), arguments, none);
    else if (strcmp(way, "spawn") == 0)
        return posix_spawn(&child, "/bin/true", NULL, NULL, arguments, none) != 0 || waitpid(child, NULL, 0) != child;
    else if (strcmp(way, "spawnp") == 0)
        return posix_spawnp(&child, "true", NULL, NULL, arguments, none) != 0 || waitpid(child, NULL, 0) != child;
    else
        return by_shell(strcmp(way, "popen") == 0);
    err(1, "exec");
}

int main(int argc, char **argv)
{
    int pair[2];
    if (argc == 2 && strcmp(argv[1], "heir") == 0)
        return heir();
    if (argc == 3 && strcmp(argv[1], "by") == 0)
        return by(argv[2]);
    if (argc != 3)
        errx(2, "usage: t28_exec heir | by WAY | start HIGH");
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
