/* lifelines.c - see lifelines.h. */
#include "lecture/lifelines.h"

#include "base/memory.h"

enum { MARGIN = 3, LEAST_GAP = 18 };

/* A descriptor begins or ends. */
struct turn {
    int64_t time;
    int step;
    size_t line;
};

/* All that would like to have a line, before it is known how many fit. */
struct wishes {
    struct lifeline *lines;
    size_t count, room;
    struct map index_of;
};

static const void *subject_of(const struct lifeline *line)
{
    return line->socket != NULL ? (const void *)line->socket : (const void *)line->process;
}

static struct lifeline *wish(struct wishes *wishes, const struct process *process, const struct socket *socket)
{
    const struct lifeline line = {.process = process, .socket = socket};
    const uint64_t key = (uint64_t)(uintptr_t)subject_of(&line);
    const uintptr_t known = (uintptr_t)map_get(&wishes->index_of, key);
    if (known != 0)
        return &wishes->lines[known - 1];
    if (wishes->count == wishes->room) {
        wishes->room = 2 * wishes->room + 32;
        wishes->lines = memory_grow(wishes->lines, wishes->room, sizeof *wishes->lines);
    }
    wishes->lines[wishes->count++] = line;
    map_put(&wishes->index_of, key, (void *)(uintptr_t)wishes->count);
    return &wishes->lines[wishes->count - 1];
}

/* Counts who does what. */
static void find_wishes(struct wishes *wishes, const struct story *story, const struct company *company, size_t group)
{
    for (size_t i = 0; i < company_scenes(company, story, group); i++) {
        const struct scene *const scene = company_scene(company, story, group, i);
        if (scene->mention || scene->process == NULL || scene->at == NULL)
            continue;
        struct lifeline *const line = wish(wishes, scene->process, company->by_socket ? scene->at : NULL);
        line->scenes++;
        if (scene->pipe != NULL && scene->facts.acting != AS_PAIR) /* of a pair, neither end is the client */
            line->score += scene->end == CLIENT_END ? 1 : -1;
    }
}

/* Does somebody take part who has no line? */
static bool is_outsider(const struct wishes *wishes, const struct story *story, bool by_socket,
                        const struct scene *scene, bool *filtered)
{
    if (scene->mention || scene->pipe == NULL)
        return false;
    const struct holder *const other = story_end_holder(story, scene->pipe, 1 - scene->end);
    if (other == NULL)
        return true;
    const void *const subject = by_socket ? (const void *)other->socket : (const void *)other->process;
    if (map_get(&wishes->index_of, (uint64_t)(uintptr_t)subject) != NULL)
        return false;
    *filtered = true;
    return true;
}

static int by_scenes(const void *left, const void *right)
{
    const struct lifeline *const a = left, *const b = right;
    return a->scenes != b->scenes ? (a->scenes < b->scenes ? 1 : -1) : 0;
}

static int by_score(const void *left, const void *right)
{
    const struct lifeline *const a = left, *const b = right;
    if ((a->process == NULL) != (b->process == NULL))
        return a->process == NULL ? 1 : -1;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    const uint64_t a_id = a->socket != NULL ? a->socket->id : a->process->id;
    const uint64_t b_id = b->socket != NULL ? b->socket->id : b->process->id;
    return a_id < b_id ? -1 : a_id > b_id;
}

