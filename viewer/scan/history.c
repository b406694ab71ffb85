/* history.c - see history.h. */
#include "scan/history.h"

#include "base/memory.h"
#include "base/progress.h"

#include <sys/socket.h>

/* Bytes: no call moves as many. A damaged record may say so, and sums must not
 * overflow. */
#define MOVED_MAX UINT32_MAX

/* --- entries --------------------------------------------------------------------- */

/* The kept payload in one piece, in memory of its own. */
static void keep_payload(struct entry *entry, const struct view *view)
{
    size_t size = 0;
    for (const struct item *item = view->items[ITEM_PAYLOAD]; item != NULL; item = view_next(view, item))
        size += item->size;
    if (size == 0)
        return;
    uint8_t *const bytes = memory_new(size, 1);
    entry->payload = bytes;
    entry->first = view->items[ITEM_PAYLOAD]->whole;
    for (const struct item *item = view->items[ITEM_PAYLOAD]; item != NULL; item = view_next(view, item)) {
        memcpy(bytes + entry->kept, item_bytes(item), item->size);
        entry->kept += item->size;
    }
    if (entry->kept > entry->bytes) /* looked at, or damaged */
        entry->kept = (uint32_t)entry->bytes;
}

static void fill_in(struct entry *entry, const struct view *view)
{
    const struct record *const record = view->record;
    const bool vector = strcmp(view->call->api, "sendmmsg") == 0 || strcmp(view->call->api, "recvmmsg") == 0;
    entry->id = record->id;
    entry->record = record; /* lies in the source's batch, which stays as it is */
    entry->call = view->call;
    entry->ret = record->ret;
    entry->bytes = view->bytes < MOVED_MAX ? view->bytes : MOVED_MAX;
    entry->pid = record->pid;
    entry->tid = record->tid;
    entry->fd = record->fd;
    entry->code = record->call;
    entry->error = record->error;
    entry->way = (record->marks & MARK_OUT) != 0 ? WAY_OUT : (record->marks & MARK_IN) != 0 ? WAY_IN : WAY_NONE;
    entry->messages = vector && record->ret > 0 ? (uint32_t)record->ret : 1;
    entry->shuts_out = record->call == CALL_shutdown && !view->failed && record->arg[0] != SHUT_RD;
    if (entry->way != WAY_NONE)
        keep_payload(entry, view);
    if (entry->messages == 1)
        entry->first = (uint32_t)entry->bytes;
}

static struct entry *new_entry(struct history *history)
{
    if (history->count == history->room) {
        history->room = 2 * history->room + 1024;
        history->entries = memory_grow(history->entries, history->room, sizeof *history->entries);
    }
    struct entry *const entry = &history->entries[history->count++];
    *entry = (struct entry){.other = NONE, .holding = NONE};
    return entry;
}

/* --- holdings ----------------------------------------------------------------------- */

static uint64_t holder_key(const struct holder *holder)
{
    return (uint64_t)(uintptr_t)holder;
}

/* The number of a holder's holding, which is made where there is none. */
static uint32_t holding_of(struct history *history, struct holder *holder)
{
    const uintptr_t known = (uintptr_t)map_get(&history->holding_of, holder_key(holder));
    if (known != 0)
        return (uint32_t)known - 1;
    if (history->holding_count == history->holding_room) {
        history->holding_room = 2 * history->holding_room + 64;
        history->holdings = memory_grow(history->holdings, history->holding_room, sizeof *history->holdings);
    }
    history->holdings[history->holding_count++] = (struct holding){holder, holder->since, 0};
    map_put(&history->holding_of, holder_key(holder), (void *)(uintptr_t)history->holding_count);
    return (uint32_t)history->holding_count - 1;
}

/* What began and ended with a record. A socket's mark becomes the number of the
 * record that ended it, counted from 1. */
static void note_changes(struct history *history, const struct step *step)
{
    for (size_t i = 0; i < step->change_count; i++) {
        const struct change *const change = &step->changes[i];
        const bool descriptor = change->kind == DESCRIPTOR_OPENED || change->kind == DESCRIPTOR_CLOSED;
        const uint32_t holding = descriptor ? holding_of(history, change->holder) : NONE;
        if (change->kind == DESCRIPTOR_OPENED)
            history->holdings[holding].since = change->time;
        else if (change->kind == DESCRIPTOR_CLOSED)
            history->holdings[holding].until = change->time;
        else if (change->kind == SOCKET_ENDED && step->view != NULL && !change->socket->by_exit)
            change->socket->mark = history->count;
    }
}

