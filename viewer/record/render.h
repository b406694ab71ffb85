/* render.h - a view as one line: JSON, CSV or text. */
#ifndef SOCKSPY_RENDER_H
#define SOCKSPY_RENDER_H

#include "record/decode.h"

/* One JSON object and a newline; the keys are public and stable. */
void render_jsonl(struct out *out, const struct view *view);

/* The same keys as columns. */
void render_csv_header(struct out *out);
void render_csv(struct out *out, const struct view *view);

enum clock_style {
    CLOCK_MILLISECONDS, /* 14:02:11.318 */
    CLOCK_SECONDS,      /* -t: 14:02:11 */
    CLOCK_MICROSECONDS, /* -tt: 14:02:11.318224 */
    CLOCK_UNIX,         /* -ttt: 1700000000.318224 */
    CLOCK_RELATIVE      /* -r: seconds since the line before */
};

enum { TEXT_COLUMNS = 6 };

/* What the text form remembers from line to line. */
struct text {
    enum clock_style clock;
    bool durations;                /* -T */
    size_t shown;                  /* bytes of payload and of other foreign text */
    size_t time_width;             /* of what stands before the columns, */
    unsigned widths[TEXT_COLUMNS]; /* and of each of them so far */
    int64_t last;                  /* the moment of the last line, Unix ns; 0: none yet */
    int64_t second;                /* the Unix second for which day and clock hold; 0: none */
    int day;                       /* of the last line: year * 1000 + day of the year */
    char clock_text[16];           /* HH:MM:SS */
};

void text_begin(struct text *text, enum clock_style clock, bool durations, size_t shown);

/* One aligned line; before it, where a new day begins, its date. */
void render_text(struct out *out, struct text *text, const struct view *view);

#endif
