/* render_csv.c - the keys of the JSON form as columns, after RFC 4180. */
#include "render.h"

#include "args.h"

void render_csv_header(struct out *out)
{
    out_text(out, "id,time,dur_ns,pid,tid,comm,call,fd,fds,ret,errno,family,type,inode,local,peer,host,bytes,data,"
                  "args,count\n");
}

/* A field of at most one number; 0 leaves it empty. */
static void put_known(struct out *out, uint64_t number)
{
    if (number != 0)
        out_uint(out, number);
    out_char(out, ',');
}

static void put_word(struct out *out, enum kind kind, uint64_t value)
{
    if (value != 0)
        name_text(out, kind, value);
    out_char(out, ',');
}

static void put_address(struct out *out, const struct address *address)
{
    char text[ADDRESS_TEXT];
    if (address->family != 0)
        out_csv_string(out, text, address_format(address, text));
    out_char(out, ',');
}

static void put_payload(struct out *out, const struct view *view)
{
    const struct item *item = view->items[ITEM_PAYLOAD];
    char bytes[PAYLOAD_MAX];
    size_t size = 0;
    for (; item != NULL; item = view_next(view, item)) {
        const size_t room = sizeof bytes - size;
        const size_t some = item->size < room ? item->size : room;
        memcpy(bytes + size, item_bytes(item), some);
        size += some;
    }
    if (size != 0)
        out_csv_string(out, bytes, size);
    out_char(out, ',');
}

static void put_created(struct out *out, const struct view *view)
{
    for (size_t i = 0; i < view->created_count; i++) {
        if (i != 0)
            out_char(out, ' ');
        out_int(out, view->created[i].fd);
    }
    out_char(out, ',');
}

void render_csv(struct out *out, const struct view *view)
{
    const struct record *const record = view->record;
    if (view->lost != 0) {
        out_char(out, ',');
        if (view->time != 0)
            out_seconds(out, view->time, 9);
        out_text(out, ",,,,,lost,,,,,,,,,,,,,,");
        out_uint(out, view->lost);
        out_line(out);
        return;
    }
    out_uint(out, record->id);
    out_char(out, ',');
    if (view->time != 0)
        out_seconds(out, view->time, 9);
    out_char(out, ',');
    out_uint(out, view->duration);
    out_char(out, ',');
    out_uint(out, record->pid);
    out_char(out, ',');
    out_uint(out, record->tid);
    out_char(out, ',');
    out_csv_string(out, record->comm, view->comm_size);
    out_char(out, ',');
    out_text(out, view->call->api);
    out_char(out, ',');
    if (record->fd >= 0)
        out_uint(out, (uint64_t)record->fd);
    out_char(out, ',');
    put_created(out, view);
    if (!view->call->event)
        out_int(out, record->ret);
    out_char(out, ',');
    put_word(out, KIND_errno, record->error);
    put_word(out, KIND_family, record->family);
    put_word(out, KIND_type, record->type);
    put_known(out, record->inode);
    put_address(out, &view->local);
    put_address(out, &view->peer);
    if (view->host != NULL)
        out_csv_string(out, view->host, strlen(view->host));
    out_char(out, ',');
    put_known(out, view->bytes);
    put_payload(out, view);
    args_csv(out, view);
    out_char(out, ',');
    out_line(out);
}
