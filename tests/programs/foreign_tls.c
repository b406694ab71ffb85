/* foreign_tls - a child in its parent's memory with a thread pointer that libc
 * knows nothing of, as Chromium's zygote starts one to leave the file system. */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

static alignas(64) char stack[64 << 10], tls[32 << 10];

static int child(void *nothing)
{
    (void)nothing;
    if (chdir("/") < 0)
        _exit(2);
    _exit(7);
}

int main(void)
{
    int status = 0;
    const pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_SETTLS | SIGCHLD, NULL, NULL,
                            tls + sizeof tls / 2, NULL);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        err(1, "clone");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
