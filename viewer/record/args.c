/* args.c - see args.h. */
#include "record/args.h"

#include <sys/socket.h>
#include <sys/time.h>

/* How the value of a socket option is to be read, where it is no plain int. */
enum form { FORM_INT, FORM_TEXT, FORM_TIME, FORM_LINGER, FORM_CREDENTIALS, FORM_NAMED };

static const struct {
    const char *option;
    enum form form;
    enum kind kind; /* FORM_NAMED: of the int */
} forms[] = {
    {"SO_ERROR", FORM_NAMED, KIND_errno},
    {"SO_TYPE", FORM_NAMED, KIND_socktype},
    {"SO_DOMAIN", FORM_NAMED, KIND_domain},
    {"SO_PROTOCOL", FORM_NAMED, KIND_protocol_inet},
    {"SO_LINGER", FORM_LINGER, 0},
    {"SO_RCVTIMEO", FORM_TIME, 0},
    {"SO_SNDTIMEO", FORM_TIME, 0},
    {"SO_PEERCRED", FORM_CREDENTIALS, 0},
    {"SO_BINDTODEVICE", FORM_TEXT, 0},
    {"TCP_CONGESTION", FORM_TEXT, 0},
    {"TCP_ULP", FORM_TEXT, 0},
};

struct writer {
    struct out *out;
    const struct view *view;
    enum arg_style style;
    size_t shown; /* bytes of foreign text, in ARG_TEXT */
    bool any;     /* a field was written already */
};

static void put_string(const struct writer *w, const char *bytes, size_t size)
{
    if (w->style == ARG_JSON) {
        out_json_string(w->out, bytes, size);
        return;
    }
    if (w->style == ARG_CSV) {
        out_char(w->out, '\'');
        out_csv_quoted(w->out, bytes, size);
        out_char(w->out, '\'');
        return;
    }
    const bool cut = size > w->shown;
    out_char(w->out, '"');
    out_foreign(w->out, bytes, cut ? w->shown : size, ESCAPE_QUOTED);
    out_char(w->out, '"');
    if (cut)
        out_symbol(w->out, "…", "...");
}

static void put_name(const struct writer *w, enum kind kind, uint64_t value)
{
    if (w->style == ARG_JSON)
        name_json(w->out, kind, value);
    else
        name_text(w->out, kind, value);
}

/* --- option values --------------------------------------------------------------- */

static void put_hex(const struct writer *w, const struct item *item)
{
    const unsigned char *const bytes = (const unsigned char *)item_bytes(item);
    if (w->style == ARG_JSON)
        out_char(w->out, '"');
    out_text(w->out, "0x");
    for (size_t i = 0; i < item->size && (w->style != ARG_TEXT || i < w->shown); i++) {
        out_char(w->out, "0123456789abcdef"[bytes[i] >> 4]);
        out_char(w->out, "0123456789abcdef"[bytes[i] & 15]);
    }
    if (w->style == ARG_JSON)
        out_char(w->out, '"');
    else if (w->style == ARG_TEXT && item->size > w->shown)
        out_symbol(w->out, "…", "...");
}

static void put_members(const struct writer *w, const int32_t *values, const char *const *names, size_t count)
{
    if (w->style == ARG_JSON)
        out_char(w->out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            out_char(w->out, w->style == ARG_JSON ? ',' : '/');
        if (w->style == ARG_JSON) {
            out_char(w->out, '"');
            out_text(w->out, names[i]);
            out_text(w->out, "\":");
        } else {
            out_text(w->out, names[i]);
            out_char(w->out, ' ');
        }
        out_int(w->out, values[i]);
    }
    if (w->style == ARG_JSON)
        out_char(w->out, '}');
}

static size_t form_of(const struct record *record)
{
    size_t i = 0;
    const char *const option = name_of(kind_after(KIND_option, record->arg[0]), record->arg[1]);
    while (i < sizeof forms / sizeof forms[0] && (option == NULL || strcmp(forms[i].option, option) != 0))
        i++;
    return i;
}

static void put_int_value(const struct writer *w, const struct item *item, enum kind kind)
{
    int32_t value = 0;
    memcpy(&value, item_bytes(item), item->size < 4 ? item->size : 4); /* a byte is one of IP_MULTICAST_TTL */
    put_name(w, kind == KIND_errno && value == 0 ? KIND_int : kind, (uint64_t)(int64_t)value);
}

static void put_value(const struct writer *w, const struct item *item)
{
    static const char *const linger[] = {"onoff", "linger"}, *const credentials[] = {"pid", "uid", "gid"};
    const size_t row = w->view->call->class == CLASS_OPT ? form_of(w->view->record) : sizeof forms / sizeof forms[0];
    const enum form form = row < sizeof forms / sizeof forms[0] ? forms[row].form : FORM_INT;
    int32_t numbers[3];
    memcpy(numbers, item_bytes(item), item->size < sizeof numbers ? item->size : sizeof numbers);
    if (form == FORM_TEXT) {
        put_string(w, item_bytes(item), strnlen(item_bytes(item), item->size));
    } else if (form == FORM_TIME && item->size == sizeof(struct timeval)) {
        struct timeval time;
        memcpy(&time, item_bytes(item), sizeof time);
        out_int(w->out, time.tv_sec);
        out_char(w->out, '.');
        out_digits(w->out, (uint64_t)time.tv_usec % 1000000, 6);
    } else if (form == FORM_LINGER && item->size == 8) {
        put_members(w, numbers, linger, 2);
    } else if (form == FORM_CREDENTIALS && item->size == 12) {
        put_members(w, numbers, credentials, 3);
    } else if (item->size == 4 || item->size == 1) {
        put_int_value(w, item, form == FORM_NAMED ? forms[row].kind : KIND_int);
    } else {
        put_hex(w, item);
    }
}

