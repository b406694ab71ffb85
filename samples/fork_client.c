/* fork_client PORT - parent and child hold one socket, under the same number.
 * PORT is that of an echo server on this machine. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char echo[64];

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);

    pid_t child = fork(); /* the child gets a copy of the table of descriptors */
    if (child < 0)
        err(1, "fork");
    if (child == 0) {
        if (write(fd, "from the child", 14) < 0)
            err(1, "write");
        close(fd); /* the parent still has it: the server notices nothing */
        return 0;
    }
    waitpid(child, NULL, 0);
    ssize_t n = read(fd, echo, sizeof echo); /* what the child sent comes back to us */
    printf("the parent read: %.*s\n", (int)(n > 0 ? n : 0), echo);
    close(fd);
}
