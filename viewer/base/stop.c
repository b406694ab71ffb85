/* stop.c - see stop.h. */
#include "base/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t wanted; /* a handler can reach nothing else */

static void want(int signal)
{
    (void)signal;
    wanted = 1;
}

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof stop_signals[0] };

void stop_catch(void)
{
    const struct sigaction action = {.sa_handler = want, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        sigaction(stop_signals[i], &action, NULL);
}

bool stop_wanted(void)
{
    return wanted != 0;
}

bool stop_or_input(int fd)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};
    sigset_t blocked, before;
    sigemptyset(&blocked);
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        sigaddset(&blocked, stop_signals[i]);
    sigprocmask(SIG_BLOCK, &blocked, &before); /* but while ppoll waits */
    while (!wanted && ppoll(&input, 1, NULL, &before) < 0 && errno == EINTR)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return !wanted;
}
