/* audit_print.c - an audit's result: text, JSON, CSV. */
#include "audit/audit.h"

#include "names.h"
#include "out/csv.h"
#include "out/json.h"
#include "out/table.h"
#include "tables/put.h"

enum { COLUMNS = 7 };

/* clang-format off */
static const struct column columns[COLUMNS] = {
    {"PROGRAM", false, CUT_END,   15,  8, 0, 0},
    {"DOES",    false, CUT_NEVER,  0,  0, 0, 0},
    {"TARGET",  false, CUT_FRONT, 30, 20, 0, 0},
    {"KIND",    false, CUT_NEVER,  0,  0, 1, 0},
    {"TIMES",   true,  CUT_NEVER,  0,  0, 2, 0},
    {"FAILED",  true,  CUT_NEVER,  0,  0, 0, 0},
    {"NOTE",    false, CUT_NEVER,  0,  0, 0, 0},
};
/* clang-format on */

static bool is_denied(const struct entry *entry)
{
    return entry->rule != NULL && !rule_allows(entry->rule);
}

/* --- text ------------------------------------------------------------------------ */

static void put_note(struct out *out, const struct entry *entry)
{
    const char *gap = "";
    if (entry->error != 0) {
        name_text(out, KIND_errno, (uint64_t)entry->error);
        gap = "; ";
    }
    if (entry->action == ACTION_SPEAK) {
        out_text(out, gap);
        out_text(out, entry->protocol);
        out_text(out, ", not encrypted");
        gap = "; ";
    }
    if (entry->fresh) {
        out_text(out, gap);
        out_text(out, "new");
        gap = "; ";
    }
    if (is_denied(entry)) {
        const char *const rule = rule_text(entry->rule), *const source = rule_source(entry->rule);
        out_text(out, gap);
        out_foreign(out, source, strlen(source), ESCAPE_TEXT);
        out_text(out, ": ");
        out_foreign(out, rule, strlen(rule), ESCAPE_TEXT);
    }
}

static void put_row(struct table *table, const struct entry *entry)
{
    struct out *const cell = &table->cell;
    const enum paint paint = is_denied(entry) || entry->fresh ? PAINT_ERROR : PAINT_PLAIN;
    out_foreign(cell, entry->program, strlen(entry->program), ESCAPE_TEXT);
    table_cell(table, PAINT_BOLD);
    out_text(cell, action_word(entry->action));
    table_cell(table, paint);
    out_foreign(cell, entry->target, strlen(entry->target), ESCAPE_TEXT);
    table_cell(table, paint);
    out_text(cell, entry->kind);
    table_cell(table, PAINT_PLAIN);
    out_grouped(cell, entry->times);
    table_cell(table, PAINT_PLAIN);
    if (entry->failed != 0)
        out_grouped(cell, entry->failed);
    table_cell(table, PAINT_ERROR);
    put_note(cell, entry);
    table_cell(table, paint);
    table_row(table);
}

static void put_line(struct out *out, enum paint paint, const char *before, const char *text)
{
    out_paint(out, paint);
    out_text(out, before);
    out_foreign(out, text, strlen(text), ESCAPE_TEXT);
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}

static void put_count(struct out *out, size_t count, const char *one, const char *many, const char **gap)
{
    if (count == 0)
        return;
    out_text(out, *gap);
    out_grouped(out, count);
    out_char(out, ' ');
    out_text(out, count == 1 ? one : many);
    *gap = ", ";
}

/* What it comes to, where there is anything to say. */
static void put_sum(struct audit *audit)
{
    struct out *const out = &audit->scan.out;
    const char *gap = "# ";
    out_paint(out, PAINT_BOLD);
    put_count(out, audit->violations, "rule broken", "rules broken", &gap);
    put_count(out, audit->fresh, "new", "new", &gap);
    put_count(out, audit->gone_count, "gone", "gone", &gap);
    put_count(out, blind_serious(&audit->blind), "blind spot", "blind spots", &gap);
    out_paint(out, PAINT_PLAIN);
    if (*gap == ',')
        out_line(out);
}

