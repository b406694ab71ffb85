/* scan.c - see scan.h. */
#include "scan/scan.h"

#include "base/progress.h"

#include <string.h>
#include <unistd.h>

bool scan_open_ring(struct scan *scan, const struct options *options, bool keep)
{
    *scan = (struct scan){.options = options};
    const char *const wrong = source_open(&scan->source, options->ring);
    if (wrong != NULL) {
        complain("%s: %s", options->ring, wrong);
        return false;
    }
    scan->decoder = decoder_new(&scan->source.ring);
    scan->model = model_new(&scan->decoder->processes, keep);
    return true;
}

bool scan_open(struct scan *scan, const struct options *options, bool keep, int fd)
{
    if (!scan_open_ring(scan, options, keep))
        return false;
    if (options->output == NULL) {
        out_open(&scan->out, fd, options->colour);
    } else if (!out_open_file(&scan->out, options->output, !options->follow, options->colour)) {
        complain("%s: cannot be written: %m", options->output);
        scan_close(scan);
        return false;
    }
    scan->written = true;
    return true;
}

static bool take(struct scan *scan, struct progress *progress, scan_visit *visit, void *context)
{
    const struct record *record;
    bool any = false;
    while ((record = source_next(&scan->source)) != NULL && !scan->out.broken) {
        const struct view *const view = decoder_view(scan->decoder, record);
        const bool passes = filter_match(&scan->options->filter, view);
        visit(context, model_take(scan->model, view), passes);
        if (progress != NULL)
            progress_step(progress);
        any = true;
    }
    return any;
}

void scan_all(struct scan *scan, scan_visit *visit, void *context)
{
    struct progress progress;
    progress_begin(&progress, source_written(&scan->source));
    source_read(&scan->source, SOURCE_PASSING);
    progress.wanted &= !isatty(scan->out.fd); /* where rows may come meanwhile */
    take(scan, &progress, visit, context);
    progress_end(&progress);
    visit(context, model_finish(scan->model), true);
}

bool scan_more(struct scan *scan, bool last, scan_visit *visit, void *context)
{
    source_read(&scan->source, last ? SOURCE_LAST : SOURCE_FOLLOW);
    if (processes_stale(&scan->decoder->processes, &scan->source.ring))
        decoder_refresh(scan->decoder, &scan->source.ring);
    return take(scan, NULL, visit, context);
}

void scan_rest(struct scan *scan, scan_visit *visit, void *context)
{
    scan_more(scan, true, visit, context);
    visit(context, model_finish(scan->model), true);
}

void scan_until(struct scan *scan, bool (*ended)(void *waited), void *waited, scan_visit *visit, void *context)
{
    while (!ended(waited)) {
        scan_more(scan, false, visit, context);
        source_sleep(&scan->source);
    }
    scan_rest(scan, visit, context);
}

int scan_close(struct scan *scan)
{
    const bool whole = !scan->written || out_close(&scan->out);
    const int error = scan->out.error;
    model_free(scan->model);
    decoder_free(scan->decoder);
    if (scan->source.memory != NULL)
        source_close(&scan->source);
    if (whole)
        return STATUS_DONE;
    return complain("%s: %s", scan->options->output != NULL ? scan->options->output : "the output cannot be written",
                    strerror(error));
}
