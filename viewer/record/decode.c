/* decode.c - see decode.h. */
#include "record/decode.h"

#include "base/memory.h"
#include "record/schema.h"
#include "source.h"

#include <sys/socket.h>

struct decoder *decoder_new(const struct ring *ring)
{
    struct decoder *const decoder = memory_new(1, sizeof *decoder);
    schema_compile(decoder->calls);
    decoder->hosts = hosts_new();
    decoder->created = ring->header->created.ticks;
    decoder_refresh(decoder, ring);
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder != NULL)
        hosts_free(decoder->hosts);
    free(decoder);
}

void decoder_refresh(struct decoder *decoder, const struct ring *ring)
{
    processes_read(&decoder->processes, ring);
    timeline_read(&decoder->timeline, ring, &decoder->processes, source_latest(ring));
}

void decoder_rewind(struct decoder *decoder)
{
    hosts_free(decoder->hosts);
    decoder->hosts = hosts_new();
}

/* --- items --------------------------------------------------------------------- */

/* The item at `at`, or NULL where none lies there whole; *next is what follows. */
static const struct item *item_at(const char *at, const char *end, const char **next)
{
    if (end - at < (ptrdiff_t)sizeof(struct item))
        return NULL;
    const struct item *const item = (const struct item *)(const void *)at;
    at += sizeof *item;
    if (item->kind == ITEM_END || end - at < item->size)
        return NULL;
    const ptrdiff_t padded = (item->size + 7) & ~7;
    *next = end - at < padded ? end : at + padded;
    return item;
}

static void find_items(struct view *view)
{
    memset(view->items, 0, sizeof view->items);
    const char *at = (const char *)(view->record + 1);
    for (const struct item *item; (item = item_at(at, view->end, &at)) != NULL;) {
        if (item->kind < ITEM_KINDS && view->items[item->kind] == NULL)
            view->items[item->kind] = item;
    }
}

const struct item *view_next(const struct view *view, const struct item *item)
{
    const char *at = view->end;
    const uint16_t kind = item->kind;
    item = item_at((const char *)item, view->end, &at);
    do
        item = item_at(at, view->end, &at);
    while (item != NULL && item->kind != kind);
    return item;
}

bool field_is(const struct field *field, const char *key, size_t size)
{
    return field->key_size == size && memcmp(field->key, key, size) == 0;
}

const struct item *view_item(const struct view *view, const struct field *field)
{
    static const enum item_kind items[] = {
        [KIND_VALUE - KIND_FIRST_ITEM] = ITEM_VALUE,
        [KIND_TEXT - KIND_FIRST_ITEM] = ITEM_TEXT,
        [KIND_ANSWER - KIND_FIRST_ITEM] = ITEM_ANSWER,
        [KIND_PASSED - KIND_FIRST_ITEM] = ITEM_PASSED,
    };
    const struct item *item = view->items[items[field->kind - KIND_FIRST_ITEM]];
    for (unsigned i = 0; i < field->index && item != NULL; i++)
        item = view_next(view, item);
    return item;
}

/* --- what the items say -------------------------------------------------------- */

static void find_address(const struct view *view, enum item_kind kind, const uint8_t ip[4], uint16_t port,
                         struct address *address)
{
    const struct item *const item = view->items[kind];
    if (item != NULL)
        address_from_sockaddr(address, item_bytes(item), item->size);
    else if (view->record->family == AF_INET || view->record->family == AF_UNSPEC)
        address_from_ipv4(address, ip, port);
    else
        address->family = AF_UNSPEC;
}

static void add_created(struct view *view, struct new_descriptor created)
{
    for (size_t i = 0; i < view->created_count; i++) {
        if (view->created[i].fd == created.fd)
            return;
    }
    if (view->created_count < CREATED_MAX)
        view->created[view->created_count++] = created;
}

static void find_created(struct view *view)
{
    const struct record *const record = view->record;
    view->created_count = 0;
    view->inodes_told = view->items[ITEM_CREATED] != NULL;
    for (const struct item *item = view->items[ITEM_CREATED]; item != NULL; item = view_next(view, item)) {
        for (size_t at = 0; at + sizeof(struct created) <= item->size; at += sizeof(struct created)) {
            struct created created;
            memcpy(&created, item_bytes(item) + at, sizeof created);
            add_created(view, (struct new_descriptor){created.fd, created.inode, (uint8_t)created.family_type,
                                                      (uint8_t)(created.family_type >> 8)});
        }
    }
    if ((record->marks & MARK_CREATES) != 0 && record->ret >= 0)
        add_created(view, (struct new_descriptor){(int32_t)record->ret, 0, 0, 0});
}