/* --- other items ----------------------------------------------------------------- */

static void put_answers(const struct writer *w, const struct item *item)
{
    const char *separator = "";
    if (w->style == ARG_JSON)
        out_char(w->out, '[');
    for (; item != NULL; item = view_next(w->view, item)) {
        struct address address;
        char text[ADDRESS_TEXT];
        address_from_sockaddr(&address, item_bytes(item), item->size);
        size_t size = address_format_ip(&address, text);
        if (size == 0)
            size = address.family != 0 ? address_format(&address, text) : 0;
        if (size == 0)
            continue;
        out_text(w->out, separator);
        separator = w->style == ARG_JSON ? "," : w->style == ARG_CSV ? "," : ", ";
        if (w->style == ARG_JSON)
            out_json_string(w->out, text, size);
        else
            out_foreign(w->out, text, size, ESCAPE_TEXT);
    }
    if (w->style == ARG_JSON)
        out_char(w->out, ']');
}

static void put_passed(const struct writer *w, const struct item *item)
{
    if (w->style == ARG_JSON)
        out_char(w->out, '[');
    for (size_t at = 0; at + sizeof(int32_t) <= item->size; at += sizeof(int32_t)) {
        int32_t fd;
        memcpy(&fd, item_bytes(item) + at, sizeof fd);
        if (at != 0)
            out_char(w->out, w->style == ARG_TEXT ? ' ' : ',');
        out_int(w->out, fd);
    }
    if (w->style == ARG_JSON)
        out_char(w->out, ']');
}

/* --- fields ---------------------------------------------------------------------- */

bool arg_find(const struct view *view, const struct field *field, struct arg *arg)
{
    *arg = (struct arg){.field = field, .kind = field->kind};
    if (arg->kind >= KIND_FIRST_ITEM) {
        arg->item = arg->kind < KINDS ? view_item(view, field) : NULL;
        return arg->item != NULL && !(field->optional && arg->item->size == 0);
    }
    arg->kind = kind_after(arg->kind, view->record->arg[0]);
    arg->number = view->record->arg[field->index % 3];
    const bool silent = field->optional || (field->unread && view->failed);
    return arg->kind != KINDS && !(silent && arg->number == 0);
}

static void put_arg(const struct writer *w, const struct arg *arg)
{
    switch (arg->kind) {
    case KIND_VALUE: put_value(w, arg->item); break;
    case KIND_TEXT: put_string(w, item_bytes(arg->item), arg->item->size); break;
    case KIND_ANSWER: put_answers(w, arg->item); break;
    case KIND_PASSED: put_passed(w, arg->item); break;
    default: put_name(w, arg->kind, arg->number);
    }
}

void arg_put(struct out *out, const struct view *view, const struct arg *arg, enum arg_style style, size_t shown)
{
    const struct writer w = {out, view, style, shown, true};
    put_arg(&w, arg);
}

static void put_key(struct writer *w, const char *key, size_t size, const char *before)
{
    if (w->any)
        out_char(w->out, w->style == ARG_JSON ? ',' : ' ');
    else
        out_text(w->out, before);
    w->any = true;
    if (w->style == ARG_JSON)
        out_char(w->out, '"');
    out_bytes(w->out, key, size);
    out_text(w->out, w->style == ARG_JSON ? "\":" : "=");
}

static void put_args(struct writer *w, const char *before)
{
    const struct view *const view = w->view;
    for (unsigned i = 0; i < view->call->field_count; i++) {
        const struct field *const field = &view->call->fields[i];
        struct arg arg;
        if (arg_find(view, field, &arg) && arg.kind != KIND_bytes) { /* that one is a key of the record */
            put_key(w, field->key, field->key_size, before);
            put_arg(w, &arg);
        }
    }
    const uint64_t place = view->record->marks & MARK_PLACE;
    if (place != PLACE_UNKNOWN && view->call->class == CLASS_IO) {
        put_key(w, "buf", 3, before);
        put_name(w, KIND_place, place);
    }
}

void args_json(struct out *out, const struct view *view, const char *before)
{
    struct writer w = {.out = out, .view = view, .style = ARG_JSON};
    put_args(&w, before);
    if (w.any)
        out_char(out, '}');
}

void args_csv(struct out *out, const struct view *view)
{
    struct writer w = {.out = out, .view = view, .style = ARG_CSV};
    put_args(&w, "\"");
    if (w.any)
        out_char(out, '"');
}