/* --- pipes ----------------------------------------------------------------------- */

/* Did the program ask that closing resets the connection? */
static bool sets_reset(const struct view *view)
{
    struct linger linger;
    const struct item *const value = view->items[ITEM_VALUE];
    if (view->record->call != CALL_setsockopt || view->failed || view->record->arg[0] != SOL_SOCKET ||
        view->record->arg[1] != SO_LINGER || value == NULL || value->size < sizeof linger)
        return false;
    memcpy(&linger, item_bytes(value), sizeof linger);
    return linger.l_onoff != 0 && linger.l_linger == 0;
}

/* A pipe for each connection that is one; connection->mark becomes its number,
 * counted from 1. */
static void make_pipes(struct history *history)
{
    size_t count = 0;
    for (struct connection *c = model_connections(history->model); c != NULL; c = c->next)
        count += !c->merged;
    history->pipes = memory_new(count, sizeof *history->pipes);
    for (struct connection *c = model_connections(history->model); c != NULL; c = c->next) {
        if (c->merged)
            continue;
        struct pipe *const pipe = &history->pipes[history->pipe_count++];
        *pipe = (struct pipe){.connection = c, .closed_by = {NONE, NONE}, .holdings = {NONE, NONE}};
        c->mark = history->pipe_count;
        for (int end = 0; end < 2; end++) {
            const struct socket *const socket = c->ends[end].socket;
            const struct holder *const holder = socket != NULL ? socket_holder(socket) : NULL;
            if (holder != NULL)
                pipe->holdings[end] = holding_of(history, (struct holder *)(uintptr_t)holder);
            if (socket != NULL && socket->mark != 0 && socket->connection == c)
                pipe->closed_by[end] = (uint32_t)socket->mark - 1;
        }
    }
}

/* The connection of an entry, once it is known which ones were the same. */
static struct pipe *pipe_of(struct history *history, struct entry *entry, struct connection *connection)
{
    if (connection != NULL && connection->merged)
        connection = entry->socket != NULL ? entry->socket->connection : NULL;
    return connection != NULL && connection->mark != 0 ? &history->pipes[connection->mark - 1] : NULL;
}

/* --- reading --------------------------------------------------------------------- */

/* What stands beside an entry until all have been read. */
struct beside {
    struct connection **connections;
    bool *resets;
    size_t room;
};

static void grow(struct beside *beside, size_t room)
{
    if (room <= beside->room)
        return;
    beside->room = room;
    beside->connections = memory_grow(beside->connections, room, sizeof *beside->connections);
    beside->resets = memory_grow(beside->resets, room, sizeof *beside->resets);
}

/* What the model makes of the record. */
static void fill_in_step(struct history *history, struct entry *entry, const struct step *step)
{
    entry->process = step->process;
    entry->socket = step->socket;
    entry->zero = (uint8_t)step->zero;
    entry->end = step->end == SERVER_END ? SERVER_END : CLIENT_END;
    if (step->holder != NULL)
        entry->holding = holding_of(history, step->holder);
    if (step->connection == NULL && step->view->peer.family != 0 && entry_is(entry, "connect")) {
        entry->attempt = memory_new(1, sizeof *entry->attempt);
        *entry->attempt = (struct attempt){step->view->local, step->view->peer};
    }
}

static void note_time(struct history *history, struct entry *entry, const struct view *view)
{
    if (view->time == 0)
        return;
    entry->time = view->time;
    entry->done = view->time + (view->lost == 0 ? (int64_t)view->duration : 0);
    if (history->began == 0 || entry->time < history->began)
        history->began = entry->time;
    if (entry->done > history->ended)
        history->ended = entry->done;
}

static void note(struct history *history, const struct step *step, const struct filter *filter, struct beside *beside)
{
    const struct view *const view = step->view;
    struct entry *const entry = new_entry(history);
    const size_t index = history->count - 1;
    entry->wanted = filter_match(filter, view);
    note_time(history, entry, view);
    if (view->lost != 0) {
        entry->bytes = view->lost;
        history->lost += view->lost;
        if (entry->time == 0) /* behind what is known to have been before */
            entry->time = entry->done = history->ended;
    } else {
        fill_in(entry, view);
        fill_in_step(history, entry, step);
    }
    grow(beside, history->room);
    beside->connections[index] = step->connection;
    beside->resets[index] = view->lost == 0 && sets_reset(view);
    note_changes(history, step);
}

