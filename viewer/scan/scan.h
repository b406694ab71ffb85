/* scan.h - a ring's records run through the model: what the verbs that show
 * processes, sockets and connections share.
 */
#ifndef SOCKSPY_SCAN_H
#define SOCKSPY_SCAN_H

#include "model.h"
#include "options/options.h"
#include "source.h"

struct scan {
    const struct options *options;
    struct out out;
    struct source source;
    struct decoder *decoder;
    struct model *model;
    bool written; /* the output was opened */
};

/* What to do with each step; `passes`: the filter lets its record through. Also
 * called for the steps without a record, which pass. */
typedef void scan_visit(void *context, const struct step *step, bool passes);

/* Opens the ring and, if it is one, the output: `fd`, unless the options name a
 * file. False after a complaint. */
bool scan_open(struct scan *scan, const struct options *options, bool keep, int fd);

/* Only the ring, for those who write in ways of their own. */
bool scan_open_ring(struct scan *scan, const struct options *options, bool keep);

/* Takes all that the ring holds now. */
void scan_all(struct scan *scan, scan_visit *visit, void *context);

/* Takes what is new, while following; nothing stays held back with `last`.
 * Returns whether there was anything. */
bool scan_more(struct scan *scan, bool last, scan_visit *visit, void *context);

/* Takes what has come since; the model is at its end again. */
void scan_rest(struct scan *scan, scan_visit *visit, void *context);

/* Follows until `ended`, then takes what is left; the model is at its end then. */
void scan_until(struct scan *scan, bool (*ended)(void *waited), void *waited, scan_visit *visit, void *context);

/* Gives all back; returns the exit status, after a complaint if it is not 0. */
int scan_close(struct scan *scan);

#endif
