/* t19_namespace WAY - makes a namespace of process numbers by unshare, by its number
 * (SYS_unshare) or by clone; its first child, number 1 in there, is of this program
 * still, makes a pair of sockets, and sends a word. guest: such a namespace is made
 * by a child of vfork, for itself. */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int first(void *argument)
{
    int pair[2];
    (void)argument;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || send(pair[0], "first", 5, 0) != 5)
        return 1;
    return 0;
}

int main(int argc, char **argv)
{
    static char stack[65536] __attribute__((aligned(16)));
    const char *const way = argc == 2 ? argv[1] : "";
    pid_t child;
    int status = 1;
    if (strcmp(way, "unshare") == 0 && unshare(CLONE_NEWPID) < 0)
        err(77, "unshare");
    if (strcmp(way, "number") == 0 && syscall(SYS_unshare, (long)CLONE_NEWPID) < 0)
        err(77, "unshare");
    if (strcmp(way, "guest") == 0 && (child = vfork()) == 0)
        _exit(unshare(CLONE_NEWPID) < 0);
    if (strcmp(way, "clone") == 0)
        child = clone(first, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
    else if ((child = fork()) == 0)
        _exit(first(NULL));
    if (child > 1)
        dprintf(1, "%d\n", child);
    if (child < 0)
        err(77, "%s", way);
    waitpid(child, &status, 0);
    return status != 0;
}
