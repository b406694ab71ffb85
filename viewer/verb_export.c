/* verb_export.c - sockspy export: a recording in the forms of other programs. */
#include "export/export.h"
#include "options/output.h"
#include "verb.h"

#include <unistd.h>

/* CSV and JSON Lines are what log gives. */
static int export_log(const struct options *options)
{
    struct options own = *options;
    own.follow = false;
    return verb_log(&own);
}

int verb_export(const struct options *options)
{
    struct history history;
    struct out out;
    if (options->format == FORMAT_TEXT)
        return misused("export needs --format: pcapng, perfetto, mermaid, csv or jsonl");
    if (options->format == FORMAT_CSV || options->format == FORMAT_JSONL)
        return export_log(options);
    if (options->format == FORMAT_PCAPNG && options->output == NULL && isatty(STDOUT_FILENO))
        return misused("a capture file is nothing for a terminal: name one with -o");

    const char *const wrong = history_open(&history, options->ring, &options->filter);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    if (!output_open(&out, options)) {
        history_close(&history);
        return STATUS_FAILED;
    }
    out.utf8 = true; /* files are, whatever the terminal is */
    switch (options->format) {
    case FORMAT_PCAPNG: export_pcapng(&out, &history); break;
    case FORMAT_PERFETTO: export_perfetto(&out, &history); break;
    default: export_mermaid(&out, &history, options->messages);
    }
    history_close(&history);
    return output_close(&out, options);
}
