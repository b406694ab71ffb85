/* verb_explain.c - sockspy explain: the records told as a lecture. */
#include "lecture/explain.h"
#include "options/output.h"
#include "verb.h"

enum { WIDEST = 110 }; /* longer lines are hard to read */

int verb_explain(const struct options *options)
{
    struct story story;
    struct out out;
    const char *const wrong = story_open(&story, options->ring, &options->filter);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    const bool opened = output_open(&out, options);
    if (opened && options->format != FORMAT_TEXT) {
        explain_rows(&out, &story, options->format == FORMAT_CSV);
    } else if (opened) {
        struct explain explain = {.out = &out,
                                  .story = &story,
                                  .languages = lecture_languages(options->languages),
                                  .detail = options->detail,
                                  .shown = options->shown,
                                  .width = page_width(&out, WIDEST)};
        explain_story(&explain);
    }
    story_close(&story);
    return opened ? output_close(&out, options) : STATUS_FAILED;
}
