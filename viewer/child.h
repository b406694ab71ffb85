/* child.h - a command that run starts: it keeps stdin, stdout and the terminal,
 * gets the signals that are meant for it, and its end is passed on.
 */
#ifndef SOCKSPY_CHILD_H
#define SOCKSPY_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    bool ended;
    int status;      /* as of waitpid, once it has ended */
    sigset_t waited; /* signals that child_wait takes care of */
    sigset_t before; /* the mask that we, and the command, were started with */
};

/* Starts the command, found as a shell finds it. Returns 0, or the errno of why
 * it could not be started. Until child_wait has told of its end, our own SIGINT
 * and SIGQUIT (which the terminal sends the command as well), SIGTERM, SIGHUP and
 * SIGCHLD are held. */
int child_start(struct child *child, char *const *command);

/* Waits up to `ns` (forever if negative) for the command's end, or a signal.
 * Hands SIGTERM and SIGHUP on. Returns whether it has ended. */
bool child_wait(struct child *child, int64_t ns);

/* The command's exit status; where a signal ended it, dies of the same. */
int child_pass_on(const struct child *child);

#endif
