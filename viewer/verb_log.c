/* verb_log.c - sockspy log: one line per call, from a ring. */
#include "log.h"
#include "stop.h"
#include "verb.h"

#include <unistd.h>

static bool interrupted(void *context)
{
    (void)context;
    return stop_wanted();
}

int verb_log(const struct options *options)
{
    struct log log;
    if (!log_open_output(&log, options, STDOUT_FILENO))
        return STATUS_FAILED;
    const char *const wrong = log_open_ring(&log, options->ring);
    if (wrong != NULL) {
        complain("%s: %s", options->ring, wrong);
        log_close(&log);
        return STATUS_FAILED;
    }
    log_print(&log);
    if (options->follow) {
        stop_catch();
        log_follow(&log, interrupted, NULL);
    }
    log_sum(&log);
    return log_close(&log);
}
