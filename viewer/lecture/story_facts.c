/* story_facts.c - see story_facts.h. */
#include "lecture/story_facts.h"

#include "base/memory.h"

#include <errno.h>
#include <sys/socket.h>

bool facts_holds(const struct holder *holder, int64_t time)
{
    return holder->since <= time && (holder->open || holder->until > time);
}

static size_t number_of(const struct history *history, const struct pipe *pipe, int end)
{
    return 2 * (size_t)(pipe - history->pipes) + (size_t)end;
}

void context_begin(struct context *context, const struct history *history)
{
    *context = (struct context){.history = history};
    holders_begin(&context->holders, history);
    context->ended = memory_new(2 * history->pipe_count, sizeof *context->ended);
    context->torn = memory_new(2 * history->pipe_count, sizeof *context->torn);
    context->shut = memory_new(2 * history->pipe_count, sizeof *context->shut);
    for (size_t i = 0; i < history->count; i++) {
        const struct entry *const entry = &history->entries[i];
        if (entry->shuts_out && entry->pipe != NULL)
            context->shut[number_of(history, entry->pipe, entry->end)] = entry->time;
    }
}

void context_end(struct context *context)
{
    holders_end(&context->holders);
    map_free(&context->ports);
    map_free(&context->buffers[0]);
    map_free(&context->buffers[1]);
    free(context->ended);
    free(context->torn);
    free(context->shut);
}

enum phase facts_phase(const struct scene *scene, const struct view *view)
{
    const bool ends = scene->facts.outcome == OUTCOME_SWEPT || scene->entry == NULL;
    return ends ? PHASE_CLOSE : view->call->phase;
}

bool facts_is_accept(const struct view *view)
{
    return strncmp(view->call->api, "accept", 6) == 0 && view->created_count != 0;
}

static bool is_one_of(const char *api, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(api, names[i]) == 0)
            return true;
    }
    return false;
}

bool facts_is_fork(const struct view *view)
{
    static const char *const names[] = {"fork", "vfork", "clone", "forkpty"};
    return is_one_of(view->call->api, names, sizeof names / sizeof names[0]);
}

bool facts_sweeps(const struct view *view)
{
    static const char *const names[] = {"dup2",      "dup3",   "close_range", "closefrom", "freopen",
                                        "login_tty", "daemon", "exec",        "exit"};
    return is_one_of(view->call->api, names, sizeof names / sizeof names[0]);
}

void facts_acting(struct facts *facts, const struct socket *socket)
{
    static const enum acting of_role[] = {[ROLE_NONE] = AS_ANY,
                                          [ROLE_CLIENT] = AS_CLIENT,
                                          [ROLE_SERVER] = AS_SERVER,
                                          [ROLE_LISTENING] = AS_LISTENER,
                                          [ROLE_PAIR] = AS_PAIR};
    facts->acting = AS_ANY;
    if (socket == NULL)
        return;
    facts->local = socket->family == AF_UNIX;
    facts->acting = socket->type == SOCK_DGRAM || socket->type == SOCK_RAW ? AS_DATAGRAM : of_role[socket->role];
    facts->local_address = socket->local;
    facts->peer_address = socket->peer;
}

/* Another descriptor, in this process or another, that names the socket just then; or
 * is to, for the socket is on its way to a program that was started, or in a message. */
static const struct holder *keeper_of(const struct scene *scene, int fd)
{
    const struct holder *next = NULL;
    for (const struct holder *holder = scene->socket->holders; holder != NULL; holder = holder->next) {
        if (holder->process == scene->process && holder->fd == fd)
            continue;
        if (facts_holds(holder, scene->time))
            return holder;
        if (next == NULL && holder->since > scene->time)
            next = holder;
    }
    return next;
}

static void find_keeper(struct facts *facts, const struct scene *scene, int fd)
{
    const struct holder *const keeper = keeper_of(scene, fd);
    if (keeper == NULL)
        return;
    memcpy(facts->keeper_comm, keeper->process->comm, sizeof facts->keeper_comm);
    facts->keeper_pid = keeper->process->pid;
    facts->keeper_fd = keeper->fd;
    facts->outcome = OUTCOME_KEPT;
}

/* When the other side had disconnected for good; 0: not as far as is known. */
static int64_t peer_closed(const struct scene *scene, const struct context *context)
{
    const uint32_t by = scene->pipe->closed_by[1 - scene->end];
    const struct socket *const other = scene->pipe->connection->ends[1 - scene->end].socket;
    if (by != NONE)
        return context->history->entries[by].done;
    return other != NULL && other->ended ? other->closed : 0;
}

