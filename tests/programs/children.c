/* children.c - COUNT children one after the other, each with a socket pair of its own. */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(void)
{
    int pair[2];
    char byte = 'x';
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || write(pair[0], &byte, 1) != 1 || read(pair[1], &byte, 1) != 1)
        return 1;
    return close(pair[0]) != 0 || close(pair[1]) != 0;
}

int main(int argc, char **argv)
{
    const int count = argc > 1 ? atoi(argv[1]) : 1;
    for (int i = 0; i < count; i++) {
        const pid_t pid = fork();
        if (pid == 0)
            _exit(child());
        int status;
        if (waitpid(pid, &status, 0) != pid || status != 0)
            return 1;
    }
    return 0;
}
