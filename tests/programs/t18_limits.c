/* t18_limits WHAT - works under a limit that is laid on at its start: "none",
 * "files" (no new descriptor), "lock" (all memory locked, little allowed),
 * "size" (no file may grow beyond a page); "high" (none, but a socket gets a high
 * number, and all stays until it is killed; makes the file "high" then); or needs so many MiB of memory, "24".
 * Prints what it could do. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void limit(int resource, rlim_t value)
{
    const struct rlimit limits = {value, value};
    if (setrlimit(resource, &limits) < 0)
        err(1, "setrlimit");
}

int main(int argc, char **argv)
{
    int pair[2];
    char buffer[8];
    const char *const what = argc == 2 ? argv[1] : "none";
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        err(1, "socketpair");
    if (strcmp(what, "files") == 0)
        limit(RLIMIT_NOFILE, 0);
    else if (strcmp(what, "lock") == 0 && mlockall(MCL_FUTURE) < 0)
        printf("mlockall: %s\n", strerrorname_np(errno));
    else if (strcmp(what, "size") == 0)
        limit(RLIMIT_FSIZE, 4096);
    else if (atoi(what) > 0) {
        void *const much = malloc((size_t)atoi(what) << 20);
        printf("%s MiB: %s\n", what, much != NULL ? "yes" : "no");
        free(much);
    }
    for (int i = 0; i < 50; i++) {
        if (send(pair[0], "hello", 5, 0) != 5 || recv(pair[1], buffer, 8, 0) != 5)
            err(1, "hello");
    }
    if (strcmp(what, "high") == 0 && dup2(pair[0], 700) == 700 && send(700, "hello", 5, 0) == 5) {
        close(creat("high", 0600));
        pause();
    }
    errno = 0;
    const int more = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("another socket: %s\n", more >= 0 ? "yes" : strerrorname_np(errno));
}