/* Had the other side disconnected for good before this call began? A read that
 * returned 0 tells so before the other side's close returns, unless it may have been
 * for one half only. */
static bool peer_gone(const struct scene *scene, const struct context *context)
{
    const bool ended = context->ended[number_of(context->history, scene->pipe, scene->end)];
    const bool half = context->shut[number_of(context->history, scene->pipe, 1 - scene->end)] != 0;
    const int64_t closed = peer_closed(scene, context);
    return closed != 0 && (closed < scene->entry->time || (ended && !half));
}

/* Had the other side closed one half only, by then? */
static bool peer_half(const struct scene *scene, const struct context *context, int64_t then)
{
    const int64_t shut = context->shut[number_of(context->history, scene->pipe, 1 - scene->end)];
    const int64_t closed = peer_closed(scene, context);
    return shut != 0 && shut <= then && (closed == 0 || closed > then);
}

/* What the other side has done before this end closes for good. */
static enum outcome closing_outcome(const struct scene *scene, const struct context *context)
{
    if (scene->pipe == NULL || scene->facts.acting == AS_DATAGRAM)
        return OUTCOME_DONE;
    const bool ended = context->ended[number_of(context->history, scene->pipe, scene->end)];
    const int64_t closed = peer_closed(scene, context);
    if (ended && peer_half(scene, context, scene->time))
        return OUTCOME_REST;
    return ended || (closed != 0 && closed < scene->time) ? OUTCOME_AFTER : OUTCOME_DONE;
}

/* How many bytes there were to send. */
static uint64_t offered(const struct view *view)
{
    const uint64_t *const size = view_argument(view, KIND_size);
    return size != NULL ? *size : 0;
}

static enum outcome sending_outcome(const struct scene *scene, const struct view *view, const struct context *context)
{
    const struct facts *const facts = &scene->facts;
    if (facts->acting == AS_DATAGRAM)
        return facts->before_known && facts->before == 0 && view->local.port != 0 ? OUTCOME_FIRST : OUTCOME_DONE;
    if (view->bytes < offered(view))
        return OUTCOME_PART;
    return scene->pipe != NULL && peer_gone(scene, context) ? OUTCOME_AFTER : OUTCOME_DONE;
}

/* Is it the error queue that was read? */
static bool reads_notices(const struct view *view)
{
    const uint64_t *const flags = view_argument(view, KIND_msg);
    return flags != NULL && (*flags & MSG_ERRQUEUE) != 0;
}

static enum outcome transfer_outcome(const struct scene *scene, const struct view *view, const struct context *context)
{
    static const enum outcome of_zero[] = {
        [ZERO_NOT] = OUTCOME_DONE,    [ZERO_END] = OUTCOME_END,   [ZERO_ASKED] = OUTCOME_NOTHING,
        [ZERO_EMPTY] = OUTCOME_EMPTY, [ZERO_SHUT] = OUTCOME_SHUT, [ZERO_GONE] = OUTCOME_GONE};
    if (view->created_count != 0 || view->items[ITEM_PASSED] != NULL)
        return OUTCOME_PASSED;
    if ((view->record->marks & (MARK_IN | MARK_OUT)) == 0)
        return reads_notices(view) ? OUTCOME_NOTICE : OUTCOME_PEEK;
    const enum outcome outcome = of_zero[scene->entry->zero];
    if (outcome == OUTCOME_END && scene->pipe != NULL && peer_half(scene, context, scene->entry->done))
        return OUTCOME_HALF;
    if (outcome != OUTCOME_DONE || (view->record->marks & MARK_OUT) == 0)
        return outcome;
    return sending_outcome(scene, view, context);
}

/* How many bytes of the stream from `end` had been read by the time of the
 * record with this index. */
static uint64_t read_by(const struct history *history, const struct stream *stream, uint32_t index)
{
    size_t low = 0, high = stream->received_count; /* the first that was received later */
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (stream->received[middle] < index)
            low = middle + 1;
        else
            high = middle;
    }
    const struct entry *const last = low != 0 ? &history->entries[stream->received[low - 1]] : NULL;
    return last != NULL ? last->offset + last->bytes : 0;
}

/* How many bytes of what this end has sent so far the other side has not read. */
static void find_left(struct scene *scene, const struct history *history)
{
    const struct entry *const entry = scene->entry;
    if (entry->pipe == NULL || entry->way != WAY_OUT || !entry->pipe->streams[entry->end].aligned)
        return;
    const uint64_t sent = entry->offset + entry->bytes;
    const uint64_t received = read_by(history, &entry->pipe->streams[entry->end], entry_index(history, entry));
    scene->facts.left_known = sent >= received;
    scene->facts.left = sent - received;
}

