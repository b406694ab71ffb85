/* log.h - telling a ring's records one after the other: log and run share it. */
#ifndef SOCKSPY_LOG_H
#define SOCKSPY_LOG_H

#include "options/options.h"
#include "scan/sight.h"
#include "source.h"

struct log {
    const struct options *options;
    struct out out;
    struct text text;
    struct source source;
    struct decoder *decoder;
    uint64_t shown; /* records printed */
    uint64_t lost;  /* records told as lost */
    struct sight sight;
};

/* Opens where the log goes: options->output, else `fd`. False after a complaint. */
bool log_open_output(struct log *log, const struct options *options, int fd);

/* Opens the ring. Returns NULL or what is wrong with it. */
const char *log_open_ring(struct log *log, const char *path);

/* Prints what the ring holds now. */
void log_print(struct log *log);

/* Goes on with what comes, until `ended` says so or nobody reads any more; what
 * was held back is printed then. After log_print, or alone. */
void log_follow(struct log *log, bool (*ended)(void *context), void *context);

/* Says, in the text form, what the log cannot show. */
void log_sum(struct log *log);

/* Gives all back; returns the exit status, after a complaint if it is not 0. */
int log_close(struct log *log);

#endif
