/* audit.h - what programs did with sockets, judged: audit and run --audit share
 * it. */
#ifndef SOCKSPY_AUDIT_H
#define SOCKSPY_AUDIT_H

#include "audit/blind.h"
#include "audit/inventory.h"
#include "scan/scan.h"
#include "tables/living.h"

struct audit {
    struct scan scan;
    struct rules rules;
    struct inventory inventory;
    struct blind blind;
    char **gone; /* lines of the baseline that are no more */
    size_t gone_count;
    size_t violations, fresh;
};

/* Reads the rules that the options name. Returns STATUS_DONE, or STATUS_USAGE
 * after a complaint. Before all else: a bad rule is wrong whatever was recorded. */
int audit_read_rules(struct audit *audit, const struct options *options);

/* Opens the ring and, for what is to be printed, `fd` or what the options name.
 * False after a complaint. */
bool audit_open(struct audit *audit, const struct options *options, int fd);

/* Goes through the ring: what is in it now, or what comes until `ended`. */
void audit_take(struct audit *audit);
void audit_follow(struct audit *audit, bool (*ended)(void *waited), void *waited);

/* Judges what was found. Returns STATUS_DONE, or another status after a complaint. */
int audit_judge(struct audit *audit);

/* Prints it as options->format says. */
void audit_print(struct audit *audit);

/* Gives all back. Returns the exit status: STATUS_FAILED where a rule was broken,
 * something is new, or, with --strict, something could not be seen. */
int audit_close(struct audit *audit);

#endif
