/* t15_kill_anywhere - kills a process at the first instruction of a hook, at the
 * second, and so on to the last; after each its parent makes the same call.
 * Prints how many instructions there were. Uses ptrace; without the library there
 * is nothing to step through. */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2];
static unsigned long from, to; /* the library's code */

static void find_library(void)
{
    char line[512];
    FILE *const maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        char flags[8];
        unsigned long a, b;
        if (strstr(line, "libsockspy") != NULL && sscanf(line, "%lx-%lx %7s", &a, &b, flags) == 3 && flags[2] == 'x')
            from = a, to = b;
    }
    if (maps != NULL)
        fclose(maps);
}

static void call(void)
{
    char byte = 'x';
    send(pair[0], &byte, 1, MSG_DONTWAIT);
    recv(pair[1], &byte, 1, MSG_DONTWAIT);
}

static unsigned long instruction(pid_t child)
{
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, child, NULL, &registers);
#if defined(__x86_64__)
    return registers.rip;
#else
    return 0;
#endif
}

/* Kills a child after `steps` instructions of ours. False where it got to its end
 * before that. */
static int kill_after(unsigned steps)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
            _exit(77);
        raise(SIGSTOP);
        send(pair[0], "x", 1, MSG_DONTWAIT);
        kill(getpid(), SIGKILL);
    }
    for (unsigned inside = 0; waitpid(child, &status, 0) == child && WIFSTOPPED(status);) {
        const unsigned long at = instruction(child);
        if (at >= from && at < to && ++inside > steps) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return 1;
        }
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) < 0)
            err(77, "ptrace");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        errx(77, "no ptrace here");
    return 0;
}

int main(void)
{
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
        err(1, "socketpair");
    find_library();
    unsigned steps = 0;
    for (; steps < 5000 && kill_after(steps); steps++) {
        alarm(20); /* not for a machine that is slow */
        call();
        alarm(0);
    }
    printf("%u\n", steps);
}
