/* batch.c - see batch.h. */
#include "source/batch.h"

#include "base/memory.h"

#include <string.h>

#define HEAD_WORDS (sizeof(struct record) / 8)
#define SLOT_WORDS (SLOT_SIZE / 8)
#define CHUNK_WORDS (CHUNK_SLOTS * SLOT_SIZE / 8)
#define RUN_LEAST 32u

uint64_t *batch_room(struct batch *batch)
{
    if (batch->room - batch->used < CHUNK_WORDS) {
        batch->room = batch->room * 2 + 8 * CHUNK_WORDS;
        batch->words = memory_grow(batch->words, batch->room, sizeof *batch->words);
    }
    return batch->words + batch->used;
}

void batch_add(struct batch *batch, uint64_t moment, uint64_t words)
{
    if (batch->count == batch->entry_room) {
        batch->entry_room = batch->entry_room * 2 + 1024;
        batch->entries = memory_grow(batch->entries, batch->entry_room, sizeof *batch->entries);
    }
    batch->entries[batch->count++] = (struct batch_entry){moment, batch->used};
    batch->used += words;
}

void batch_add_lost(struct batch *batch, uint64_t moment, uint64_t until, uint64_t id, uint64_t count)
{
    const struct record lost = {.id = id, .end = until, .call = CALL_LOST, .fd = -1, .ret = (int64_t)count, .slots = 2};
    memcpy(batch_room(batch), &lost, sizeof lost);
    batch_add(batch, moment, HEAD_WORDS);
}

static struct record *record_of(const struct batch *batch, const struct batch_entry *entry)
{
    return (struct record *)(void *)(batch->words + entry->at);
}

/* --- sorting ------------------------------------------------------------------
 * A natural merge sort: each lane is nearly in order, so that most of the work
 * is to see that there is none. */

static bool precedes(const struct batch *batch, const struct batch_entry *a, const struct batch_entry *b)
{
    if (a->moment != b->moment)
        return a->moment < b->moment;
    return record_of(batch, a)->id < record_of(batch, b)->id;
}

/* Puts entries[from .. at] in order, where those before `at` are. */
static void insert(const struct batch *batch, struct batch_entry *entries, size_t from, size_t at)
{
    const struct batch_entry entry = entries[at];
    for (; at > from && precedes(batch, &entry, &entries[at - 1]); at--)
        entries[at] = entries[at - 1];
    entries[at] = entry;
}

/* Where the run that begins at `from` ends; makes it RUN_LEAST long. */
static size_t run_end(struct batch *batch, size_t from)
{
    struct batch_entry *const entries = batch->entries;
    size_t at = from + 1;
    while (at < batch->count && !precedes(batch, &entries[at], &entries[at - 1]))
        at++;
    for (; at < batch->count && at - from < RUN_LEAST; at++)
        insert(batch, entries, from, at);
    return at;
}

/* The first of entries[from .. to) that `entry` precedes. */
static size_t place_for(const struct batch *batch, const struct batch_entry *entry, size_t from, size_t to)
{
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (precedes(batch, entry, &batch->entries[middle]))
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

/* Merges the neighbours [from, middle) and [middle, to). */
static void merge(const struct batch *batch, struct batch_entry *spare, size_t from, size_t middle, size_t to)
{
    struct batch_entry *const entries = batch->entries;
    from = place_for(batch, &entries[middle], from, middle);
    if (from == middle)
        return;
    const size_t left = middle - from;
    memcpy(spare, entries + from, left * sizeof *spare);
    size_t taken = 0;
    for (size_t put = from; taken < left; put++) {
        if (middle < to && precedes(batch, &entries[middle], &spare[taken]))
            entries[put] = entries[middle++];
        else
            entries[put] = spare[taken++];
    }
}

void batch_sort(struct batch *batch)
{
    size_t runs = 0, room = 0;
    size_t *starts = NULL;
    for (size_t at = batch->next; at < batch->count; at = run_end(batch, at)) {
        if (runs + 1 >= room) {
            room = room * 2 + 64;
            starts = memory_grow(starts, room, sizeof *starts);
        }
        starts[runs++] = at;
    }
    if (runs > 1) {
        struct batch_entry *const spare = memory_grow(NULL, batch->count - batch->next, sizeof *spare);
        for (; runs > 1; runs = (runs + 1) / 2) {
            starts[runs] = batch->count;
            for (size_t i = 0; i + 1 < runs; i += 2)
                merge(batch, spare, starts[i], starts[i + 1], starts[i + 2]);
            for (size_t i = 0; 2 * i < runs; i++)
                starts[i] = starts[2 * i];
        }
        free(spare);
    }
    free(starts);
}

/* --- taking ------------------------------------------------------------------- */

/* What batch_take says of the run of lost ones that ends before batch->next. */
static const struct record *told_as_lost(struct batch *batch, uint64_t count, uint64_t until)
{
    uint64_t moment = batch->told;
    if (batch->next < batch->count)
        moment = batch->entries[batch->next].moment;
    if (until < moment)
        until = moment;
    batch->lost = (struct record){.call = CALL_LOST, .fd = -1, .ret = (int64_t)count, .start = moment, .end = until};
    return &batch->lost;
}

const struct record *batch_take(struct batch *batch, uint64_t horizon)
{
    uint64_t lost = 0, until = 0; /* of a damaged ring: any number */
    for (; batch->next < batch->count && batch->entries[batch->next].moment <= horizon; batch->next++) {
        const struct record *const record = record_of(batch, &batch->entries[batch->next]);
        if (record->call != CALL_LOST) {
            if (lost != 0)
                break;
            batch->told = batch->entries[batch->next++].moment;
            return record;
        }
        lost += (uint64_t)record->ret;
        until = record->end > until ? record->end : until;
    }
    return lost != 0 ? told_as_lost(batch, lost, until) : NULL;
}

bool batch_has(const struct batch *batch, uint64_t horizon)
{
    return batch->next < batch->count && batch->entries[batch->next].moment <= horizon;
}

void batch_rewind(struct batch *batch)
{
    batch->next = 0;
    batch->told = 0;
}

void batch_compact(struct batch *batch)
{
    struct batch kept = {.words = batch->spare, .room = batch->spare_room};
    for (; batch->next < batch->count; batch->next++) {
        struct batch_entry *const entry = &batch->entries[batch->next];
        const size_t words = record_of(batch, entry)->slots * (size_t)SLOT_WORDS;
        memcpy(batch_room(&kept), batch->words + entry->at, words * 8);
        batch->entries[kept.count++] = (struct batch_entry){entry->moment, kept.used};
        kept.used += words;
    }
    batch->spare = batch->words;
    batch->spare_room = batch->room;
    batch->words = kept.words;
    batch->room = kept.room;
    batch->used = kept.used;
    batch->count = kept.count;
    batch->next = 0;
}

void batch_follow(struct batch *batch, struct batch *before)
{
    for (; before->next < before->count; before->next++) {
        const struct batch_entry *const entry = &before->entries[before->next];
        const size_t words = record_of(before, entry)->slots * (size_t)SLOT_WORDS;
        memcpy(batch_room(batch), before->words + entry->at, words * 8);
        batch_add(batch, entry->moment, words);
    }
    batch->told = before->told;
    before->next = before->count = before->used = 0;
}

void batch_free(struct batch *batch)
{
    free(batch->words);
    free(batch->spare);
    free(batch->entries);
    *batch = (struct batch){0};
}
