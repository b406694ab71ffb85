/* leave_client PORT half|first - two ways to leave. PORT is count_server's.
 *
 * half   says that it sends no more, but waits for the answer
 * first  disconnects without waiting for anything */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(2, "usage: leave_client PORT half|first");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);
    if (write(fd, "good-bye", 8) < 0)
        err(1, "write");

    if (strcmp(argv[2], "half") == 0) {
        shutdown(fd, SHUT_WR); /* half of the pipe: the server's read returns 0... */
        char answer[64];
        ssize_t n; /* ...and its answer still reaches us */
        while ((n = read(fd, answer, sizeof answer)) > 0)
            printf("the server counted %.*s\n", (int)n, answer);
    }
    close(fd);
}
