/* verb_log.c - sockspy log: one line per call, from a ring. */
#include "base/stop.h"
#include "scan/log.h"
#include "verb.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool interrupted(void *context)
{
    (void)context;
    return stop_wanted();
}

/* A link that leads nowhere is there, too. */
static bool is_there(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

/* Who follows may come before the first program that is recorded. */
static const char *open_ring(struct log *log, const struct options *options)
{
    const char *const wrong = log_open_ring(log, options->ring);
    if (!options->follow || wrong == NULL || is_there(options->ring))
        return wrong;
    complain("%s: waiting for the first program to be recorded", options->ring);
    while (!is_there(options->ring) && !stop_wanted())
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    return stop_wanted() ? wrong : log_open_ring(log, options->ring);
}

int verb_log(const struct options *options)
{
    struct log log;
    if (!log_open_output(&log, options, STDOUT_FILENO))
        return STATUS_FAILED;
    if (options->follow)
        stop_catch();
    const char *const wrong = open_ring(&log, options);
    if (wrong != NULL) {
        if (!stop_wanted())
            complain("%s: %s", options->ring, wrong);
        out_discard(&log.out);
        return stop_wanted() ? STATUS_DONE : STATUS_FAILED;
    }
    log_print(&log);
    if (options->follow)
        log_follow(&log, interrupted, NULL);
    log_sum(&log);
    return log_close(&log);
}
