/* t04_closes_all WAY - closes every descriptor as daemons do, then works on. */
#include <err.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void close_each(int from, int to)
{
    for (int fd = from; fd < to; fd++)
        close(fd);
}

static void close_all(const char *way)
{
    if (strcmp(way, "closefrom") == 0)
        closefrom(3);
    else if (strcmp(way, "close_range") == 0)
        close_range(3, ~0u, 0);
    else if (strcmp(way, "cloexec") == 0)
        close_range(3, ~0u, CLOSE_RANGE_CLOEXEC), close_each(3, 1024);
    else if (strcmp(way, "loop") == 0)
        close_each(3, 20000);
    else if (strcmp(way, "dup2") == 0) {
        for (int fd = 3; fd < 200; fd++)
            dup2(1, fd);
        close_each(3, 200);
    } else
        errx(2, "no such way: %s", way);
}

int main(int argc, char **argv)
{
    int pair[2], second[2];
    char buffer[8];
    if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        errx(2, "usage: t04_closes_all WAY");
    if (dup2(pair[0], 100) < 0 || dup2(pair[1], 150) < 0)
        err(1, "dup2");
    close_all(argv[1]);
    for (int fd = 3; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d is still open\n", fd);
    }
    for (int i = 0; i < 100; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, second) < 0)
            err(1, "socketpair");
        write(second[0], "hello", 5);
        printf("%d %d %zd\n", second[0], second[1], read(second[1], buffer, 5));
        close(second[0]);
        close(second[1]);
    }
    return 0;
}