/* Is there something that this end, which closes for good, has not read? */
static bool leaves_unread(const struct scene *scene, const struct history *history)
{
    const struct entry *const entry = scene->entry;
    if (scene->pipe == NULL || !pipe_is_stream(scene->pipe) || !scene->pipe->streams[1 - scene->end].aligned)
        return false;
    const struct stream *const stream = &scene->pipe->streams[1 - scene->end];
    const uint32_t index = entry_index(history, entry);
    uint64_t sent = 0;
    for (size_t i = 0; i < stream->sent_count && stream->sent[i] < index; i++)
        sent += history->entries[stream->sent[i]].bytes;
    return sent > read_by(history, stream, index);
}

/* Which port the socket had before, and remembers the one that it has now. */
static void find_before(struct scene *scene, const struct view *view, struct map *ports)
{
    if (scene->socket == NULL)
        return;
    const uintptr_t known = (uintptr_t)map_get(ports, scene->socket->id);
    scene->facts.before_known = known != 0;
    scene->facts.before = known != 0 ? (uint16_t)(known - 1) : 0;
    const bool settled = !view->failed || view->record->error == EINPROGRESS;
    if (settled && (view->local.port != 0 || view->record->call == CALL_socket))
        map_put(ports, scene->socket->id, (void *)(uintptr_t)(view->local.port + 1u));
}

/* What the kernel reserves for the socket, once it was asked. */
static void find_buffers(struct scene *scene, const struct view *view, struct map buffers[2])
{
    static const uint64_t options[] = {SO_SNDBUF, SO_RCVBUF};
    const struct item *const value = view->items[ITEM_VALUE];
    const bool asked = strcmp(view->call->api, "getsockopt") == 0 && !view->failed && value != NULL &&
                       value->size == sizeof scene->facts.buffers[0] && view->record->arg[0] == SOL_SOCKET;
    for (size_t i = 0; scene->socket != NULL && i < sizeof options / sizeof options[0]; i++) {
        uint32_t *const buffer = &scene->facts.buffers[i];
        if (asked && view->record->arg[1] == options[i]) {
            memcpy(buffer, item_bytes(value), sizeof *buffer);
            map_put(&buffers[i], scene->socket->id, (void *)((uintptr_t)*buffer + 1));
        }
        const uintptr_t known = (uintptr_t)map_get(&buffers[i], scene->socket->id);
        *buffer = known != 0 ? (uint32_t)(known - 1) : 0;
    }
}

/* Remembers that the pipe ended here, and how. */
static void note_end(struct context *context, const struct scene *scene, size_t number)
{
    const uint16_t error = scene->entry->error;
    const bool own = context->shut[number] != 0; /* then EPIPE is of our own making */
    context->ended[number] |= scene->entry->zero == ZERO_END;
    context->torn[number] |= error == ECONNRESET || error == ETIMEDOUT || (error == EPIPE && !own);
}

void facts_find(struct scene *scene, const struct view *view, struct context *context)
{
    struct facts *const facts = &scene->facts;
    const struct pipe *const pipe = scene->pipe;
    *facts = (struct facts){.fd = view->record->fd};
    facts_acting(facts, scene->socket);
    if (facts->acting == AS_ANY && pipe != NULL && !facts->local)
        facts->acting = scene->end == SERVER_END ? AS_SERVER : AS_CLIENT;
    find_before(scene, view, &context->ports);
    find_buffers(scene, view, context->buffers);
    if (view->failed) {
        facts->outcome = view->record->error == EINPROGRESS ? OUTCOME_PENDING : OUTCOME_DONE;
    } else if (view->call->class == CLASS_IO) {
        facts->outcome = transfer_outcome(scene, view, context);
        find_left(scene, context->history);
    } else if (view->call->phase == PHASE_CLOSE && scene->socket != NULL && view->record->call != CALL_shutdown) {
        if (pipe != NULL &&
            (pipe->connection->error != 0 || context->torn[number_of(context->history, pipe, scene->end)]))
            facts->acting = AS_ANY; /* the pipe never came to be, or is no more */
        else
            facts->outcome = leaves_unread(scene, context->history) ? OUTCOME_UNREAD : closing_outcome(scene, context);
        find_keeper(facts, scene, view->record->fd);
    }
    if (pipe != NULL)
        note_end(context, scene, number_of(context->history, pipe, scene->end));
}

void facts_find_exit(struct scene *scene, const struct holder *holder)
{
    scene->facts = (struct facts){.fd = holder->fd, .outcome = OUTCOME_SWEPT};
    facts_acting(&scene->facts, scene->socket);
    find_keeper(&scene->facts, scene, holder->fd);
}
