/* story_holders.c - see story_holders.h. A recording may have as many forks as
 * descriptors, and a hostile one their product: only what counts is looked at.
 */
#include "lecture/story_holders.h"

#include "base/memory.h"

#define WHILE INT64_C(1000000000) /* ns: records that stand side by side are no longer apart */

enum { LOOKED_MAX = 1 << 26, FOUND_MAX = 1 << 18 };

static int by_end(const void *left, const void *right)
{
    const struct holder *const a = *(const struct holder *const *)left, *const b = *(const struct holder *const *)right;
    if (a->until != b->until)
        return a->until < b->until ? -1 : 1;
    return a->socket->id < b->socket->id ? -1 : a->socket->id > b->socket->id;
}

static uint64_t key_of(const struct process *process)
{
    return (uint64_t)(uintptr_t)process;
}

void holders_begin(struct holders *holders, const struct history *history)
{
    const size_t count = history->holding_count;
    *holders = (struct holders){.history = history};
    holders->next = memory_new(count, sizeof *holders->next);
    holders->closed = memory_new(count, sizeof(struct holder *));
    for (size_t i = count; i-- != 0;) {
        const struct holder *const holder = history->holdings[i].holder;
        holders->next[i] = (uintptr_t)map_get(&holders->first, key_of(holder->process));
        map_put(&holders->first, key_of(holder->process), (void *)(i + 1));
        if (!holder->open && !holder->by_exit && holder->until != 0)
            holders->closed[holders->closed_count++] = holder;
    }
    qsort(holders->closed, holders->closed_count, sizeof(struct holder *), by_end);
}

void holders_end(struct holders *holders)
{
    map_free(&holders->first);
    free(holders->next);
    free(holders->closed);
}

static bool may_go_on(struct holders *holders)
{
    return holders->found < FOUND_MAX && ++holders->looked < LOOKED_MAX;
}

/* The process's holding behind number `at` (0: its first), without those that ended
 * before `time`, which are taken out. Returns its number, 0: there is none. */
static size_t step(struct holders *holders, const struct process *process, size_t at, int64_t time)
{
    const size_t first = at != 0 ? holders->next[at - 1] : (uintptr_t)map_get(&holders->first, key_of(process));
    size_t next = first;
    for (; next != 0; next = holders->next[next - 1]) {
        const struct holder *const holder = holders->history->holdings[next - 1].holder;
        if (holder->open || holder->until >= time)
            break;
    }
    if (next == first)
        return next;
    if (at != 0)
        holders->next[at - 1] = next;
    else if (next != 0)
        map_put(&holders->first, key_of(process), (void *)next);
    else
        map_remove(&holders->first, key_of(process));
    return next;
}

void holders_at(struct holders *holders, const struct process *process, int64_t time, holders_visit *visit,
                void *context)
{
    for (size_t at = 0; (at = step(holders, process, at, time - WHILE)) != 0 && may_go_on(holders);) {
        const struct holder *const holder = holders->history->holdings[at - 1].holder;
        if (holder->since > time + WHILE)
            return;
        if (holder->since > time || (!holder->open && holder->until <= time))
            continue;
        holders->found++;
        visit(context, holder);
    }
}

void holders_closed(struct holders *holders, const struct process *process, int64_t from, int64_t to,
                    holders_visit *visit, void *context)
{
    size_t low = 0, high = holders->closed_count; /* the first that was closed at `from` or later */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (holders->closed[middle]->until < from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < holders->closed_count && holders->closed[low]->until <= to && may_go_on(holders); low++) {
        if (holders->closed[low]->process != process)
            continue;
        holders->found++;
        visit(context, holders->closed[low]);
    }
}
