/* child.c - see child.h. */
#include "child.h"

#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the child: becomes the command, or tells why not. */
static _Noreturn void become(const struct child *child, char *const *command, int report)
{
    signals_restore();
    sigprocmask(SIG_SETMASK, &child->before, NULL);
    execvp(command[0], command);
    const int error = errno;
    if (write(report, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

int child_start(struct child *child, char *const *command)
{
    int report[2], error = 0;
    *child = (struct child){0};
    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    sigemptyset(&child->waited);
    static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(&child->waited, signals[i]);
    sigprocmask(SIG_BLOCK, &child->waited, &child->before);

    child->pid = fork();
    if (child->pid == 0)
        become(child, command, report[1]);
    if (child->pid < 0)
        error = errno;
    close(report[1]);
    if (child->pid > 0 && read(report[0], &error, sizeof error) == (ssize_t)sizeof error)
        waitpid(child->pid, &child->status, 0);
    close(report[0]);
    if (error != 0)
        sigprocmask(SIG_SETMASK, &child->before, NULL);
    return error;
}

/* The command has ended: signals are ours again, and those that came for it are
 * forgotten. */
static void end(struct child *child)
{
    child->ended = true;
    while (sigtimedwait(&child->waited, NULL, &(struct timespec){0}) > 0)
        ;
    sigprocmask(SIG_SETMASK, &child->before, NULL);
}

static void look(struct child *child)
{
    const pid_t pid = waitpid(child->pid, &child->status, WNOHANG);
    if (pid == child->pid || (pid < 0 && errno == ECHILD))
        end(child);
}

bool child_wait(struct child *child, int64_t ns)
{
    if (!child->ended)
        look(child);
    if (child->ended)
        return true;
    const struct timespec wait = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    const int signal = ns < 0 ? sigwaitinfo(&child->waited, NULL) : sigtimedwait(&child->waited, NULL, &wait);
    if (signal == SIGTERM || signal == SIGHUP)
        kill(child->pid, signal);
    look(child);
    return child->ended;
}

int child_pass_on(const struct child *child)
{
    if (!WIFSIGNALED(child->status))
        return WEXITSTATUS(child->status);
    const int number = WTERMSIG(child->status);
    const struct rlimit none = {0, 0};
    sigset_t only;
    setrlimit(RLIMIT_CORE, &none); /* the core that matters is the command's */
    signal(number, SIG_DFL);
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    kill(getpid(), number);
    return 128 + number; /* a signal that we survive */
}