static void print_text(struct audit *audit)
{
    struct out *const out = &audit->scan.out;
    struct table table;
    table_begin(&table, out, columns, COLUMNS, out_width(out));
    for (size_t i = 0; i < audit->inventory.count; i++)
        put_row(&table, audit->inventory.entries[i]);
    table_print(&table);
    table_free(&table);
    for (size_t i = 0; i < audit->gone_count; i++)
        put_line(out, PAINT_DIM, "gone: ", audit->gone[i]);
    for (size_t i = 0; i < audit->blind.count; i++) {
        const struct blind_spot *const spot = &audit->blind.spots[i];
        put_line(out, spot->serious ? PAINT_ERROR : PAINT_DIM, "not seen: ", spot->text);
    }
    put_sum(audit);
}

/* --- JSON and CSV ---------------------------------------------------------------- */

static void print_entry(struct out *out, const struct entry *entry)
{
    struct json json = json_line(out);
    entry_json(&json, entry);
    json_uint(&json, "times", entry->times);
    json_uint(&json, "failed", entry->failed);
    if (entry->error != 0) {
        json_key(&json, "errno");
        name_json(out, KIND_errno, (uint64_t)entry->error);
    }
    if (entry->rule != NULL) {
        json_word(&json, "verdict", rule_allows(entry->rule) ? "allowed" : "denied");
        json_text(&json, "rule", rule_text(entry->rule));
        json_text(&json, "rule_at", rule_source(entry->rule));
    }
    if (entry->fresh)
        json_true(&json, "new");
    json_end(&json);
}

static void print_jsonl(struct audit *audit)
{
    struct out *const out = &audit->scan.out;
    for (size_t i = 0; i < audit->inventory.count; i++)
        print_entry(out, audit->inventory.entries[i]);
    for (size_t i = 0; i < audit->gone_count; i++) { /* a line as it was saved, with one key more */
        const size_t size = strlen(audit->gone[i]);
        struct json json = json_line(out);
        json_string(&json, "gone", audit->gone[i], size);
        json_end(&json);
    }
    for (size_t i = 0; i < audit->blind.count; i++) {
        const struct blind_spot *const spot = &audit->blind.spots[i];
        struct json json = json_line(out);
        json_word(&json, "not_seen", spot->what);
        json_uint(&json, "count", spot->count);
        json_text(&json, "text", spot->text);
        json_bool(&json, "serious", spot->serious);
        json_end(&json);
    }
}

static void print_csv(struct audit *audit)
{
    struct out *const out = &audit->scan.out;
    out_text(out, "program,does,target,kind,protocol,times,failed,errno,verdict,rule,new\n");
    for (size_t i = 0; i < audit->inventory.count; i++) {
        const struct entry *const entry = audit->inventory.entries[i];
        const bool judged = entry->rule != NULL;
        struct csv csv = csv_row(out);
        csv_text(&csv, entry->program);
        csv_word(&csv, action_word(entry->action));
        csv_text(&csv, entry->target);
        csv_word(&csv, entry->kind);
        csv_word(&csv, entry->protocol);
        csv_uint(&csv, entry->times);
        csv_uint(&csv, entry->failed);
        name_csv(&csv, KIND_errno, (uint64_t)entry->error);
        csv_word(&csv, !judged ? NULL : rule_allows(entry->rule) ? "allowed" : "denied");
        csv_text(&csv, judged ? rule_text(entry->rule) : NULL);
        csv_word(&csv, entry->fresh ? "true" : NULL);
        csv_end(&csv);
    }
}

void audit_print(struct audit *audit)
{
    switch (audit->scan.options->format) {
    case FORMAT_JSONL: print_jsonl(audit); break;
    case FORMAT_CSV: print_csv(audit); break;
    default: print_text(audit);
    }
}
