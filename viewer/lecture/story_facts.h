/* story_facts.h - what a scene's text needs to know besides its record; part of
 * story.c. */
#ifndef SOCKSPY_STORY_FACTS_H
#define SOCKSPY_STORY_FACTS_H

#include "lecture/story.h"
#include "lecture/story_holders.h"

/* What is remembered while the records go by. */
struct context {
    const struct history *history;
    struct holders holders;
    struct map ports;      /* a socket's id to its port so far + 1; nothing: not known */
    struct map buffers[2]; /* a socket's id to what the kernel reserves for sending, receiving */
    bool *ended;           /* by pipe and end: a read there returned 0 */
    bool *torn;            /* by pipe and end: a call there failed because the pipe was torn down */
    int64_t *shut;         /* by pipe and end: when it said that it sends no more; 0: it did not */
};

void context_begin(struct context *context, const struct history *history);
void context_end(struct context *context);

/* Fills in scene->facts for the record that the scene is about. In their order. */
void facts_find(struct scene *scene, const struct view *view, struct context *context);

/* The same for a descriptor that ended with its process. */
void facts_find_exit(struct scene *scene, const struct holder *holder);

/* Is this descriptor open at that time? */
bool facts_holds(const struct holder *holder, int64_t time);

/* As what the socket acts (which may be NULL). */
void facts_acting(struct facts *facts, const struct socket *socket);

/* The phase to which the scene belongs: what ends along with others, or with its
 * process, is disconnected as well. */
enum phase facts_phase(const struct scene *scene, const struct view *view);

bool facts_is_accept(const struct view *view);
bool facts_is_fork(const struct view *view);

/* Can this call end descriptors that it does not name? */
bool facts_sweeps(const struct view *view);

#endif
