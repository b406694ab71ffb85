/* diagram.h - a story as a sequence diagram: a lifeline for each process (or each
 * socket), time downwards, arrows for what goes through the pipes. */
#ifndef SOCKSPY_DIAGRAM_H
#define SOCKSPY_DIAGRAM_H

#include "lecture/story.h"
#include "options/options.h"

/* What has a lifeline, as --by says. */
enum diagram_by { DIAGRAM_BY_PROCESS, DIAGRAM_BY_SOCKET };

struct diagram {
    struct out *out;
    struct story *story;
    enum language language;
    bool by_socket;
    bool brief;   /* leave out what belongs to none of the four phases */
    bool apart;   /* draw those apart that have nothing to do with each other; else only where not all fit */
    size_t shown; /* bytes of payload */
    size_t width; /* columns */
};

void diagram_draw(const struct diagram *diagram);

#endif
