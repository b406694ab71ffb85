/* render_csv.c - the keys of the JSON form as columns, after RFC 4180. */
#include "record/render.h"

#include "out/csv.h"
#include "record/args.h"

void render_csv_header(struct out *out)
{
    out_text(out, "id,time,dur_ns,pid,tid,comm,call,fd,fds,ret,errno,family,type,inode,local,peer,host,bytes,data,"
                  "args,count,ns\n");
}

static void put_payload(struct csv *csv, const struct view *view)
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
    csv_string(csv, size != 0 ? bytes : NULL, size);
}

static void put_created(struct csv *csv, const struct view *view)
{
    struct out *const out = csv_field(csv);
    if (view->created_count == 0)
        return;
    out_text(out, view->created_count > 1 ? "\"[" : "["); /* an array, as in JSON: quoted for its comma */
    for (size_t i = 0; i < view->created_count; i++) {
        if (i != 0)
            out_char(out, ',');
        out_int(out, view->created[i].fd);
    }
    out_text(out, view->created_count > 1 ? "]\"" : "]");
}

static void put_lost(struct out *out, const struct view *view)
{
    out_char(out, ',');
    if (view->time != 0)
        out_seconds(out, view->time, 9);
    out_char(out, ',');
    if (view->duration != 0)
        out_uint(out, view->duration);
    out_text(out, ",,,,lost,,,,,,,,,,,,,,");
    out_uint(out, view->lost);
    out_char(out, ',');
    out_line(out);
}

void render_csv(struct out *out, const struct view *view)
{
    const struct record *const record = view->record;
    if (view->lost != 0) {
        put_lost(out, view);
        return;
    }
    struct csv csv = csv_row(out);
    csv_uint(&csv, record->id);
    csv_time(&csv, view->time);
    csv_uint(&csv, view->duration);
    csv_uint(&csv, record->pid);
    csv_uint(&csv, record->tid);
    csv_string(&csv, record->comm, view->comm_size);
    csv_word(&csv, view->call->api);
    if (record->fd >= 0)
        csv_int(&csv, record->fd);
    else
        csv_field(&csv);
    put_created(&csv, view);
    if (!view->call->event)
        csv_int(&csv, record->ret);
    else
        csv_field(&csv);
    name_csv(&csv, KIND_errno, record->error);
    name_csv(&csv, KIND_family, record->family);
    name_csv(&csv, KIND_type, record->type);
    csv_known(&csv, record->inode);
    csv_address(&csv, &view->local);
    csv_address(&csv, &view->peer);
    csv_text(&csv, view->host);
    csv_known(&csv, view->bytes);
    put_payload(&csv, view);
    args_csv(csv_field(&csv), view);
    csv_field(&csv); /* count: of lost ones only */
    csv_uint(&csv, view->since);
    csv_end(&csv);
}
