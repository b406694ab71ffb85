/* t19_namespace WAY - makes a namespace of process numbers by unshare, by its number
 * (SYS_unshare), by clone, or by its numbers (SYS_clone, SYS_clone3); its first child,
 * number 1 in there, is of this program still, makes a pair of sockets, and sends a
 * word. setns: goes into the namespace of another, where its child is number 2. guest,
 * guest_setns: a child of vfork does so, for itself. */
#include <err.h>
#include <fcntl.h>
#include <linux/sched.h>
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

/* The namespace of the children of `pid`. */
static int enter(pid_t pid, const char *space)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, space);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -1 : setns(fd, CLONE_NEWPID);
}

/* Goes where a child has made a namespace, and a process to be number 1 in it, which
 * lives as long as we do. */
static void join_another(void)
{
    int ready[2], end[2];
    char byte;
    if (pipe(ready) < 0 || pipe(end) < 0)
        err(1, "pipe");
    const pid_t maker = fork();
    if (maker == 0) {
        close(end[1]);
        if (unshare(CLONE_NEWPID) < 0)
            _exit(77);
        if (fork() == 0)
            _exit((int)read(end[0], &byte, 1));
        write(ready[1], "x", 1);
        wait(NULL);
        _exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1 || enter(maker, "pid_for_children") < 0)
        err(77, "setns");
    fcntl(end[1], F_SETFD, FD_CLOEXEC);
}

static pid_t by_number(const char *way)
{
    struct clone_args arguments = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};
    if (strcmp(way, "clone_number") == 0)
        return (pid_t)syscall(SYS_clone, (long)(CLONE_NEWPID | SIGCHLD), 0L, 0L, 0L, 0L);
    if (strcmp(way, "clone3_number") == 0)
        return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    return fork();
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
    if (strcmp(way, "guest_setns") == 0 && (child = vfork()) == 0)
        _exit(enter(getpid(), "pid") < 0);
    if (strcmp(way, "setns") == 0)
        join_another();
    if (strcmp(way, "clone") == 0)
        child = clone(first, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
    else if ((child = by_number(way)) == 0)
        _exit(first(NULL));
    if (child > 1)
        dprintf(1, "%d\n", child);
    if (child < 0)
        err(77, "%s", way);
    waitpid(child, &status, 0);
    return status != 0;
}
