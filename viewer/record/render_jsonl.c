/* render_jsonl.c - one object a line, with the keys that the man page promises. */
#include "record/render.h"

#include "record/args.h"

#define KEY(out, text) out_bytes((out), text, sizeof(text) - 1)

static void put_address(struct out *out, const struct address *address)
{
    char text[ADDRESS_TEXT];
    const size_t size = address_format(address, text);
    out_json_string(out, text, size);
}

static void put_created(struct out *out, const struct view *view)
{
    KEY(out, ",\"fds\":[");
    for (size_t i = 0; i < view->created_count; i++) {
        if (i != 0)
            out_char(out, ',');
        out_int(out, view->created[i].fd);
    }
    out_char(out, ']');
    if (!view->inodes_told)
        return;
    KEY(out, ",\"inodes\":[");
    for (size_t i = 0; i < view->created_count; i++) {
        if (i != 0)
            out_char(out, ',');
        if (view->created[i].inode != 0)
            out_uint(out, view->created[i].inode);
        else
            out_text(out, "null");
    }
    out_char(out, ']');
}

static void put_payload(struct out *out, const struct view *view)
{
    KEY(out, ",\"data\":\"");
    for (const struct item *item = view->items[ITEM_PAYLOAD]; item != NULL; item = view_next(view, item))
        out_json_bytes(out, item_bytes(item), item->size);
    out_char(out, '"');
}

static void put_word(struct out *out, const char *key, enum kind kind, uint64_t value)
{
    out_text(out, key);
    name_json(out, kind, value);
}

/* What the socket is, and where it leads. */
static void put_socket(struct out *out, const struct view *view)
{
    const struct record *const record = view->record;
    if (record->family != 0)
        put_word(out, ",\"family\":", KIND_family, record->family);
    if (record->type != 0)
        put_word(out, ",\"type\":", KIND_type, record->type);
    if (record->inode != 0) {
        KEY(out, ",\"inode\":");
        out_uint(out, record->inode);
    }
    if (view->local.family != 0) {
        KEY(out, ",\"local\":");
        put_address(out, &view->local);
    }
    if (view->peer.family != 0) {
        KEY(out, ",\"peer\":");
        put_address(out, &view->peer);
    }
    if (view->host != NULL) {
        KEY(out, ",\"host\":");
        out_json_string(out, view->host, strlen(view->host));
    }
}

static void put_lost(struct out *out, const struct view *view)
{
    out_char(out, '{');
    if (view->time != 0) {
        KEY(out, "\"time\":");
        out_seconds(out, view->time, 9);
        out_char(out, ',');
    }
    if (view->duration != 0) {
        KEY(out, "\"dur_ns\":");
        out_uint(out, view->duration);
        out_char(out, ',');
    }
    KEY(out, "\"call\":\"lost\",\"count\":");
    out_uint(out, view->lost);
    KEY(out, "}\n");
}

static void put_who(struct out *out, const struct view *view)
{
    const struct record *const record = view->record;
    KEY(out, "{\"id\":");
    out_uint(out, record->id);
    if (view->time != 0) {
        KEY(out, ",\"time\":");
        out_seconds(out, view->time, 9);
    }
    KEY(out, ",\"ns\":");
    out_uint(out, view->since);
    KEY(out, ",\"dur_ns\":");
    out_uint(out, view->duration);
    KEY(out, ",\"pid\":");
    out_uint(out, record->pid);
    KEY(out, ",\"tid\":");
    out_uint(out, record->tid);
    KEY(out, ",\"comm\":");
    out_json_string(out, record->comm, view->comm_size);
    KEY(out, ",\"call\":\"");
    out_text(out, view->call->api);
    out_char(out, '"');
}

void render_jsonl(struct out *out, const struct view *view)
{
    if (view->lost != 0) {
        put_lost(out, view);
        return;
    }
    const struct record *const record = view->record;
    put_who(out, view);
    if (record->fd >= 0) {
        KEY(out, ",\"fd\":");
        out_uint(out, (uint64_t)record->fd);
    }
    if (view->created_count != 0)
        put_created(out, view);
    if (!view->call->event) {
        KEY(out, ",\"ret\":");
        out_int(out, record->ret);
    }
    if (record->error != 0)
        put_word(out, ",\"errno\":", KIND_errno, record->error);
    put_socket(out, view);
    if (view->bytes != 0) {
        KEY(out, ",\"bytes\":");
        out_uint(out, view->bytes);
    }
    if (view->items[ITEM_PAYLOAD] != NULL)
        put_payload(out, view);
    args_json(out, view, ",\"args\":{");
    if ((record->marks & MARK_CUT) != 0)
        KEY(out, ",\"cut\":true");
    KEY(out, "}\n");
}
