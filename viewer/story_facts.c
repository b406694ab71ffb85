/* story_facts.c - see story_facts.h. */
#include "story_facts.h"

#include "memory.h"

#include <errno.h>
#include <sys/socket.h>

void context_begin(struct context *context)
{
    context->ended = memory_new(2 * context->history->pipe_count, sizeof *context->ended);
}

void context_end(struct context *context)
{
    map_free(&context->ports);
    free(context->ended);
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

/* Another descriptor, in this process or another, that names the socket just then. */
static void find_keeper(struct facts *facts, const struct scene *scene, int fd)
{
    for (const struct holder *holder = scene->socket->holders; holder != NULL; holder = holder->next) {
        const bool open = holder->since <= scene->time && (holder->open || holder->until > scene->time);
        if (!open || (holder->process == scene->process && holder->fd == fd))
            continue;
        memcpy(facts->keeper_comm, holder->process->comm, sizeof facts->keeper_comm);
        facts->keeper_pid = holder->process->pid;
        facts->keeper_fd = holder->fd;
        facts->outcome = OUTCOME_KEPT;
        return;
    }
}

/* Has the other side gone before? */
static bool peer_gone(const struct scene *scene, const bool *ended)
{
    if (scene->pipe == NULL || scene->facts.acting == AS_DATAGRAM)
        return false;
    const struct socket *const other = scene->pipe->connection->ends[1 - scene->end].socket;
    return (ended != NULL && *ended) ||
           (other != NULL && other->ended && other->closed != 0 && other->closed < scene->time);
}

/* The first argument of that kind of size, as offered. */
static uint64_t offered(const struct view *view)
{
    for (unsigned i = 0; i < view->call->field_count; i++) {
        if (view->call->fields[i].kind == KIND_size)
            return view->record->arg[view->call->fields[i].index % 3];
    }
    return 0;
}

static enum outcome transfer_outcome(const struct scene *scene, const struct view *view)
{
    const bool moved = (view->record->marks & (MARK_IN | MARK_OUT)) != 0;
    if (view->created_count != 0 || view->items[ITEM_PASSED] != NULL)
        return OUTCOME_PASSED;
    if (!moved)
        return OUTCOME_PEEK;
    if (scene->entry->at_end)
        return OUTCOME_END;
    if (scene->facts.acting == AS_DATAGRAM && (view->record->marks & MARK_OUT) != 0 && scene->facts.before_known &&
        scene->facts.before == 0 && view->local.port != 0)
        return OUTCOME_FIRST;
    if ((view->record->marks & MARK_OUT) != 0 && scene->facts.acting != AS_DATAGRAM && view->bytes < offered(view))
        return OUTCOME_PART;
    return OUTCOME_DONE;
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

void facts_find(struct scene *scene, const struct view *view, struct context *context)
{
    struct facts *const facts = &scene->facts;
    const struct pipe *const pipe = scene->pipe;
    bool *const ended = pipe != NULL ? &context->ended[2 * (pipe - context->history->pipes) + scene->end] : NULL;
    *facts = (struct facts){.fd = view->record->fd};
    facts_acting(facts, scene->socket);
    if (facts->acting == AS_ANY && pipe != NULL && !facts->local)
        facts->acting = scene->end == SERVER_END ? AS_SERVER : AS_CLIENT;
    find_before(scene, view, &context->ports);
    if (view->failed) {
        facts->outcome = view->record->error == EINPROGRESS ? OUTCOME_PENDING : OUTCOME_DONE;
    } else if (view->call->class == CLASS_IO) {
        facts->outcome = transfer_outcome(scene, view);
        find_left(scene, context->history);
    } else if (view->call->phase == PHASE_CLOSE && scene->socket != NULL && view->record->call != CALL_shutdown) {
        facts->outcome = leaves_unread(scene, context->history) ? OUTCOME_UNREAD
                         : peer_gone(scene, ended)              ? OUTCOME_AFTER
                                                                : OUTCOME_DONE;
        find_keeper(facts, scene, view->record->fd);
    }
    if (scene->entry->at_end && ended != NULL)
        *ended = true;
}

void facts_find_exit(struct scene *scene, const struct holder *holder)
{
    scene->facts = (struct facts){.fd = holder->fd, .outcome = OUTCOME_SWEPT};
    facts_acting(&scene->facts, scene->socket);
    find_keeper(&scene->facts, scene, holder->fd);
}
