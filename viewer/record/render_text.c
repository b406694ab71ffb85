/* render_text.c - the log for people: one aligned line per call.
 *
 *   14:02:11.318  curl[811]  fd 5  connect  …  = 0  127.0.0.1:45678 → 127.0.0.1:8080
 *
 * Columns begin where the widest entry so far lets them, up to a limit; what is
 * longer pushes only its own line.
 */
#include "record/render.h"

#include "record/args.h"

#include <time.h>

#define MILLISECOND 1000000u

enum { COLUMN_WHO, COLUMN_FD, COLUMN_CALL, COLUMN_ARGS, COLUMN_RESULT, COLUMN_DURATION };

static const struct {
    unsigned least, most;
} limits[TEXT_COLUMNS] = {
    [COLUMN_WHO] = {12, 28},  [COLUMN_FD] = {4, 8},      [COLUMN_CALL] = {8, 16},
    [COLUMN_ARGS] = {24, 46}, [COLUMN_RESULT] = {4, 14}, [COLUMN_DURATION] = {10, 14},
};

void text_begin(struct text *text, enum clock_style clock, bool durations, size_t shown)
{
    *text = (struct text){.clock = clock, .durations = durations, .shown = shown};
    for (unsigned i = 0; i < TEXT_COLUMNS; i++)
        text->widths[i] = limits[i].least;
}

/* --- time ------------------------------------------------------------------------ */

/* Brings day and clock_text up to the second of `time`. Returns whether a new
 * day has begun. */
static bool keep_clock(struct text *text, int64_t time)
{
    const time_t second = time / 1000000000;
    if (second == text->second)
        return false;
    struct tm local;
    text->second = second;
    if (localtime_r(&second, &local) == NULL)
        return false;
    strftime(text->clock_text, sizeof text->clock_text, "%H:%M:%S", &local);
    const int day = local.tm_year * 1000 + local.tm_yday;
    const bool new_day = day != text->day;
    text->day = day;
    return new_day;
}

static bool is_today(const struct text *text)
{
    const time_t now = time(NULL);
    struct tm local;
    return localtime_r(&now, &local) != NULL && local.tm_year * 1000 + local.tm_yday == text->day;
}

/* "# Friday, 31 July 2026" where it is not plain what day it is. */
static void put_day(struct out *out, struct text *text, int64_t time)
{
    const bool first = text->day == 0;
    if (time == 0 || text->clock >= CLOCK_UNIX || !keep_clock(text, time) || (first && is_today(text)))
        return;
    const time_t second = time / 1000000000;
    struct tm local;
    char date[64];
    if (localtime_r(&second, &local) == NULL || strftime(date, sizeof date, "# %Y-%m-%d", &local) == 0)
        return;
    out_paint(out, PAINT_DIM);
    out_text(out, date);
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}

/* Seconds since the line before, in ten columns. */
static void put_since(struct out *out, const struct text *text, int64_t moment)
{
    const int64_t since = text->last != 0 && moment > text->last ? moment - text->last : 0;
    unsigned digits = 1;
    for (int64_t seconds = since / 1000000000; seconds >= 10; seconds /= 10)
        digits++;
    out_pad(out, digits < 4 ? 4 - digits : 0, 0);
    out_seconds(out, since, 6);
}

static void put_clock(struct out *out, const struct text *text, int64_t time)
{
    out_text(out, text->clock_text);
    if (text->clock == CLOCK_SECONDS)
        return;
    const unsigned decimals = text->clock == CLOCK_MILLISECONDS ? 3 : 6;
    out_char(out, '.');
    out_digits(out, (uint64_t)(time % 1000000000) / (decimals == 3 ? 1000000 : 1000), decimals);
}

/* When the call began; since the line before it is the order that counts. */
static void put_time(struct out *out, struct text *text, const struct view *view)
{
    static const char *const unknown[] = {
        [CLOCK_MILLISECONDS] = "--:--:--.---",    [CLOCK_SECONDS] = "--:--:--",
        [CLOCK_MICROSECONDS] = "--:--:--.------", [CLOCK_UNIX] = "----------.------",
        [CLOCK_RELATIVE] = "   -.------",
    };
    out_paint(out, PAINT_DIM);
    if (view->time == 0)
        out_text(out, unknown[text->clock]);
    else if (text->clock == CLOCK_UNIX)
        out_seconds(out, view->time, 6);
    else if (text->clock == CLOCK_RELATIVE)
        put_since(out, text, view->moment);
    else
        put_clock(out, text, view->time);
    out_paint(out, PAINT_PLAIN);
    if (view->moment != 0)
        text->last = view->moment;
}

/* --- the call and its arguments ---------------------------------------------------- */

static void gap(struct out *out, bool *any)
{
    if (*any)
        out_char(out, ' ');
    *any = true;
}

