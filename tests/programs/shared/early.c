/* early - a library whose constructor comes before that of any preload, and whose
 * destructor comes after. Sends a word each time on the socket $EARLY_FD; with
 * $EARLY_NULL while there is no environment; with $EARLY_FIRST, it begins with that
 * call. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int __fcntl(int fd, int command, ...);
int __clone(int (*run)(void *), void *stack, int flags, void *argument, ...);

static int fd = -1;

static int nothing(void *argument)
{
    return argument != NULL;
}

#if defined(__x86_64__)
__typeof__(posix_spawn) old_spawn; /* of its two versions, the one for old programs */
__asm__(".symver old_spawn, posix_spawn@GLIBC_2.2.5");
#else
#define old_spawn posix_spawn
#endif

static void call_first(const char *name)
{
    static char stack[65536] __attribute__((aligned(16)));
    int bytes;
    pid_t child = -1;
    if (strcmp(name, "fcntl") == 0)
        fcntl(fd, F_GETFD);
    else if (strcmp(name, "fcntl64") == 0)
        fcntl64(fd, F_GETFD);
    else if (strcmp(name, "__fcntl") == 0)
        __fcntl(fd, F_GETFD);
    else if (strcmp(name, "ioctl") == 0)
        ioctl(fd, FIONREAD, &bytes);
    else if (strcmp(name, "prctl") == 0)
        prctl(PR_GET_DUMPABLE);
    else if (strcmp(name, "syscall") == 0)
        syscall(SYS_getppid);
    else if (strcmp(name, "vfork") == 0 && (child = vfork()) == 0)
        _exit(0);
    else if (strcmp(name, "clone") == 0)
        child = clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    else if (strcmp(name, "__clone") == 0)
        child = __clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    else if (strcmp(name, "execl") == 0)
        execl("/nowhere", "nothing", NULL);
    else if (strcmp(name, "posix_spawn") == 0)
        old_spawn(&child, "/bin/true", NULL, NULL, (char *[]){"true", NULL}, (char *[]){NULL});
    if (child > 0)
        waitpid(child, NULL, 0);
}

static __attribute__((constructor)) void early(void)
{
    extern char **environ;
    char **const saved = environ;
    fd = getenv("EARLY_FD") != NULL ? atoi(getenv("EARLY_FD")) : -1;
    if (getenv("EARLY_FIRST") != NULL)
        call_first(getenv("EARLY_FIRST"));
    if (getenv("EARLY_NULL") != NULL)
        environ = NULL;
    write(fd, "too early", 9);
    environ = saved;
    close(socket(AF_UNIX, SOCK_DGRAM, 0));
    write(fd, "constructor", 11);
}

static __attribute__((destructor)) void late(void)
{
    const int code = errno;
    send(fd, "destructor", 10, 0);
    if (fd >= 0)
        dprintf(2, "errno %d at the end\n", code);
}

int early_library(void);
int early_library(void)
{
    return fd;
}