/* Leaves only the last so many wanted. */
static void keep_last(struct history *history, uint64_t last)
{
    for (size_t i = history->count; i-- != 0 && last != 0;) {
        struct entry *const entry = &history->entries[i];
        if (!entry->wanted || entry->call == NULL)
            continue;
        if (--last == 0) {
            while (i-- != 0)
                history->entries[i].wanted = false;
            return;
        }
    }
}

static void join(struct history *history, const struct beside *beside)
{
    make_pipes(history);
    for (size_t i = 0; i < history->count; i++) {
        struct entry *const entry = &history->entries[i];
        struct pipe *const pipe = entry->pipe = pipe_of(history, entry, beside->connections[i]);
        if (pipe == NULL)
            continue;
        pipe->wanted |= entry->wanted;
        pipe->resets[entry->end] |= beside->resets[i];
    }
}

const char *history_open(struct history *history, const char *path, const struct filter *filter)
{
    *history = (struct history){0};
    const char *const wrong = source_open(&history->source, path);
    if (wrong != NULL)
        return wrong;
    struct beside beside = {0};
    const struct record *record;
    history->decoder = decoder_new(&history->source.ring);
    history->model = model_new(&history->decoder->processes, true);
    struct progress progress;
    progress_begin(&progress, source_written(&history->source)); /* to copy them takes its time, too */
    source_read(&history->source, SOURCE_ONCE);
    progress.total = history->source.batch.count;
    while ((record = source_next(&history->source)) != NULL) {
        note(history, model_take(history->model, decoder_view(history->decoder, record)), filter, &beside);
        progress_step(&progress);
    }
    progress_end(&progress);
    note_changes(history, model_finish(history->model));
    if (filter->last != 0)
        keep_last(history, filter->last);
    join(history, &beside);
    history_match(history);
    free(beside.connections);
    free(beside.resets);
    history_rewind(history);
    return NULL;
}

void history_rewind(struct history *history)
{
    source_rewind(&history->source);
    decoder_rewind(history->decoder);
    history->next = 0;
}

const struct view *history_next(struct history *history, const struct entry **entry)
{
    const struct record *record;
    while ((record = source_next(&history->source)) != NULL) {
        const struct view *const view = decoder_view(history->decoder, record);
        *entry = &history->entries[history->next++];
        if ((*entry)->wanted)
            return view;
    }
    return NULL;
}

/* --- order ------------------------------------------------------------------------- */

static int64_t moment_of(const struct entry *entry)
{
    const bool begins = entry->record != NULL && record_acts_at_start(entry->record);
    if (!entry_accepts(entry) || entry->pipe == NULL || entry->pipe->first_moved == 0 ||
        entry->pipe->first_moved > entry->done)
        return begins ? entry->time : entry->done;
    return entry->pipe->first_moved > entry->time ? entry->pipe->first_moved - 1 : entry->time;
}

static int by_moment(const void *left, const void *right, void *context)
{
    const struct entry *const entries = context;
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const int64_t x = moment_of(&entries[a]), y = moment_of(&entries[b]);
    return x != y ? (x < y ? -1 : 1) : a < b ? -1 : a > b;
}

uint32_t *history_order(const struct history *history)
{
    uint32_t *const order = memory_new(history->count, sizeof *order);
    for (size_t i = 0; i < history->count; i++)
        order[i] = (uint32_t)i;
    if (history->count != 0)
        qsort_r(order, history->count, sizeof *order, by_moment, history->entries);
    return order;
}

void history_close(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        free((void *)(uintptr_t)history->entries[i].payload);
        free(history->entries[i].attempt);
    }
    for (size_t i = 0; i < history->pipe_count; i++) {
        for (int end = 0; end < 2; end++) {
            free(history->pipes[i].streams[end].sent);
            free(history->pipes[i].streams[end].received);
        }
    }
    free(history->entries);
    free(history->pipes);
    free(history->holdings);
    map_free(&history->holding_of);
    model_free(history->model);
    decoder_free(history->decoder);
    if (history->source.memory != NULL)
        source_close(&history->source);
}
