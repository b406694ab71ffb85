/* signals.c - see signals.h. */
#include "base/signals.h"

#include <signal.h>
#include <stdbool.h>

static struct {
    int signal;
    bool known;
    struct sigaction before;
} changed[] = {{.signal = SIGPIPE}, {.signal = SIGBUS}, {.signal = SIGCHLD}};

void signals_begin(void (*cut_short)(int signal))
{
    void (*const handlers[])(int) = {SIG_IGN /* writing to a closed pipe is no accident here */, cut_short,
                                     SIG_DFL /* where they are ignored, wait() tells nothing */};
    for (unsigned i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        const struct sigaction now = {.sa_handler = handlers[i]};
        changed[i].known = sigaction(changed[i].signal, &now, &changed[i].before) == 0;
    }
}

void signals_restore(void)
{
    for (unsigned i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        if (changed[i].known)
            sigaction(changed[i].signal, &changed[i].before, NULL);
    }
}
