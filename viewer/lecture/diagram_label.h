/* diagram_label.h - what a diagram writes beside a scene; part of diagram.c. */
#ifndef SOCKSPY_DIAGRAM_LABEL_H
#define SOCKSPY_DIAGRAM_LABEL_H

#include "lecture/diagram.h"

struct label {
    int fd, other_fd; /* at both ends; -1: none to name */
    enum paint paint;
    bool goes;         /* it reaches the other side: an arrow, if that is known */
    bool quiet;        /* it carries no data: a dotted arrow */
    bool birth, death; /* of a descriptor */
    bool ports;        /* the pipe begins here: name the ports */
    struct address from_address, to_address;
};

/* Writes the label into `text`, a scratch. */
void label_find(struct label *label, struct out *text, const struct diagram *diagram, const struct scene *scene,
                const struct view *view);

#endif
