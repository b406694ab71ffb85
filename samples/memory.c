/* memory PORT - where do a program's buffers lie, and what is a descriptor?
 * PORT is that of an echo server on this machine. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char fixed[] = "static"; /* is there as long as the program */

/* What the kernel's table has under this number: /proc/PID/fd/N. */
static void show(int fd)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (readlink(path, name, sizeof name - 1) > 0)
        printf("descriptor %d -> %s\n", fd, name);
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char local[] = "stack", echo[64]; /* are there as long as this function */
    char *made = strdup("heap");      /* is there until free */

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(1, "port %s", argv[1]);
    const char *texts[] = {fixed, local, made};
    for (int i = 0; i < 3; i++) {
        if (write(fd, texts[i], strlen(texts[i])) < 0 || read(fd, echo, sizeof echo) < 0)
            err(1, "echo");
    }
    int second = dup(fd); /* two numbers, one socket */
    show(fd);
    show(second);
    close(fd); /* the socket stays... */
    if (write(second, "still here", 10) < 0 || read(second, echo, sizeof echo) < 0)
        err(1, "echo");
    close(second); /* ...until its last number is gone */
    free(made);
}
