/* story.c - see story.h. What is said of each scene is decided in story_facts.c. */
#include "lecture/story.h"

#include "base/memory.h"
#include "lecture/story_facts.h"

/* --- scenes ---------------------------------------------------------------------- */

static struct scene *add_scene(struct story *story, const struct scene *scene)
{
    if (story->count == story->room) {
        story->room = 2 * story->room + 256;
        story->scenes = memory_grow(story->scenes, story->room, sizeof *story->scenes);
    }
    story->scenes[story->count] = *scene;
    return &story->scenes[story->count++];
}

/* The pipe to which all of a socket's life belongs, or NULL. */
static struct pipe *only_pipe(const struct story *story, const struct socket *socket)
{
    if (socket == NULL || socket->role == ROLE_LISTENING || socket->connections != 1 || socket->connection == NULL)
        return NULL;
    const uint64_t number = socket->connection->mark; /* see history.c */
    return number != 0 ? &story->history.pipes[number - 1] : NULL;
}

static int end_of(const struct pipe *pipe, const struct socket *socket)
{
    return pipe->connection->ends[SERVER_END].socket == socket ? SERVER_END : CLIENT_END;
}

/* What a call does to sockets that it does not name: one more scene for each of them. */
struct addition {
    struct story *story;
    const struct scene *scene;
    enum outcome outcome;
};

static void add_for(void *context, const struct holder *holder)
{
    const struct addition *const addition = context;
    struct scene more = *addition->scene;
    if (holder->socket == more.socket || (addition->outcome == OUTCOME_SWEPT && holder->fd == more.facts.fd))
        return;
    more.socket = more.at = holder->socket;
    more.pipe = only_pipe(addition->story, more.socket);
    more.end = more.pipe != NULL ? end_of(more.pipe, more.socket) : CLIENT_END;
    more.mention = false;
    more.facts.outcome = addition->outcome;
    more.facts.fd = holder->fd;
    facts_acting(&more.facts, more.socket);
    add_scene(addition->story, &more);
}

/* Programs come and go; that is told only where it leads out of sight. */
static bool is_beside_the_point(const struct view *view, const struct entry *entry)
{
    const bool coming = view->record->call == CALL_exec && view->record->arg[0] == 0;
    const bool going = strcmp(view->call->api, "exit") == 0;
    return entry->socket == NULL && (coming || going || (strncmp(view->call->api, "exec", 4) == 0 && !view->failed));
}

/* When a scene counts: as in every other order. */
static int64_t time_of(const struct view *view)
{
    return facts_is_fork(view) ? view->time : view->moment; /* a child acts before fork is back */
}

static void add_record(struct story *story, struct context *context, const struct view *view, const struct entry *entry)
{
    struct scene scene = {.record = view->record,
                          .entry = entry,
                          .process = entry->process,
                          .socket = entry->socket,
                          .pipe = entry->pipe,
                          .end = entry->end,
                          .time = time_of(view)};
    if (scene.pipe == NULL) {
        scene.pipe = only_pipe(story, scene.socket);
        scene.end = scene.pipe != NULL ? end_of(scene.pipe, scene.socket) : CLIENT_END;
    }
    if (scene.socket == NULL && scene.pipe != NULL) /* socketpair acts on no descriptor, but makes two */
        scene.socket = scene.pipe->connection->ends[scene.end].socket;
    scene.at =
        facts_is_accept(view) && scene.pipe != NULL ? scene.pipe->connection->ends[scene.end].socket : scene.socket;
    facts_find(&scene, view, context);
    if (facts_is_accept(view) && scene.pipe != NULL) { /* told with the new pipe, mentioned with the listening socket */
        struct scene mention = scene;
        mention.pipe = NULL;
        mention.mention = true;
        add_scene(story, &mention);
    }
    if ((!facts_is_fork(view) || view->failed) && !is_beside_the_point(view, entry))
        add_scene(story, &scene);
    const bool forks = facts_is_fork(view) && !view->failed;
    struct addition addition = {story, &scene, forks ? OUTCOME_DONE : OUTCOME_SWEPT};
    if (forks)
        holders_at(&context->holders, scene.process, scene.time, add_for, &addition);
    else if (facts_sweeps(view))
        holders_closed(&context->holders, scene.process, entry->time, entry->done, add_for, &addition);
}

