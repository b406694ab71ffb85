/* filter.h - which records to show; the same for every verb. */
#ifndef SOCKSPY_FILTER_H
#define SOCKSPY_FILTER_H

#include "record/decode.h"

struct filter {
    int64_t *pids, *fds, *ports; /* lists; empty: all */
    size_t pid_count, fd_count, port_count;
    const char **comms, **hosts; /* globs, the caller's strings */
    size_t comm_count, host_count;
    bool calls_given;       /* -e was: */
    bool calls[CALLS_TOLD]; /* only these */
    bool succeeded, failed; /* -z, -Z */
    uint64_t last;          /* -n: only the last so many; 0: all */
    int64_t since;          /* --since: Unix time in ns; 0: all */
    bool any;               /* anything of the above but `last` */
    char wrong[160];        /* what these functions complain of */
};

/* These add to the filter what a person wrote: one, or several with commas
 * between. Each returns NULL, or what is wrong with it in a few words, which lie
 * in filter->wrong. */
const char *filter_pid(struct filter *filter, const char *text);
const char *filter_fd(struct filter *filter, const char *text);
const char *filter_port(struct filter *filter, const char *text);
const char *filter_comm(struct filter *filter, char *text);
const char *filter_host(struct filter *filter, char *text);

/* As strace: "connect,accept4", "%net", "!read,write", "trace=…". */
const char *filter_trace(struct filter *filter, const char *text);

/* "10s", "5m", "2h", "1d" before now; "14:02", "14:02:11" of today or, if that
 * is still to come, of yesterday; or Unix seconds. */
const char *filter_since(struct filter *filter, const char *text, int64_t now_ns);

/* "10" */
const char *filter_last(struct filter *filter, const char *text);

/* Does the record pass? Lost ones always do: nobody knows what they were. */
bool filter_match(const struct filter *filter, const struct view *view);

/* Does -e ask for a call of this class? */
bool filter_wants_class(const struct filter *filter, enum call_class class);

void filter_free(struct filter *filter);

#endif
