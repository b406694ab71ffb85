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
}

void company_free(struct company *company)
{
    map_free(&company->number_of);
    free(company->group);
}

size_t company_of(const struct company *company, const struct scene *scene)
{
    const size_t number =
        (size_t)(uintptr_t)map_get(&company->number_of, key_of(company, scene->process, scene->socket));
    return number != 0 ? company->group[number - 1] : 0;
}
