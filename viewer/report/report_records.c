/* report_records.c - see report.h: the records, and the story step by step. */
#include "out/phrase.h"
#include "record/args.h"
#include "report/report.h"
#include "tables/put.h"

enum {
    PAYLOAD_KEPT = 256, /* bytes of each payload */
    ARGUMENT_KEPT = 120,
    STEPS_MAX = 1000 /* of the story: its texts are long */
};

/* --- calls ------------------------------------------------------------------------------ */

static uint32_t code_of(const struct entry *entry)
{
    return entry->code < CALLS_TOLD ? entry->code : CALL_UNKNOWN;
}

void report_calls(struct report *report)
{
    const struct history *const history = report->history;
    bool seen[CALLS_TOLD] = {false};
    uint32_t row = 0;
    for (size_t i = 0; i < history->count; i++)
        seen[code_of(&history->entries[i])] |= history->entries[i].wanted && history->entries[i].call != NULL;
    rows_table(&report->rows, "calls");
    for (unsigned code = 0; code < CALLS_TOLD; code++) {
        const struct call_info *const call = &history->decoder->calls[code];
        if (!seen[code])
            continue;
        report->call_rows[code] = row++;
        rows_open(&report->rows);
        rows_word(&report->rows, call->api);
        rows_int(&report->rows, call->phase);
        rows_close(&report->rows);
    }
    rows_close(&report->rows);
}

/* --- records ---------------------------------------------------------------------------- */

/* What was passed, in words. */
static void put_arguments(struct rows *rows, const struct view *view)
{
    struct out *const text = &rows->text;
    char place[ADDRESS_TEXT];
    const bool binds = strcmp(view->call->api, "bind") == 0, connects = strcmp(view->call->api, "connect") == 0;
    const struct address *const named = binds ? &view->local : &view->peer;
    if ((binds || connects) && named->family != 0)
        out_foreign(text, place, address_format(named, place), ESCAPE_TEXT);
    for (unsigned i = 0; i < view->call->field_count; i++) {
        const struct field *const field = &view->call->fields[i];
        struct arg arg;
        if (!arg_find(view, field, &arg))
            continue;
        out_text(text, text->used != 0 ? ", " : "");
        out_bytes(text, field->key, field->key_size);
        out_char(text, ' ');
        arg_put(text, view, &arg, ARG_TEXT, ARGUMENT_KEPT);
    }
    rows_text(rows);
}

static void put_payload(struct rows *rows, const struct entry *entry)
{
    const size_t shown = entry->kept < PAYLOAD_KEPT ? entry->kept : PAYLOAD_KEPT;
    out_foreign(&rows->text, entry->payload, shown, ESCAPE_BYTES);
    if (shown != 0 && shown < entry->bytes)
        out_text(&rows->text, "…");
    rows_text(rows);
}

/* An end as the record tells it; 0: as its socket came to have it. */
static void put_end(struct rows *rows, const struct address *address, const struct address *final)
{
    if (final != NULL && address_equal(address, final))
        rows_int(rows, 0);
    else
        rows_address(rows, address);
}

static void put_record(struct report *report, const struct entry *entry)
{
    const struct view *const view = decoder_view(report->history->decoder, entry->record);
    const struct holding *const holding = entry->holding != NONE ? &report->history->holdings[entry->holding] : NULL;
    const struct socket *const socket = entry->socket;
    struct rows *const rows = &report->rows;
    rows_open(rows);
    rows_int(rows, (int64_t)entry->id);
    rows_time(rows, entry->time != 0 ? entry->time : report->history->began);
    rows_int(rows, entry->done - entry->time);
    rows_index(rows, entry->process != NULL ? report_row(entry->process->mark) : NONE);
    rows_int(rows, entry->tid);
    rows_int(rows, report->call_rows[code_of(entry)]);
    rows_int(rows, entry->fd);
    rows_index(rows, holding != NULL && holding->holder->socket->mark != 0 ? entry->holding : NONE);
    rows_index(rows, report_pipe_row(report, entry->pipe));
    if (view->call->event)
        rows_null(rows);
    else
        rows_int(rows, entry->ret);
    if (view->failed)
        rows_word(rows, view->error != NULL ? view->error : "?");
    else
        rows_int(rows, 0);
    rows_int(rows, (int64_t)entry->bytes);
    rows_int(rows, entry->way);
    rows_index(rows, entry->other != NONE ? report->record_rows[entry->other] : NONE);
    put_arguments(rows, view);
    put_payload(rows, entry);
    put_end(rows, &view->local, socket != NULL ? &socket->local : NULL);
    put_end(rows, &view->peer, socket != NULL ? &socket->peer : NULL);
    rows_close(rows);
}

/* Missing records: only when and how many. */
static void put_lost(struct report *report, const struct entry *entry)
{
    struct rows *const rows = &report->rows;
    rows_open(rows);
    rows_int(rows, 0);
    rows_time(rows, entry->time != 0 ? entry->time : report->history->began);
    for (int i = 0; i < 3; i++)
        rows_int(rows, i == 1 ? -1 : 0);
    for (int i = 0; i < 4; i++)
        rows_int(rows, -1);
    rows_null(rows);
    rows_int(rows, 0);
    rows_int(rows, (int64_t)entry->bytes);
    rows_close(rows);
}

void report_records(struct report *report)
{
    const struct history *const history = report->history;
    rows_table(&report->rows, "records");
    for (size_t i = 0; i < history->count && !report->rows.out->broken; i++) {
        const struct entry *const entry = &history->entries[report->order[i]];
        if (!entry->wanted)
            continue;
        if (entry->call == NULL)
            put_lost(report, entry);
        else
            put_record(report, entry);
    }
    rows_close(&report->rows);
}

/* --- step by step ----------------------------------------------------------------------- */

static void put_who(struct rows *rows, const struct scene *scene)
{
    if (scene->process != NULL)
        put_process(&rows->text, scene->process);
    if (scene->facts.fd >= 0) {
        out_text(&rows->text, " fd ");
        out_int(&rows->text, scene->facts.fd);
    }
    rows_text(rows);
}

static void put_step(struct report *report, const struct scene *scene)
{
    struct rows *const rows = &report->rows;
    const struct view *const view = story_view(report->story, scene);
    rows_open(rows);
    rows_index(rows, scene->entry != NULL ? report->record_rows[entry_index(report->history, scene->entry)] : NONE);
    rows_int(rows, view->call->phase);
    rows_index(rows, report_pipe_row(report, scene->pipe));
    put_who(rows, scene);
    for (enum language language = 0; language < LANGUAGES; language++) {
        const struct lecture lecture = {view, &scene->facts, language, false, ARGUMENT_KEPT};
        rows_open(rows);
        for (enum lecture_line line = 0; line < LECTURE_LINES; line++) {
            if (lecture_put(&rows->text, &lecture, line))
                rows_text(rows);
        }
        rows_close(rows);
    }
    rows_close(rows);
}

void report_steps(struct report *report)
{
    const struct story *const story = report->story;
    size_t told = 0, all = 0;
    rows_table(&report->rows, "steps");
    for (size_t i = 0; i < story->count; i++) {
        if (story->scenes[i].mention)
            continue;
        if (all++ < STEPS_MAX) {
            put_step(report, &story->scenes[i]);
            told++;
        }
    }
    rows_close(&report->rows);
    rows_key_int(&report->rows, "untold", (int64_t)(all - told));
}