/* The payload, in quotes, cut at text->shown. */
static void put_payload(struct out *out, const struct text *text, const struct view *view, bool *any)
{
    size_t left = text->shown;
    uint64_t whole = 0, shown = 0;
    gap(out, any);
    out_char(out, '"');
    for (const struct item *item = view->items[ITEM_PAYLOAD]; item != NULL; item = view_next(view, item)) {
        const size_t some = item->size < left ? item->size : left;
        out_foreign(out, item_bytes(item), some, ESCAPE_BYTES);
        left -= some;
        shown += some;
        whole += item->whole > item->size ? item->whole : item->size;
    }
    out_char(out, '"');
    if (shown < whole)
        out_symbol(out, "…", "...");
}

static void put_count(struct out *out, uint64_t count, const char *one, const char *many)
{
    out_uint(out, count);
    out_char(out, ' ');
    out_text(out, count == 1 ? one : many);
}

/* Does the line tell this in another place, or is it what everybody expects? */
static bool is_told_elsewhere(const struct view *view, const struct arg *arg)
{
    switch (arg->kind) {
    case KIND_eai: /* the result */
    case KIND_herr: return true;
    case KIND_level: return kind_after(KIND_option, arg->number) != KIND_int; /* the option's name */
    case KIND_size: return view->items[ITEM_PAYLOAD] != NULL;
    case KIND_bytes: return arg->number == 0;
    case KIND_int: return field_is(arg->field, "iov", 3) && arg->number <= 1;
    default: return false;
    }
}

/* What to say before the value, so that it is understood: "backlog 128". */
static void put_key(struct out *out, const struct view *view, const struct arg *arg)
{
    switch (arg->kind) {
    case KIND_size: {
        const char *const api = view->call->api;
        if (strncmp(api, "re", 2) == 0 || strstr(api, "read") != NULL) /* recv, read, preadv2 … */
            out_text(out, "up to ");
        break;
    }
    case KIND_int:
        if (field_is(arg->field, "vlen", 4))
            break;
        /* fall through */
    case KIND_fd:
    case KIND_ms:
    case KIND_hex:
    case KIND_octal:
        out_bytes(out, arg->field->key, arg->field->key_size);
        out_char(out, ' ');
        break;
    case KIND_blind: out_text(out, "not recorded: "); break;
    case KIND_PASSED: out_text(out, "passes fd "); break;
    default: break;
    }
}

static void put_arg(struct out *out, const struct text *text, const struct view *view, const struct arg *arg)
{
    put_key(out, view, arg);
    if (arg->kind == KIND_size || arg->kind == KIND_bytes) {
        put_count(out, arg->number, "byte", "bytes");
    } else if (arg->kind == KIND_int && field_is(arg->field, "vlen", 4)) {
        put_count(out, arg->number, "message", "messages");
    } else if (arg->kind == KIND_ms && (int64_t)arg->number < 0) {
        out_text(out, "none");
    } else {
        arg_put(out, view, arg, ARG_TEXT, text->shown);
        if (arg->kind == KIND_ms && arg->number != 0)
            out_text(out, " ms");
    }
}

/* Descriptors that came other than as the result. */
static void put_created(struct out *out, const struct view *view, bool *any)
{
    const char *word = view->call->phase == PHASE_TRANSFER ? "brings fd " : "fds ";
    for (size_t i = 0; i < view->created_count; i++) {
        if (view->created[i].fd == view->record->ret && view->call->phase != PHASE_TRANSFER)
            continue;
        gap(out, any);
        out_text(out, word);
        out_int(out, view->created[i].fd);
        word = "";
    }
}

static void put_args(struct out *out, const struct text *text, const struct view *view)
{
    bool any = false;
    if (view->items[ITEM_PAYLOAD] != NULL)
        put_payload(out, text, view, &any);
    struct arg arg, next;
    for (unsigned i = 0; i < view->call->field_count; i++) {
        if (!arg_find(view, &view->call->fields[i], &arg))
            continue;
        if (arg.kind == KIND_TEXT && i + 1 < view->call->field_count &&
            arg_find(view, &view->call->fields[i + 1], &next) && next.kind == KIND_TEXT)
            continue; /* a program's path: its arguments tell more */
        if (is_told_elsewhere(view, &arg))
            continue;
        gap(out, &any);
        put_arg(out, text, view, &arg);
    }
    put_created(out, view, &any);
}

static void put_result(struct out *out, const struct view *view)
{
    if (view->failed) {
        out_paint(out, PAINT_ERROR);
        if (view->error != NULL)
            out_text(out, view->error);
        else
            out_int(out, view->record->error != 0 ? view->record->error : view->record->ret);
        out_paint(out, PAINT_PLAIN);
    } else {
        const bool is_fcntl = strcmp(view->call->api, "fcntl") == 0;
        out_text(out, "= ");
        name_text(out, is_fcntl ? fcntl_result_kind(view->record->arg[0]) : KIND_int, (uint64_t)view->record->ret);
    }
}

