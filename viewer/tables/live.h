/* live.h - following a ring: on a terminal a screen that is drawn anew in its
 * place, anywhere else what changes, line by line.
 */
#ifndef SOCKSPY_LIVE_H
#define SOCKSPY_LIVE_H

#include "scan/scan.h"
#include "tables/living.h"

/* What a verb gives. */
struct live {
    struct scan *scan;
    const struct procfs *procfs;
    void *context;     /* of these two: */
    scan_visit *visit; /* notes, or prints, what a step changed */
    /* Writes what the screen is to show, at most `rows` lines and `columns`
     * columns, to `out`. */
    void (*draw)(void *context, struct out *out, unsigned rows, unsigned columns);
};

/* Is the output a screen that can be drawn on? */
bool live_has_screen(const struct scan *scan);

/* Follows until interrupted, or until nobody reads any more. */
void live_follow(const struct live *live);

/* --- rows ------------------------------------------------------------------------ */

enum { LIVE_RECENT = 256 };

/* What ended is shown a little longer. The items begin with their id. */
struct live_recent {
    struct {
        void *item;
        int64_t until; /* CLOCK_MONOTONIC, ns */
    } slots[LIVE_RECENT];
    unsigned count;
    void *context;
    void (*release)(void *context, void *item);
};

/* Keeps the item, which is held, for a moment; then it is released. */
void live_recent_put(struct live_recent *recent, void *item);
void live_recent_expire(struct live_recent *recent, bool all);

/* The rows of a screen. All zero: none. */
struct live_rows {
    struct live_row {
        void *item;
        int64_t used; /* when it was used last */
    } * rows;
    size_t count, room;
};

void live_rows_add(struct live_rows *rows, void *item, int64_t used);

/* Leaves those `most` that were used last, of the busy ones the youngest, in the
 * order of their ids. Returns how many had to go. */
size_t live_rows_choose(struct live_rows *rows, size_t most);

void live_rows_free(struct live_rows *rows);

/* "… 12 more" */
void live_put_more(struct out *out, size_t more);

#endif
