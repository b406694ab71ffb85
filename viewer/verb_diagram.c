/* verb_diagram.c - sockspy diagram: the records as a sequence diagram. */
#include "lecture/diagram.h"
#include "options/output.h"
#include "out/page.h"
#include "verb.h"

enum { USUAL = 80, WIDEST = 200 }; /* wider windows show more of the payload */

int verb_diagram(const struct options *options)
{
    struct story story;
    struct out out;
    const char *const wrong = story_open(&story, options->ring, &options->filter);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    const bool opened = output_open(&out, options);
    if (opened) {
        const size_t width = page_width(&out, WIDEST);
        const struct diagram diagram = {.out = &out,
                                        .story = &story,
                                        .language = lecture_first(lecture_languages(options->languages)),
                                        .by_socket = options->by == DIAGRAM_BY_SOCKET,
                                        .brief = options->detail == DETAIL_BRIEF,
                                        .shown = options->shown + (width > USUAL ? width - USUAL : 0),
                                        .width = width};
        diagram_draw(&diagram);
    }
    story_close(&story);
    return opened ? output_close(&out, options) : STATUS_FAILED;
}
