/* stat.c - see stat.h. */
#include "tables/stat.h"

#include "base/memory.h"

#include <sys/socket.h>

/* --- groups ---------------------------------------------------------------------- */

/* The group under `key`; *fresh tells that it is new and has no label yet. */
static struct group *group_of(struct stat *stat, uint64_t key, bool *fresh)
{
    struct group *group = map_get(&stat->groups, key);
    *fresh = group == NULL;
    if (group != NULL)
        return group;
    group = memory_new(1, sizeof *group);
    group->order = stat->count + 1;
    group->fd = -1;
    map_put(&stat->groups, key, group);
    if (stat->count == stat->room) {
        stat->room = 2 * stat->room + 64;
        stat->rows = memory_grow(stat->rows, stat->room, sizeof(struct group *));
    }
    return stat->rows[stat->count++] = group;
}

static void set_label(struct group *group, const char *text, size_t size)
{
    free(group->label);
    group->label = memory_checked(strndup(text, size));
}

/* One key for all symbols of a call. */
static uint64_t text_key(const char *text)
{
    uint64_t key = 1;
    for (; *text != '\0'; text++)
        key = (key ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return key;
}

static bool is_same(const char *text, const char *other)
{
    return text == NULL || other == NULL ? text == other : strcmp(text, other) == 0;
}

/* Whom a record has to do with: a server by its port as well, of a client's
 * ports there are too many; and by its name, where `host` is not NULL. */
static struct group *peer_group(struct stat *stat, const struct address *peer, const char *host, bool port)
{
    bool fresh;
    char text[ADDRESS_TEXT] = "no peer";
    if (peer->family != 0)
        text[port ? address_format(peer, text) : address_format_ip(peer, text)] = '\0';
    const uint64_t first = text_key(text) + (host != NULL ? text_key(host) : 0);
    for (uint64_t key = first;; key++) { /* names with the same key can be made */
        struct group *const group = group_of(stat, key, &fresh);
        if (fresh) {
            set_label(group, text, strlen(text));
            group->host = host != NULL ? memory_checked(strdup(host)) : NULL;
        }
        if (strcmp(group->label, text) == 0 && is_same(group->host, host))
            return group;
    }
}

static struct group *by_peer(struct stat *stat, const struct step *step)
{
    static const struct address none;
    const struct socket *const socket = step->socket;
    const bool own = step->view->peer.family != 0;
    const struct address *const peer = own ? &step->view->peer : socket != NULL ? &socket->peer : &none;
    const bool internet = peer->family == AF_INET || peer->family == AF_INET6;
    const bool serves = socket != NULL && (socket->role == ROLE_SERVER || socket->role == ROLE_LISTENING);
    return peer_group(stat, peer, NULL, !internet || !serves);
}

static struct group *by_socket(struct stat *stat, const struct step *step)
{
    const struct socket *const socket = step->socket;
    bool fresh;
    struct group *const group = group_of(stat, socket != NULL ? socket->id + 1 : 1, &fresh);
    const struct holder *const holder = socket != NULL ? socket_holder(socket) : NULL;
    if (socket == NULL) {
        if (fresh)
            set_label(group, "no socket", 9);
        return group;
    }
    group->socket = socket->id;
    if (holder != NULL) {
        set_label(group, holder->process->comm, strlen(holder->process->comm));
        group->pid = holder->process->pid;
        group->fd = holder->fd;
    }
    return group;
}

static struct group *find_group(struct stat *stat, const struct step *step)
{
    bool fresh;
    struct group *group;
    switch (stat->by) {
    case BY_PROCESS:
        group = group_of(stat, step->process->id, &fresh);
        if (fresh)
            set_label(group, step->process->comm, strlen(step->process->comm));
        group->pid = step->process->pid;
        return group;
    case BY_PEER: return by_peer(stat, step);
    case BY_SOCKET: return by_socket(stat, step);
    default:
        group = group_of(stat, text_key(step->view->call->api), &fresh);
        if (fresh)
            set_label(group, step->view->call->api, strlen(step->view->call->api));
        return group;
    }
}

/* --- counting -------------------------------------------------------------------- */

static void count_error(struct group *group, const char *name, uint64_t count)
{
    size_t i = 0;
    while (i < group->error_count && strcmp(group->errors[i].name, name) != 0)
        i++;
    if (i == group->error_count) {
        group->errors = memory_grow(group->errors, ++group->error_count, sizeof *group->errors);
        group->errors[i] = (struct error_count){name, 0};
    }
    group->errors[i].count += count;
}

/* Events take no time, and who exits or was made by vfork does not tell it. */
static bool tells_time(const struct view *view)
{
    return !view->call->event && (view->call->class != CLASS_PROCESS || view->duration != 0);
}

void stat_take(struct stat *stat, const struct step *step)
{
    const struct view *const view = step->view;
    struct group *const group = find_group(stat, step);
    group->calls++;
    group->failed += view->failed;
    if (view->failed)
        count_error(group, view->error != NULL ? view->error : "?", 1);
    if ((view->record->marks & MARK_OUT) != 0)
        group->bytes_out += view->bytes;
    else
        group->bytes_in += view->bytes;
    if (tells_time(view))
        latency_add(&group->time, view->duration);
}

void stat_take_connect(struct stat *stat, const struct socket *socket)
{
    if (socket->connect_began == 0 || socket->role != ROLE_CLIENT)
        return;
    struct group *const group = peer_group(stat, &socket->peer, socket->host, true);
    const bool done = socket->connected_at >= socket->connect_began;
    if (group->phases == NULL)
        group->phases = memory_new(1, sizeof *group->phases);
    group->calls++;
    group->failed += socket->connected_at == 0 && socket->error != 0;
    if (done)
        latency_add(&group->time, (uint64_t)(socket->connected_at - socket->connect_began));
    if (socket->lookup_ns != 0)
        latency_add(&group->phases->lookup, socket->lookup_ns);
    if (done && socket->first_in >= socket->connected_at)
        latency_add(&group->phases->first_byte, (uint64_t)(socket->first_in - socket->connected_at));
    group->bytes_in += socket->in.bytes;
    group->bytes_out += socket->out.bytes;
}

/* --- the end --------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    const struct group *const a = *(struct group *const *)left, *const b = *(struct group *const *)right;
    if (a->time.sum != b->time.sum)
        return a->time.sum < b->time.sum ? 1 : -1;
    if (a->calls != b->calls)
        return a->calls < b->calls ? 1 : -1;
    return (a->order > b->order) - (a->order < b->order);
}

void stat_sort(struct stat *stat)
{
    if (stat->count != 0)
        qsort(stat->rows, stat->count, sizeof(struct group *), compare);
}

static void merge_phases(struct group *to, const struct group *from)
{
    if (from->phases == NULL)
        return;
    if (to->phases == NULL)
        to->phases = memory_new(1, sizeof *to->phases);
    latency_merge(&to->phases->lookup, &from->phases->lookup);
    latency_merge(&to->phases->first_byte, &from->phases->first_byte);
}

struct group *stat_total(const struct stat *stat)
{
    struct group *const total = memory_new(1, sizeof *total);
    total->fd = -1;
    set_label(total, "total", 5);
    for (size_t i = 0; i < stat->count; i++) {
        const struct group *const row = stat->rows[i];
        total->calls += row->calls;
        total->failed += row->failed;
        total->bytes_in += row->bytes_in;
        total->bytes_out += row->bytes_out;
        for (size_t e = 0; e < row->error_count; e++)
            count_error(total, row->errors[e].name, row->errors[e].count);
        latency_merge(&total->time, &row->time);
        merge_phases(total, row);
    }
    return total;
}

void group_free(struct group *group)
{
    latency_free(&group->time);
    if (group->phases != NULL) {
        latency_free(&group->phases->lookup);
        latency_free(&group->phases->first_byte);
    }
    free(group->phases);
    free(group->errors);
    free(group->label);
    free(group->host);
    free(group);
}

void stat_free(struct stat *stat)
{
    for (size_t i = 0; i < stat->count; i++)
        group_free(stat->rows[i]);
    free(stat->rows);
    map_free(&stat->groups);
}
