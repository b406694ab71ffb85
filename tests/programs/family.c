/* family - a socket pair used on both sides of a fork. Prints "name number". */
#include <err.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int pair[2];
    char text[16];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    const pid_t child = fork();
    if (child == 0) {
        close(pair[0]);
        if (write(pair[1], "from the child", 14) != 14)
            _exit(1);
        _exit(0); /* pair[1] ends with the process */
    }
    close(pair[1]);
    if (read(pair[0], text, sizeof text) != 14 || read(pair[0], text, sizeof text) != 0)
        errx(1, "read");
    close(pair[0]);
    int status;
    waitpid(child, &status, 0);
    printf("child %d\nfirst %d\nsecond %d\n", (int)child, pair[0], pair[1]);
    return WEXITSTATUS(status);
}