/* Takes the busiest of them, as many as there is room for. */
static void choose(struct lifelines *lifelines, struct wishes *wishes, bool outsiders, size_t width)
{
    size_t most = (width - 2 * MARGIN) / LEAST_GAP + 1;
    most = most < LIFELINES_MAX ? most : LIFELINES_MAX;
    if (wishes->count + outsiders > most) {
        qsort(wishes->lines, wishes->count, sizeof *wishes->lines, by_scenes);
        lifelines->count = most - 1;
    } else {
        lifelines->count = wishes->count;
    }
    if (lifelines->count != 0)
        memcpy(lifelines->lines, wishes->lines, lifelines->count * sizeof *wishes->lines);
    const size_t folded = wishes->count - lifelines->count;
    if (outsiders || folded != 0)
        lifelines->lines[lifelines->count++] = (struct lifeline){.folded = (unsigned)folded, .open = 1};
    qsort(lifelines->lines, lifelines->count, sizeof *lifelines->lines, by_score);
    for (size_t i = 0; i < lifelines->count; i++) {
        struct lifeline *const line = &lifelines->lines[i];
        line->column = lifelines->count > 1 ? MARGIN + i * (width - 1 - 2 * MARGIN) / (lifelines->count - 1) : MARGIN;
        if (line->process != NULL)
            map_put(&lifelines->index_of, (uint64_t)(uintptr_t)subject_of(line), (void *)(uintptr_t)(i + 1));
    }
}

static int in_time(const void *left, const void *right)
{
    const struct turn *const a = left, *const b = right;
    return a->time != b->time ? (a->time < b->time ? -1 : 1) : b->step - a->step;
}

static void find_turns(struct lifelines *lifelines, const struct story *story, const struct company *company,
                       size_t group)
{
    const size_t count = company_holdings(company, story, group);
    lifelines->turns = memory_new(2 * count, sizeof *lifelines->turns);
    for (size_t i = 0; i < count; i++) {
        const struct holder *const holder = company_holder(company, story, group, i);
        const struct lifeline *const line = lifelines_find(lifelines, holder->process, holder->socket);
        if (line == NULL || line->process == NULL)
            continue;
        const size_t index = (size_t)(line - lifelines->lines);
        lifelines->turns[lifelines->turn_count++] = (struct turn){holder->since, 1, index};
        if (!holder->open && holder->until != 0)
            lifelines->turns[lifelines->turn_count++] = (struct turn){holder->until, -1, index};
    }
    qsort(lifelines->turns, lifelines->turn_count, sizeof *lifelines->turns, in_time);
}

void lifelines_begin(struct lifelines *lifelines, const struct story *story, const struct company *company,
                     size_t group, size_t width)
{
    struct wishes wishes = {0};
    *lifelines = (struct lifelines){.by_socket = company->by_socket};
    bool outsiders = false;
    find_wishes(&wishes, story, company, group);
    for (size_t i = 0; i < company_scenes(company, story, group); i++) {
        const struct scene *const scene = company_scene(company, story, group, i);
        outsiders |= is_outsider(&wishes, story, company->by_socket, scene, &lifelines->filtered);
    }
    choose(lifelines, &wishes, outsiders, width);
    free(wishes.lines);
    map_free(&wishes.index_of);
    find_turns(lifelines, story, company, group);
}

void lifelines_end(struct lifelines *lifelines)
{
    map_free(&lifelines->index_of);
    free(lifelines->turns);
}

bool lifelines_fit(const struct lifelines *lifelines)
{
    return lifelines->count == 0 || lifelines->lines[lifelines->count - 1].folded == 0;
}

struct lifeline *lifelines_find(struct lifelines *lifelines, const struct process *process, const struct socket *socket)
{
    const void *const subject = lifelines->by_socket ? (const void *)socket : (const void *)process;
    const uintptr_t index =
        subject != NULL ? (uintptr_t)map_get(&lifelines->index_of, (uint64_t)(uintptr_t)subject) : 0;
    if (index != 0)
        return &lifelines->lines[index - 1];
    struct lifeline *const last = lifelines->count != 0 ? &lifelines->lines[lifelines->count - 1] : NULL;
    return last != NULL && last->process == NULL ? last : NULL;
}

void lifelines_advance(struct lifelines *lifelines, int64_t time)
{
    for (; lifelines->next < lifelines->turn_count; lifelines->next++) {
        const struct turn *const turn = &lifelines->turns[lifelines->next];
        if (turn->time > time)
            break;
        lifelines->lines[turn->line].open += turn->step;
    }
}