/* Descriptors that ended with their process: no record tells it, the model does. */
static void add_exits(struct story *story)
{
    struct history *const history = &story->history;
    story->exits = memory_new(history->holding_count, sizeof *story->exits);
    for (size_t i = 0; i < history->holding_count; i++) {
        const struct holder *const holder = history->holdings[i].holder;
        if (!holder->by_exit || holder->until == 0)
            continue;
        struct record *const record = &story->exits[i];
        *record = (struct record){.pid = holder->process->pid,
                                  .tid = holder->process->pid,
                                  .call = CALL_exit,
                                  .fd = holder->fd,
                                  .slots = 2,
                                  .inode = holder->socket->inode};
        memcpy(record->comm, holder->process->comm, sizeof record->comm);
        struct scene scene = {.record = record,
                              .process = holder->process,
                              .socket = holder->socket,
                              .at = holder->socket,
                              .pipe = only_pipe(story, holder->socket),
                              .time = holder->until};
        scene.end = scene.pipe != NULL ? end_of(scene.pipe, scene.socket) : CLIENT_END;
        facts_find_exit(&scene, holder);
        add_scene(story, &scene);
    }
}

/* In the order of time; what happened at one moment, in the order of the records. */
static int compare(const void *left, const void *right)
{
    const struct scene *const a = left, *const b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry == NULL || (b->entry != NULL && a->entry > b->entry) ? 1 : -1;
    return 0;
}

/* --- tales ----------------------------------------------------------------------- */

static struct tale *add_tale(struct story *story, struct tale tale)
{
    if (story->tale_count == story->tale_room) {
        story->tale_room = 2 * story->tale_room + 32;
        story->tales = memory_grow(story->tales, story->tale_room, sizeof *story->tales);
    }
    story->tales[story->tale_count] = tale;
    return &story->tales[story->tale_count++];
}

static const void *subject_of(const struct scene *scene)
{
    return scene->pipe != NULL     ? (const void *)scene->pipe
           : scene->socket != NULL ? (const void *)scene->socket
                                   : (const void *)scene->process;
}

static struct tale tale_of(const struct scene *scene)
{
    const enum tale_kind kind = scene->pipe != NULL ? TALE_PIPE : scene->socket != NULL ? TALE_SOCKET : TALE_PROCESS;
    return (struct tale){.kind = kind, .pipe = scene->pipe, .socket = scene->socket, .process = scene->process};
}

static void make_tales(struct story *story)
{
    struct map known = {0}; /* a subject's address to the number of its tale, counted from 1 */
    for (size_t i = 0; i < story->count; i++) {
        const uint64_t key = (uint64_t)(uintptr_t)subject_of(&story->scenes[i]);
        uintptr_t number = (uintptr_t)map_get(&known, key);
        if (number == 0) {
            add_tale(story, tale_of(&story->scenes[i]));
            number = story->tale_count;
            map_put(&known, key, (void *)number);
        }
        struct tale *const tale = &story->tales[number - 1];
        if (tale->count == tale->room) {
            tale->room = 2 * tale->room + 16;
            tale->scenes = memory_grow(tale->scenes, tale->room, sizeof *tale->scenes);
        }
        tale->scenes[tale->count++] = i;
    }
    map_free(&known);
}

/* --- the whole ------------------------------------------------------------------- */

const char *story_open(struct story *story, const char *path, const struct filter *filter)
{
    *story = (struct story){0};
    const char *const wrong = history_open(&story->history, path, filter);
    if (wrong != NULL)
        return wrong;
    struct context context;
    context_begin(&context, &story->history);
    const struct entry *entry;
    const struct view *view;
    while ((view = history_next(&story->history, &entry)) != NULL) {
        if (view->lost == 0)
            add_record(story, &context, view, entry);
    }
    context_end(&context);
    if (!filter->any && filter->last == 0)
        add_exits(story);
    if (story->count != 0)
        qsort(story->scenes, story->count, sizeof *story->scenes, compare);
    make_tales(story);
    return NULL;
}

void story_close(struct story *story)
{
    for (size_t i = 0; i < story->tale_count; i++)
        free(story->tales[i].scenes);
    free(story->tales);
    free(story->scenes);
    free(story->exits);
    history_close(&story->history);
}

const struct view *story_view(struct story *story, const struct scene *scene)
{
    return decoder_view(story->history.decoder, scene->record);
}

const struct holder *story_end_holder(const struct story *story, const struct pipe *pipe, int end)
{
    const uint32_t holding = pipe->holdings[end];
    return holding != NONE ? story->history.holdings[holding].holder : NULL;
}
