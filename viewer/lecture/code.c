/* code.c - see code.h. */
#include "lecture/code.h"

#include "base/memory.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

enum {
    PLACES = 32,   /* of one call in a source */
    COST_SKIP = 2, /* of passing over a call that was not made */
    COST_BACK = 3  /* of going back, as a loop does */
};

/* --- collecting -------------------------------------------------------------------- */

/* The file as text, or NULL. */
static char *read_source(const char *directory, const char *name)
{
    enum { LONGEST = 1 << 16 };
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.c", directory, name);
    FILE *const file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    char *const text = memory_new(LONGEST, 1);
    text[fread(text, 1, LONGEST - 1, file)] = '\0';
    fclose(file);
    return text;
}

static size_t find_track(const struct code *code, uint32_t pid)
{
    for (size_t i = code->track_count; i-- != 0;) {
        if (code->tracks[i].pid == pid)
            return i;
    }
    return SIZE_MAX;
}

static size_t add_track(struct code *code, uint32_t pid, const char *program)
{
    if (code->track_count == code->track_room) {
        code->track_room = 2 * code->track_room + 8;
        code->tracks = memory_grow(code->tracks, code->track_room, sizeof *code->tracks);
    }
    struct track *const track = &code->tracks[code->track_count++];
    *track = (struct track){.pid = pid, .text = read_source(code->directory, program), .parent = SIZE_MAX};
    snprintf(track->name, sizeof track->name, "%s", program);
    return code->track_count - 1;
}

size_t code_add(struct code *code, uint32_t pid, const char *program, const char *call)
{
    size_t index = find_track(code, pid);
    if (index == SIZE_MAX)
        index = add_track(code, pid, program);
    struct track *const track = &code->tracks[index];
    if (code->count == code->room) {
        code->room = 2 * code->room + 64;
        code->calls = memory_grow(code->calls, code->room, sizeof *code->calls);
    }
    if (track->count == track->room) {
        track->room = 2 * track->room + 32;
        track->calls = memory_grow(track->calls, track->room, sizeof *track->calls);
    }
    track->calls[track->count++] = code->count;
    code->calls[code->count] = (struct code_call){call, index, SIZE_MAX};
    return code->count++;
}

void code_fork(struct code *code, uint32_t parent, uint32_t child)
{
    const size_t from = find_track(code, parent);
    if (from == SIZE_MAX || find_track(code, child) != SIZE_MAX)
        return;
    char name[CODE_NAME];
    strcpy(name, code->tracks[from].name);
    struct track *const track = &code->tracks[add_track(code, child, name)];
    track->parent = from;
    track->parent_calls = code->tracks[from].count;
}

/* --- finding the way ---------------------------------------------------------------- */

/* Where a call stands in the source. Returns how often. */
static size_t find_places(const char *text, const char *call, size_t places[PLACES])
{
    const size_t length = strlen(call);
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, call)) != NULL && count < PLACES; at += length) {
        const char before = at != text ? at[-1] : '\0';
        if (at[length] == '(' && !isalnum((unsigned char)before) && before != '_')
            places[count++] = (size_t)(at - text);
    }
    return count;
}

/* All places of the calls that a track makes, in order. */
struct map_of_calls {
    size_t places[16 * PLACES];
    size_t count;
};

static int compare_places(const void *left, const void *right)
{
    const size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return a < b ? -1 : a > b;
}

static void map_calls(const struct code *code, const struct track *track, struct map_of_calls *map)
{
    map->count = 0;
    for (size_t i = 0; i < track->count; i++) {
        const char *const call = code->calls[track->calls[i]].call;
        size_t places[PLACES], earlier = 0;
        while (earlier < i && strcmp(code->calls[track->calls[earlier]].call, call) != 0)
            earlier++;
        const size_t count = earlier == i ? find_places(track->text, call, places) : 0;
        for (size_t k = 0; k < count && map->count < sizeof map->places / sizeof map->places[0]; k++)
            map->places[map->count++] = places[k];
    }
    qsort(map->places, map->count, sizeof map->places[0], compare_places);
}

