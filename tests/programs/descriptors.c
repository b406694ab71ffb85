/* descriptors - prints the number of every descriptor that it gets: they must
 * not depend on who watches. */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int show(const char *name, int fd)
{
    if (fd < 0)
        err(1, "%s", name);
    printf("%s %d\n", name, fd);
    return fd;
}

/* What is open in this process, in the order of the numbers. */
static void table(const char *when)
{
    printf("%s:", when);
    for (int fd = 0; fd < 100; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf(" %d", fd);
    printf("\n");
    fflush(stdout);
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int pair[2];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    table("at the start");
    const int listening = show("socket", socket(AF_INET, SOCK_STREAM, 0));
    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0)
        err(1, "listen");
    const int client = show("client", socket(AF_INET, SOCK_STREAM, 0));
    if (connect(client, (struct sockaddr *)&address, length) < 0)
        err(1, "connect");
    show("accept", accept(listening, NULL, NULL));
    show("file", open("/dev/null", O_RDWR));
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    show("pair", pair[0]);
    show("pair", pair[1]);
    if (pipe(pair) < 0)
        err(1, "pipe");
    show("pipe", pair[0]);
    show("epoll", epoll_create1(0));
    close(client);
    show("lowest again", dup(listening));
    close(0);
    show("after close(0)", open("/dev/null", O_RDONLY));
    table("in the end");
    const pid_t child = fork();
    if (child == 0) {
        table("in the child");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    const char *again = getenv("AGAIN");
    if (!again && setenv("AGAIN", "1", 1) == 0)
        execl("/proc/self/exe", "descriptors", NULL);
}
