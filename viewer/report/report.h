/* report.h - a recording as the JSON that the report's page is drawn from. What
 * its tables and their columns mean stands at the top of report.js.
 */
#ifndef SOCKSPY_REPORT_H
#define SOCKSPY_REPORT_H

#include "lecture/story.h"
#include "report/rows.h"

struct report {
    struct rows rows;
    struct story *story;
    struct history *history; /* the story's */
    uint32_t *order;         /* entries by when they took effect... */
    uint32_t *record_rows;   /* ...and by entry, their row or NONE */
    uint32_t *pipe_rows;     /* the same for pipes */
    uint32_t call_rows[CALLS_TOLD];
};

/* Writes one JSON object. `ring` is its path. */
void report_data(struct out *out, struct story *story, const char *ring);

/* Parts of it (report_records.c): what was called, and what is said of it. */
void report_calls(struct report *report);
void report_records(struct report *report);
void report_steps(struct report *report);

/* A mark is a row counted from 1. */
static inline uint32_t report_row(uint64_t mark)
{
    return mark != 0 ? (uint32_t)(mark - 1) : NONE;
}

static inline uint32_t report_pipe_row(const struct report *report, const struct pipe *pipe)
{
    return pipe != NULL ? report->pipe_rows[pipe - report->history->pipes] : NONE;
}

#endif
