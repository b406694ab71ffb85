/* log.c - see log.h. */
#include "scan/log.h"

#include "record/counts.h"

#include <stdlib.h>
#include <string.h>

bool log_open_output(struct log *log, const struct options *options, int fd)
{
    *log = (struct log){.options = options};
    if (options->output == NULL) {
        out_open(&log->out, fd, options->colour);
    } else if (!out_open_file(&log->out, options->output, !options->follow, options->colour)) {
        complain("%s: cannot be written: %m", options->output);
        return false;
    }
    text_begin(&log->text, options->clock, options->durations, options->shown);
    if (options->format == FORMAT_CSV)
        render_csv_header(&log->out);
    return true;
}

const char *log_open_ring(struct log *log, const char *path)
{
    const char *const wrong = source_open(&log->source, path);
    if (wrong == NULL)
        log->decoder = decoder_new(&log->source.ring);
    return wrong;
}

static void print_view(struct log *log, const struct view *view)
{
    if (view->lost != 0)
        log->lost += view->lost;
    else
        log->shown++;
    switch (log->options->format) {
    case FORMAT_JSONL: render_jsonl(&log->out, view); break;
    case FORMAT_CSV: render_csv(&log->out, view); break;
    default: render_text(&log->out, &log->text, view);
    }
}

/* How many records pass the filter; the source begins again after it. */
static uint64_t count_matching(struct log *log)
{
    const struct record *record;
    uint64_t count = 0;
    while ((record = source_next(&log->source)) != NULL) {
        const struct view *const view = decoder_view(log->decoder, record);
        count += view->lost == 0 && filter_match(&log->options->filter, view);
    }
    source_rewind(&log->source);
    decoder_rewind(log->decoder);
    return count;
}

/* Lets the columns learn their widths from the first records, so that the lines
 * are aligned from the first one on. Nothing is printed. */
static void measure_columns(struct log *log)
{
    enum { ENOUGH = 1000 };
    struct text text = log->text;
    for (unsigned count = 0; count < ENOUGH && source_at_hand(&log->source);) {
        const struct record *const record = source_next(&log->source);
        const struct view *const view = decoder_view(log->decoder, record);
        if (!filter_match(&log->options->filter, view))
            continue;
        render_text(&log->out, &text, view);
        log->out.used = log->out.column = 0;
        count++;
    }
    memcpy(log->text.widths, text.widths, sizeof text.widths);
    source_rewind(&log->source);
    decoder_rewind(log->decoder);
}

void log_print(struct log *log)
{
    const struct filter *const filter = &log->options->filter;
    const struct record *record;
    uint64_t skip = 0;
    source_read(&log->source, filter->last != 0 ? SOURCE_ONCE : SOURCE_PASSING); /* to be counted beforehand, or not */
    if (filter->last != 0) {
        const uint64_t count = count_matching(log);
        skip = count > filter->last ? count - filter->last : 0;
    }
    if (log->options->format == FORMAT_TEXT)
        measure_columns(log);
    while ((record = source_next(&log->source)) != NULL && !log->out.broken) {
        const struct view *const view = decoder_view(log->decoder, record);
        sight_take(&log->sight, view);
        if (!filter_match(filter, view))
            continue;
        if (skip == 0)
            print_view(log, view);
        else if (view->lost == 0)
            skip--;
    }
}

static void print_new(struct log *log, enum source_mode mode)
{
    const struct record *record;
    source_read(&log->source, mode);
    if (processes_stale(&log->decoder->processes, &log->source.ring))
        decoder_refresh(log->decoder, &log->source.ring);
    while ((record = source_next(&log->source)) != NULL && !log->out.broken) {
        const struct view *const view = decoder_view(log->decoder, record);
        sight_take(&log->sight, view);
        if (filter_match(&log->options->filter, view))
            print_view(log, view);
    }
    out_flush(&log->out);
}

void log_follow(struct log *log, bool (*ended)(void *context), void *context)
{
    while (!ended(context) && !log->out.broken) {
        print_new(log, SOURCE_FOLLOW);
        source_sleep(&log->source);
    }
    print_new(log, SOURCE_LAST);
}

/* A line of its own that no record is: "# 12 records …". */
static void put_remark(struct out *out, uint64_t count, const char *words)
{
    out_paint(out, PAINT_DIM);
    out_text(out, "# ");
    if (count != 0) {
        out_grouped(out, count);
        out_char(out, ' ');
    }
    out_foreign(out, words, strlen(words), ESCAPE_TEXT);
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}

void log_sum(struct log *log)
{
    const struct ring *const ring = &log->source.ring;
    struct out *const out = &log->out;
    if (log->options->format != FORMAT_TEXT)
        return;
    if (log->lost != 0)
        put_remark(out, log->lost,
                   log->lost == 1 ? "record is missing: overwritten, or never finished"
                                  : "records are missing: overwritten (a larger SOCKSPY_SIZE keeps more), "
                                    "or never finished");
    for (unsigned kind = 0; kind < COUNT_KINDS; kind++) {
        const uint64_t count = __atomic_load_n(&ring->header->count[kind], __ATOMIC_RELAXED);
        if (count != 0)
            put_remark(out, count, count_words(kind, count));
    }
    sight_look(&log->sight, ring, log->source.path);
    for (size_t i = 0; i < log->sight.count; i++) {
        char *const text = sight_text(&log->sight.unseen[i]);
        put_remark(out, 0, text);
        free(text);
    }
    if (source_written(&log->source) == 0)
        put_remark(out, 0, "nothing has been recorded yet");
}

int log_close(struct log *log)
{
    const bool whole = out_close(&log->out);
    const int error = log->out.error;
    decoder_free(log->decoder);
    sight_free(&log->sight);
    if (log->source.memory != NULL)
        source_close(&log->source);
    if (whole)
        return STATUS_DONE;
    return complain("%s: %s", log->options->output != NULL ? log->options->output : "the log cannot be written",
                    strerror(error));
}
