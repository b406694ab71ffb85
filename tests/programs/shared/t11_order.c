/* t11_order WAY - ends by: return, _exit, quick_exit, abort, kill. Linked with
 * early.c; starts again with a socket in $EARLY_FD. A return leaves errno 4711, which
 * early.c finds. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int early_library(void);

static void at_exit(void)
{
    send(early_library(), "at exit", 7, 0);
}

int main(int argc, char **argv)
{
    const char *const way = argc > 1 ? argv[1] : "";
    char number[16];
    int pair[2];
    if (getenv("EARLY_FD") == NULL) {
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
            return 1;
        snprintf(number, sizeof number, "%d", pair[0]);
        setenv("EARLY_FD", number, 1);
        execv(argv[0], argv);
        return 1;
    }
    atexit(at_exit);
    if (at_quick_exit(at_exit) != 0)
        return 1;
    send(early_library(), "main", 4, 0);
    if (strcmp(way, "_exit") == 0)
        _exit(3);
    if (strcmp(way, "quick_exit") == 0)
        quick_exit(3);
    if (strcmp(way, "abort") == 0)
        abort();
    if (strcmp(way, "kill") == 0)
        kill(getpid(), SIGKILL);
    fclose(stdin);
    errno = 4711;
    return 3;
}
