/* stop.c - see stop.h. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t wanted; /* a handler can reach nothing else */

static void want(int signal)
{
    (void)signal;
    wanted = 1;
}

void stop_catch(void)
{
    const struct sigaction action = {.sa_handler = want, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool stop_wanted(void)
{
    return wanted != 0;
}