const uint64_t *view_argument(const struct view *view, enum kind kind)
{
    const struct call_info *const call = view->call;
    for (unsigned i = 0; i < call->field_count; i++) {
        if (call->fields[i].kind == kind)
            return &view->record->arg[call->fields[i].index % 3];
    }
    return NULL;
}

/* How much went through the socket: what was returned, or, for calls that
 * return something else, what their schema says. */
static uint64_t moved(const struct view *view)
{
    const struct record *const record = view->record;
    if ((record->marks & (MARK_IN | MARK_OUT)) == 0)
        return 0;
    const uint64_t *const bytes = view_argument(view, KIND_bytes);
    if (bytes != NULL)
        return *bytes;
    return record->ret > 0 ? (uint64_t)record->ret : 0;
}

/* Did it fail, and why: errno, or the error of a look-up. */
static void find_error(struct view *view)
{
    const struct call_info *const call = view->call;
    view->failed = view->record->error != 0 || (view->record->ret < 0 && !call->event && view->lost == 0);
    view->error = view->record->error != 0 ? name_of(KIND_errno, view->record->error) : NULL;
    if (call->class != CLASS_NAME || view->record->error != 0)
        return;
    for (unsigned i = 0; i < call->field_count; i++) {
        const enum kind kind = call->fields[i].kind;
        const uint64_t value = view->record->arg[call->fields[i].index % 3];
        if ((kind == KIND_eai || kind == KIND_herr) && value != 0) {
            view->failed = true;
            view->error = name_of(kind, value);
        }
    }
}

/* Does this call turn a name into addresses? */
static bool asks_by_name(const struct call_info *call)
{
    return strncmp(call->api, "getaddrinfo", 11) == 0 || strncmp(call->api, "gethostbyname", 13) == 0 ||
           strncmp(call->api, "res_", 4) == 0;
}

/* Is it an address in some form, which resolvers take for a name? "127.1", "fe80::1%lo" */
static bool is_numeric(const char *name, size_t size)
{
    size_t digits = 0;
    while (digits < size && ((name[digits] >= '0' && name[digits] <= '9') || name[digits] == '.'))
        digits++;
    return digits == size || memchr(name, ':', size) != NULL;
}

/* Remembers the answers of a look-up under the name that was asked for. */
static void learn_hosts(struct decoder *decoder, const struct view *view)
{
    const struct item *const name = view->items[ITEM_TEXT];
    if (name == NULL || name->whole > name->size || !asks_by_name(view->call) ||
        is_numeric(item_bytes(name), name->size))
        return;
    for (const struct item *item = view->items[ITEM_ANSWER]; item != NULL; item = view_next(view, item)) {
        struct address address;
        address_from_sockaddr(&address, item_bytes(item), item->size);
        hosts_learn(decoder->hosts, view->record->process, &address, item_bytes(name), name->size);
    }
}

const struct view *decoder_view(struct decoder *decoder, const struct record *record)
{
    struct view *const view = &decoder->view;
    view->record = record;
    view->call = &decoder->calls[record->call < CALLS_TOLD ? record->call : CALL_UNKNOWN];
    view->time = timeline_unix(&decoder->timeline, record->start);
    view->moment = timeline_unix(&decoder->timeline, record_moment(record));
    view->lost = record->call == CALL_LOST ? (uint64_t)record->ret : 0;
    view->since =
        record->start > decoder->created ? timeline_ns(&decoder->timeline, decoder->created, record->start) : 0;
    view->duration = timeline_ns(&decoder->timeline, record->start, record->end);
    view->comm_size = strnlen(record->comm, sizeof record->comm);
    view->end = (const char *)record + (record->call == CALL_LOST ? sizeof *record : record->slots * (size_t)SLOT_SIZE);
    find_items(view);
    find_address(view, ITEM_LOCAL, record->local_ip, record->local_port, &view->local);
    find_address(view, ITEM_PEER, record->peer_ip, record->peer_port, &view->peer);
    find_created(view);
    find_error(view);
    view->bytes = moved(view);
    if (view->call->class == CLASS_NAME)
        learn_hosts(decoder, view);
    view->host = hosts_find(decoder->hosts, &decoder->processes, record->process, &view->peer);
    return view;
}
