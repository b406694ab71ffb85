/* company.c - see company.h. While members are being joined, group[] leads from
 * each to another of its group, at last to one that leads to itself. */
#include "lecture/company.h"

#include "base/memory.h"

static uint64_t key_of(const struct company *company, const struct process *process, const struct socket *socket)
{
    return (uint64_t)(company->by_socket ? (uintptr_t)socket : (uintptr_t)process);
}

static size_t member(struct company *company, uint64_t key)
{
    const size_t known = (size_t)(uintptr_t)map_get(&company->number_of, key);
    if (known != 0)
        return known - 1;
    if (company->count == company->room) {
        company->room = 2 * company->room + 32;
        company->group = memory_grow(company->group, company->room, sizeof *company->group);
    }
    company->group[company->count] = company->count;
    map_put(&company->number_of, key, (void *)(uintptr_t)(company->count + 1));
    return company->count++;
}

static size_t leader(struct company *company, size_t one)
{
    size_t *const group = company->group;
    while (group[one] != one) {
        group[one] = group[group[one]]; /* shortens the way of those who come later */
        one = group[one];
    }
    return one;
}

/* Joins the groups of two members; the earlier one leads. */
static void join(struct company *company, size_t one, size_t other)
{
    one = leader(company, one);
    other = leader(company, other);
    company->group[one > other ? one : other] = one > other ? other : one;
}

/* Joins a scene's member with the ends of its pipe. */
static void join_pipe(struct company *company, const struct story *story, const struct scene *scene, size_t one)
{
    for (int end = 0; scene->pipe != NULL && end < 2; end++) {
        const struct holder *const holder = story_end_holder(story, scene->pipe, end);
        const struct socket *const socket = scene->pipe->connection->ends[end].socket;
        const uint64_t key = key_of(company, holder != NULL ? holder->process : NULL, socket);
        if (key != 0)
            join(company, one, member(company, key));
    }
}

/* Joins all processes that hold the same socket. */
static void join_holders(struct company *company, const struct history *history)
{
    for (size_t i = 0; i < history->holding_count && !company->by_socket; i++) {
        const struct socket *const socket = history->holdings[i].holder->socket;
        const size_t one = member(company, key_of(company, history->holdings[i].holder->process, socket));
        if (socket->holders != NULL)
            join(company, one, member(company, key_of(company, socket->holders->process, socket)));
    }
}

/* Numbers the groups. */
static void settle(struct company *company)
{
    for (size_t i = 0; i < company->count; i++) /* each leads to the first of its group */
        company->group[i] = leader(company, i);
    for (size_t i = 0; i < company->count; i++)
        company->group[i] = company->group[i] == i ? ++company->groups : company->group[company->group[i]];
}

/* The group of a process or socket; 0: none. */
static size_t group_of(const struct company *company, const struct process *process, const struct socket *socket)
{
    const size_t number = (size_t)(uintptr_t)map_get(&company->number_of, key_of(company, process, socket));
    return number != 0 ? company->group[number - 1] : 0;
}

static size_t group_of_scene(const struct company *company, const struct story *story, size_t i)
{
    return group_of(company, story->scenes[i].process, story->scenes[i].socket);
}

static size_t group_of_holding(const struct company *company, const struct story *story, size_t i)
{
    const struct holder *const holder = story->history.holdings[i].holder;
    return group_of(company, holder->process, holder->socket);
}

typedef size_t group_of_one(const struct company *company, const struct story *story, size_t i);

/* Puts `count` things into the order of their groups: counts how many each has, and so
 * knows where it begins. */
static void index_groups(struct company_index *index, const struct company *company, const struct story *story,
                         size_t count, group_of_one *group)
{
    index->order = memory_new(count, sizeof *index->order);
    index->begin = memory_new(company->groups + 2, sizeof *index->begin);
    for (size_t i = 0; i < count; i++)
        index->begin[group(company, story, i) + 1]++;
    for (size_t i = 1; i < company->groups + 2; i++)
        index->begin[i] += index->begin[i - 1];
    for (size_t i = 0; i < count; i++)
        index->order[index->begin[group(company, story, i)]++] = i;
    for (size_t i = company->groups + 1; i > 0; i--) /* each has come to where the next begins */
        index->begin[i] = index->begin[i - 1];
    index->begin[0] = 0;
}

void company_find(struct company *company, const struct story *story, bool by_socket)
{
    *company = (struct company){.by_socket = by_socket};
    for (size_t i = 0; i < story->count; i++) {
        const struct scene *const scene = &story->scenes[i];
        const uint64_t key = key_of(company, scene->process, scene->socket);
        if (key != 0)
            join_pipe(company, story, scene, member(company, key));
    }
    join_holders(company, &story->history);
    settle(company);
    index_groups(&company->scenes, company, story, story->count, group_of_scene);
    index_groups(&company->holdings, company, story, story->history.holding_count, group_of_holding);
}

void company_free(struct company *company)
{
    map_free(&company->number_of);
    free(company->group);
    free(company->scenes.order);
    free(company->scenes.begin);
    free(company->holdings.order);
    free(company->holdings.begin);
}

static size_t size_of(const struct company_index *index, size_t all, size_t group)
{
    return group == 0 ? all : index->begin[group + 1] - index->begin[group];
}

static size_t number_at(const struct company_index *index, size_t group, size_t i)
{
    return group == 0 ? i : index->order[index->begin[group] + i];
}

size_t company_scenes(const struct company *company, const struct story *story, size_t group)
{
    return size_of(&company->scenes, story->count, group);
}

const struct scene *company_scene(const struct company *company, const struct story *story, size_t group, size_t i)
{
    return &story->scenes[number_at(&company->scenes, group, i)];
}

size_t company_holdings(const struct company *company, const struct story *story, size_t group)
{
    return size_of(&company->holdings, story->history.holding_count, group);
}

const struct holder *company_holder(const struct company *company, const struct story *story, size_t group, size_t i)
{
    return story->history.holdings[number_at(&company->holdings, group, i)].holder;
}