static unsigned cost(const struct map_of_calls *map, size_t from, size_t to)
{
    if (to <= from)
        return COST_BACK;
    unsigned skipped = 0;
    for (size_t i = 0; i < map->count; i++)
        skipped += map->places[i] > from && map->places[i] < to;
    return COST_SKIP * skipped;
}

/* The cheapest way to each place of one call, and from which place of the call
 * before it comes. */
struct stage {
    size_t places[PLACES], count;
    unsigned costs[PLACES];
    size_t from[PLACES];
};

static void reach(struct stage *stage, const struct stage *before, size_t start, const struct map_of_calls *map)
{
    for (size_t k = 0; k < stage->count; k++) {
        stage->costs[k] = UINT_MAX;
        for (size_t b = 0; before != NULL && b < before->count; b++) {
            const unsigned all = before->costs[b] + cost(map, before->places[b], stage->places[k]);
            if (all < stage->costs[k]) {
                stage->costs[k] = all;
                stage->from[k] = b;
            }
        }
        if (before == NULL)
            stage->costs[k] = cost(map, start, stage->places[k]);
    }
}

static size_t cheapest(const struct stage *stage)
{
    size_t best = 0;
    for (size_t k = 1; k < stage->count; k++)
        best = stage->costs[k] < stage->costs[best] ? k : best;
    return best;
}

static void settle(struct code *code, struct track *track)
{
    struct map_of_calls map;
    if (track->text == NULL || track->count == 0)
        return;
    map_calls(code, track, &map);
    struct stage *const stages = memory_new(track->count, sizeof *stages);
    const struct stage *before = NULL;
    for (size_t i = 0; i < track->count; i++) {
        stages[i].count = find_places(track->text, code->calls[track->calls[i]].call, stages[i].places);
        reach(&stages[i], before, track->start, &map);
        before = stages[i].count != 0 ? &stages[i] : before;
    }
    size_t best = SIZE_MAX; /* place of the call that comes next */
    for (size_t i = track->count; i-- != 0;) {
        const struct stage *const stage = &stages[i];
        if (stage->count == 0)
            continue;
        if (best == SIZE_MAX)
            best = cheapest(stage);
        code->calls[track->calls[i]].at = stage->places[best];
        best = stage->from[best];
    }
    free(stages);
}

void code_settle(struct code *code)
{
    for (size_t i = 0; i < code->track_count; i++) { /* parents before their children */
        struct track *const track = &code->tracks[i];
        const struct track *const parent = track->parent != SIZE_MAX ? &code->tracks[track->parent] : NULL;
        if (parent != NULL && track->parent_calls != 0) {
            const size_t at = code->calls[parent->calls[track->parent_calls - 1]].at;
            track->start = at != SIZE_MAX ? at : 0;
        }
        settle(code, track);
    }
}

/* --- lines ------------------------------------------------------------------------- */

struct code_line code_line(const struct code *code, size_t index)
{
    const struct code_call *const call = &code->calls[index];
    if (call->at == SIZE_MAX)
        return (struct code_line){0};
    const struct track *const track = &code->tracks[call->track];
    const char *begin = track->text + call->at;
    while (begin != track->text && begin[-1] != '\n')
        begin--;
    unsigned number = 1;
    for (const char *c = track->text; c != begin; c++)
        number += *c == '\n';
    begin += strspn(begin, " ");
    return (struct code_line){track->name, begin, strcspn(begin, "\n"), number};
}

void code_free(struct code *code)
{
    for (size_t i = 0; i < code->track_count; i++) {
        free(code->tracks[i].text);
        free(code->tracks[i].calls);
    }
    free(code->tracks);
    free(code->calls);
    *code = (struct code){.directory = code->directory};
}
