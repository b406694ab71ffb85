/* t36_lock libc|number [thread] - sends over a pair, locks all memory that there is, sends
 * again. Prints how it went and what is locked; fails where the lock does. */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *idle(void *unused)
{
    pause();
    return unused;
}

int main(int argc, char **argv)
{
    char line[256];
    int pair[2];
    pthread_t thread;
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || send(pair[0], "hello", 5, 0) != 5)
        err(1, "socketpair");
    if (argc > 2)
        pthread_create(&thread, NULL, idle, NULL);
    const int result = strcmp(argv[1], "libc") == 0 ? mlockall(MCL_CURRENT) : (int)syscall(SYS_mlockall, MCL_CURRENT);
    printf("mlockall: %s\n", result == 0 ? "ok" : strerror(errno));
    if (send(pair[0], "hello", 5, 0) != 5 || close(pair[0]) != 0)
        err(1, "send");
    FILE *const status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmLck:", 6) == 0)
            fputs(line, stdout);
    }
    fflush(stdout);
    _exit(result != 0);
}
