/* story.h - a ring's records as a story: scenes, one after the other, and the
 * tales that they belong to, one for each pipe, each other socket, and what each
 * process did beside its sockets.
 *
 *     const char *wrong = story_open(&story, path, &options->filter);
 *     for (size_t i = 0; i < story.tale_count; i++) … story.tales[i].scenes …
 *     story_close(&story);
 */
#ifndef SOCKSPY_STORY_H
#define SOCKSPY_STORY_H

#include "lecture/lecture.h"
#include "scan/history.h"

/* One thing that happened, as it concerns one socket. */
struct scene {
    const struct record *record;   /* for decoder_view */
    const struct entry *entry;     /* NULL: an end that no record tells */
    const struct process *process; /* who */
    struct socket *socket;         /* that it concerns, or NULL */
    struct socket *at;             /* the same; of an accept, the new one */
    struct pipe *pipe;             /* of which it is a part, or NULL */
    int end;                       /* of the pipe: CLIENT_END or SERVER_END */
    int64_t time;                  /* at which it counts, Unix ns */
    struct facts facts;
    bool mention; /* it belongs to another tale and is only mentioned here */
};

enum tale_kind { TALE_PIPE, TALE_SOCKET, TALE_PROCESS };

struct tale {
    enum tale_kind kind;
    struct pipe *pipe;             /* TALE_PIPE */
    struct socket *socket;         /* TALE_SOCKET */
    const struct process *process; /* TALE_PROCESS */
    size_t *scenes;                /* indexes, in the order of time */
    size_t count, room;
};

struct story {
    struct history history;
    struct scene *scenes; /* in the order of time */
    size_t count, room;
    struct tale *tales; /* in the order of their first scenes */
    size_t tale_count, tale_room;
    struct record *exits; /* stand in for what no record tells */
};

/* Reads the ring at `path`. Returns NULL or what is wrong with it. */
const char *story_open(struct story *story, const char *path, const struct filter *filter);
void story_close(struct story *story);

/* The scene's record made readable; valid until the next call. */
const struct view *story_view(struct story *story, const struct scene *scene);

/* Who holds the socket at this end of a pipe, as far as is known; or NULL. */
const struct holder *story_end_holder(const struct story *story, const struct pipe *pipe, int end);

#endif
