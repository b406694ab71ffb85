/* explain.h - a story told in words, tale by tale; what explain and lesson show. */
#ifndef SOCKSPY_EXPLAIN_H
#define SOCKSPY_EXPLAIN_H

#include "base/map.h"
#include "lecture/story.h"
#include "options/options.h"
#include "out/page.h"

struct explain {
    struct out *out;
    struct story *story;
    unsigned languages; /* 1 << enum language, one or more */
    enum detail detail;
    size_t shown; /* bytes of payload */
    size_t width; /* columns */
    /* Called, unless NULL, for a line beside each scene: puts it into `line`, a
     * scratch; false if there is none. */
    bool (*beside)(void *context, struct out *line, const struct scene *scene, const struct view *view);
    /* Called, unless NULL, behind each scene; false ends the telling. */
    bool (*pause)(void *context);
    void *context;
    struct out scratch;           /* the functions' own: */
    struct map told;              /* a text's hash to how often it was said */
    const struct socket *main_of; /* the socket that was asked for last... */
    const struct holder *main;    /* ...and its main holder */
};

/* Tells all tales. Returns false if `pause` ended it. */
bool explain_story(struct explain *explain);

/* A JSON object or, with `csv`, a row for each scene, with both languages. */
void explain_rows(struct out *out, struct story *story, bool csv);

#endif
