/* verb_explain.c - sockspy explain: the records told as a lecture. */
#include "explain.h"
#include "verb.h"

#include <unistd.h>

enum { WIDEST = 110 }; /* longer lines are hard to read */

unsigned explain_languages(const struct options *options)
{
    return options->languages != 0 ? options->languages : 1u << lecture_language();
}

int verb_explain(const struct options *options)
{
    struct story story;
    struct out out;
    if (options->format == FORMAT_CSV)
        return misused("explain has no form csv, only text and jsonl");
    const char *const wrong = story_open(&story, options->ring, &options->filter);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    if (options->output == NULL) {
        out_open(&out, STDOUT_FILENO, options->colour);
    } else if (!out_open_file(&out, options->output, true, options->colour)) {
        complain("%s: cannot be written: %m", options->output);
        story_close(&story);
        return STATUS_FAILED;
    }
    if (options->format == FORMAT_JSONL) {
        explain_jsonl(&out, &story);
    } else {
        struct explain explain = {.out = &out,
                                  .story = &story,
                                  .languages = explain_languages(options),
                                  .detail = options->detail,
                                  .shown = options->shown,
                                  .width = page_width(&out, WIDEST)};
        explain_story(&explain);
    }
    story_close(&story);
    if (out_close(&out))
        return STATUS_DONE;
    return complain("%s: %s", options->output != NULL ? options->output : "the explanation cannot be written",
                    strerror(out.error));
}