/* --- the line ---------------------------------------------------------------------- */

/* Moves to where a column begins: where the widest entries so far let it, or
 * two blanks further than this line has been pushed. Returns where that is. */
static size_t begin(struct out *out, const struct text *text, unsigned column)
{
    size_t at = text->time_width + 2;
    for (unsigned i = 0; i < column; i++)
        at += i != COLUMN_DURATION || text->durations ? text->widths[i] + 2u : 0;
    out_pad(out, at, 2);
    return out->column;
}

/* Notes how wide an entry was. */
static void end(const struct out *out, struct text *text, unsigned column, size_t began)
{
    const size_t width = out->column - began;
    if (width > text->widths[column])
        text->widths[column] = width < limits[column].most ? (unsigned)width : limits[column].most;
}

static void put_address(struct out *out, const struct address *address)
{
    char text[ADDRESS_TEXT];
    const size_t size = address_format(address, text);
    out_foreign(out, text, size, ESCAPE_TEXT);
}

static void put_pipe(struct out *out, const struct view *view)
{
    if (view->local.family != 0)
        put_address(out, &view->local);
    if (view->peer.family == 0)
        return;
    if (view->local.family != 0)
        out_char(out, ' ');
    out_symbol(out, "→", "->");
    out_char(out, ' ');
    put_address(out, &view->peer);
    if (view->host != NULL) {
        out_text(out, " (");
        out_foreign(out, view->host, strlen(view->host), ESCAPE_TEXT);
        out_char(out, ')');
    }
}

static void put_who(struct out *out, const struct view *view)
{
    out_foreign(out, view->record->comm, view->comm_size, ESCAPE_TEXT);
    out_char(out, '[');
    out_uint(out, view->record->pid);
    if (view->record->tid != view->record->pid) {
        out_char(out, '/');
        out_uint(out, view->record->tid);
    }
    out_char(out, ']');
}

static void put_lost(struct out *out, const struct text *text, const struct view *view)
{
    begin(out, text, COLUMN_WHO);
    out_paint(out, PAINT_ERROR);
    out_grouped(out, view->lost);
    out_text(out, view->lost == 1 ? " record is missing here" : " records are missing here");
    if (view->duration >= MILLISECOND) { /* one lane's: others tell in the meantime */
        out_text(out, " or in the next ");
        out_seconds(out, (int64_t)view->duration, 3);
        out_text(out, " s");
    }
    out_paint(out, PAINT_PLAIN);
}

static void put_columns(struct out *out, struct text *text, const struct view *view)
{
    static const enum paint phases[] = {
        [PHASE_NONE] = PAINT_PLAIN,        [PHASE_CREATE] = PAINT_CREATE, [PHASE_CONNECT] = PAINT_CONNECT,
        [PHASE_TRANSFER] = PAINT_TRANSFER, [PHASE_CLOSE] = PAINT_CLOSE,
    };
    size_t began = begin(out, text, COLUMN_WHO);
    put_who(out, view);
    end(out, text, COLUMN_WHO, began);
    if (view->record->fd >= 0) {
        began = begin(out, text, COLUMN_FD);
        out_text(out, "fd ");
        out_uint(out, (uint64_t)view->record->fd);
        end(out, text, COLUMN_FD, began);
    }
    began = begin(out, text, COLUMN_CALL);
    out_paint(out, phases[view->call->phase]);
    out_text(out, view->call->api);
    out_paint(out, PAINT_PLAIN);
    end(out, text, COLUMN_CALL, began);
    began = begin(out, text, COLUMN_ARGS);
    put_args(out, text, view);
    end(out, text, COLUMN_ARGS, began);
    if (!view->call->mute || view->failed) {
        began = begin(out, text, COLUMN_RESULT);
        put_result(out, view);
        end(out, text, COLUMN_RESULT, began);
    }
    if (text->durations) {
        began = begin(out, text, COLUMN_DURATION);
        out_char(out, '<');
        out_seconds(out, (int64_t)view->duration, 6);
        out_char(out, '>');
        end(out, text, COLUMN_DURATION, began);
    }
    if (view->local.family != 0 || view->peer.family != 0) {
        begin(out, text, TEXT_COLUMNS);
        put_pipe(out, view);
    }
}

void render_text(struct out *out, struct text *text, const struct view *view)
{
    put_day(out, text, view->time);
    put_time(out, text, view);
    if (out->column > text->time_width)
        text->time_width = out->column;
    if (view->lost != 0)
        put_lost(out, text, view);
    else
        put_columns(out, text, view);
    out_line(out);
}
