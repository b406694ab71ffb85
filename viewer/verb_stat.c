/* verb_stat.c - sockspy stat: calls, errors, bytes and times, summed up. */
#include "out/csv.h"
#include "out/json.h"
#include "out/table.h"
#include "scan/scan.h"
#include "tables/put.h"
#include "tables/stat.h"
#include "verb.h"

#include <stdio.h>
#include <unistd.h>

struct stats {
    struct scan scan;
    struct stat calls;    /* by what was asked for */
    struct stat connects; /* by peer */
};

/* --- taking ---------------------------------------------------------------------- */

static void visit(void *context, const struct step *step, bool passes)
{
    struct stats *const stats = context;
    const bool connects = stats->connects.by == BY_CONNECT;
    if (step->view != NULL && step->view->lost != 0)
        stats->calls.lost += step->view->lost;
    else if (step->view != NULL && passes && stats->calls.by != BY_CONNECT)
        stat_take(&stats->calls, step);
    if (passes && step->socket != NULL)
        step->socket->mark = 1;
    for (size_t i = 0; connects && i < step->change_count; i++) {
        const struct socket *const socket = step->changes[i].socket;
        if (step->changes[i].kind == SOCKET_ENDED && socket->mark != 0)
            stat_take_connect(&stats->connects, socket);
    }
}

static void take_open_sockets(struct stats *stats)
{
    const struct socket *socket = model_sockets(stats->scan.model);
    for (; socket != NULL && stats->connects.by == BY_CONNECT; socket = socket->next) {
        if (!socket->ended && socket->mark != 0)
            stat_take_connect(&stats->connects, socket);
    }
}

/* --- text ------------------------------------------------------------------------ */

enum { CALL_COLUMNS = 12, CONNECT_COLUMNS = 10 };

/* clang-format off */
static const struct column call_columns[CALL_COLUMNS] = {
    {"",       false, CUT_FRONT, 21,  8, 0, 0}, /* the title is by what it is */
    {"CALLS",  true,  CUT_NEVER,  0,  0, 0, 0},
    {"FAILED", true,  CUT_NEVER,  0,  0, 0, 0},
    {"IN",     true,  CUT_NEVER,  0,  0, 0, 0},
    {"OUT",    true,  CUT_NEVER,  0,  0, 0, 0},
    {"TIME",   true,  CUT_NEVER,  0,  0, 0, 0},
    {"MIN",    true,  CUT_NEVER,  0,  0, 4, 0},
    {"P50",    true,  CUT_NEVER,  0,  0, 0, 0},
    {"P90",    true,  CUT_NEVER,  0,  0, 3, 0},
    {"P99",    true,  CUT_NEVER,  0,  0, 0, 0},
    {"MAX",    true,  CUT_NEVER,  0,  0, 2, 0},
    {"ERRORS", false, CUT_END,    0,  8, 5, 0},
};

static const struct column connect_columns[CONNECT_COLUMNS] = {
    {"CONNECT TO", false, CUT_PLACE, 21, 12, 0, 0},
    {"CONNECTS",   true,  CUT_NEVER,  0,  0, 0, 0},
    {"FAILED",     true,  CUT_NEVER,  0,  0, 0, 0},
    {"IN",         true,  CUT_NEVER,  0,  0, 3, 0},
    {"OUT",        true,  CUT_NEVER,  0,  0, 2, 0},
    {"LOOK-UP",    true,  CUT_NEVER,  0,  0, 0, 0},
    {"CONNECT",    true,  CUT_NEVER,  0,  0, 0, 0},
    {"P99",        true,  CUT_NEVER,  0,  0, 0, 0},
    {"MAX",        true,  CUT_NEVER,  0,  0, 1, 0},
    {"FIRST BYTE", true,  CUT_NEVER,  0,  0, 0, 0},
};
/* clang-format on */

static void cell_count(struct table *table, uint64_t count, enum paint paint)
{
    if (count != 0)
        out_grouped(&table->cell, count);
    table_cell(table, paint);
}

static void cell_amount(struct table *table, uint64_t bytes)
{
    if (bytes != 0)
        put_amount(&table->cell, bytes);
    table_cell(table, PAINT_PLAIN);
}

static void cell_percentile(struct table *table, const struct latency *latency, unsigned percent)
{
    if (latency->count != 0)
        put_lasting(&table->cell, (int64_t)latency_percentile(latency, percent));
    table_cell(table, PAINT_PLAIN);
}

static void put_label(struct out *out, const struct group *group)
{
    out_foreign(out, group->label, strlen(group->label), ESCAPE_TEXT);
    if (group->pid != 0) {
        out_char(out, '[');
        out_uint(out, group->pid);
        out_char(out, ']');
    }
    if (group->fd >= 0) {
        out_text(out, " fd ");
        out_int(out, group->fd);
    }
    if (group->host != NULL) {
        out_text(out, " (");
        out_foreign(out, group->host, strlen(group->host), ESCAPE_TEXT);
        out_char(out, ')');
    }
}

static void call_row(struct table *table, const struct group *group, bool total)
{
    struct out *const cell = &table->cell;
    put_label(cell, group);
    table_cell(table, total ? PAINT_DIM : PAINT_BOLD);
    cell_count(table, group->calls, PAINT_PLAIN);
    cell_count(table, group->failed, PAINT_ERROR);
    cell_amount(table, group->bytes_in);
    cell_amount(table, group->bytes_out);
    if (group->time.count != 0)
        put_lasting(cell, (int64_t)group->time.sum);
    table_cell(table, PAINT_PLAIN);
    static const unsigned percents[] = {0, 50, 90, 99, 100};
    for (unsigned i = 0; i < 5; i++)
        cell_percentile(table, &group->time, percents[i]);
    for (size_t i = 0; i < group->error_count && !total; i++) {
        out_text(cell, i != 0 ? ", " : "");
        out_text(cell, group->errors[i].name);
        if (group->error_count > 1) {
            out_char(cell, ' ');
            out_grouped(cell, group->errors[i].count);
        }
    }
    table_cell(table, PAINT_ERROR);
    table_row(table);
}

static void connect_row(struct table *table, const struct group *group)
{
    put_label(&table->cell, group);
    table_cell(table, PAINT_BOLD);
    cell_count(table, group->calls, PAINT_PLAIN);
    cell_count(table, group->failed, PAINT_ERROR);
    cell_amount(table, group->bytes_in);
    cell_amount(table, group->bytes_out);
    cell_percentile(table, &group->phases->lookup, 50);
    cell_percentile(table, &group->time, 50);
    cell_percentile(table, &group->time, 99);
    cell_percentile(table, &group->time, 100);
    cell_percentile(table, &group->phases->first_byte, 50);
    table_row(table);
}

/* How many rows to leave out so that the filter's last ones are left. */
static size_t rows_shown(const struct stat *stat, const struct filter *filter)
{
    return filter->last != 0 && filter->last < stat->count ? (size_t)filter->last : stat->count;
}

static void print_calls(struct stats *stats)
{
    static const char *const titles[] = {"CALL", "PROCESS", "PEER", "SOCKET"};
    struct out *const out = &stats->scan.out;
    struct column columns[CALL_COLUMNS];
    struct table table;
    memcpy(columns, call_columns, sizeof columns);
    columns[0].title = titles[stats->calls.by];
    table_begin(&table, out, columns, CALL_COLUMNS, out_width(out));
    for (size_t i = 0; i < rows_shown(&stats->calls, &stats->scan.options->filter); i++)
        call_row(&table, stats->calls.rows[i], false);
    if (stats->calls.count > 1) {
        struct group *const total = stat_total(&stats->calls);
        call_row(&table, total, true);
        group_free(total);
    }
    table_print(&table);
    table_free(&table);
}

static void print_connects(struct stats *stats)
{
    struct out *const out = &stats->scan.out;
    struct table table;
    if (stats->connects.count == 0)
        return;
    if (stats->calls.by != BY_CONNECT)
        out_line(out);
    table_begin(&table, out, connect_columns, CONNECT_COLUMNS, out_width(out));
    for (size_t i = 0; i < rows_shown(&stats->connects, &stats->scan.options->filter); i++)
        connect_row(&table, stats->connects.rows[i]);
    table_print(&table);
    table_free(&table);
}

static void print_text(struct stats *stats)
{
    struct out *const out = &stats->scan.out;
    if (stats->calls.by != BY_CONNECT)
        print_calls(stats);
    print_connects(stats);
    if (stats->calls.lost == 0)
        return;
    out_paint(out, PAINT_DIM);
    out_text(out, "# ");
    out_grouped(out, stats->calls.lost);
    out_text(out, " records are missing: they count nowhere");
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}

/* --- JSON and CSV ---------------------------------------------------------------- */

static const char *const by_words[] = {"call", "process", "peer", "socket", "connect"};

static void json_latency(struct json *json, const struct latency *latency, const char *before)
{
    static const struct {
        const char *key;
        unsigned percent;
    } keys[] = {{"min_ns", 0}, {"p50_ns", 50}, {"p90_ns", 90}, {"p99_ns", 99}, {"max_ns", 100}};
    char key[32];
    if (latency->count == 0)
        return;
    for (unsigned i = 0; i < 5; i++) {
        snprintf(key, sizeof key, "%s%s", before, keys[i].key);
        json_uint(json, key, latency_percentile(latency, keys[i].percent));
    }
}

static void print_jsonl(struct stats *stats, const struct stat *stat)
{
    for (size_t i = 0; i < rows_shown(stat, &stats->scan.options->filter); i++) {
        const struct group *const group = stat->rows[i];
        struct json json = json_line(&stats->scan.out);
        json_word(&json, "by", by_words[stat->by]);
        json_text(&json,
                  stat->by == BY_CALL                            ? "call"
                  : stat->by >= BY_PEER && stat->by != BY_SOCKET ? "peer"
                                                                 : "comm",
                  group->label);
        if (group->host != NULL)
            json_text(&json, "host", group->host);
        if (group->pid != 0)
            json_uint(&json, "pid", group->pid);
        if (group->fd >= 0) {
            json_int(&json, "fd", group->fd);
            json_uint(&json, "socket", group->socket);
        }
        json_uint(&json, "calls", group->calls);
        json_uint(&json, "failed", group->failed);
        if (stat->by != BY_CONNECT) {
            json_open(&json, "errors", '{');
            for (size_t e = 0; e < group->error_count; e++)
                json_uint(&json, group->errors[e].name, group->errors[e].count);
            json_close(&json, '}');
        }
        json_uint(&json, "bytes_in", group->bytes_in);
        json_uint(&json, "bytes_out", group->bytes_out);
        json_uint(&json, "time_ns", group->time.sum);
        json_latency(&json, &group->time, "");
        if (group->phases != NULL) {
            json_latency(&json, &group->phases->lookup, "lookup_");
            json_latency(&json, &group->phases->first_byte, "first_byte_");
        }
        json_end(&json);
    }
    if (stats->calls.lost != 0) {
        struct json json = json_line(&stats->scan.out);
        json_word(&json, "by", "lost");
        json_uint(&json, "count", stats->calls.lost);
        json_end(&json);
    }
}

static void csv_times(struct csv *csv, const struct latency *latency)
{
    static const unsigned percents[] = {0, 50, 90, 99, 100};
    csv_uint(csv, latency->sum);
    for (unsigned i = 0; i < 5; i++) {
        struct out *const out = csv_field(csv);
        if (latency->count != 0)
            out_uint(out, latency_percentile(latency, percents[i]));
    }
}

static void print_csv(struct stats *stats, const struct stat *stat)
{
    struct out *const out = &stats->scan.out;
    out_text(out, by_words[stat->by]);
    out_text(out, ",pid,fd,calls,failed,bytes_in,bytes_out,time_ns,min_ns,p50_ns,p90_ns,p99_ns,max_ns,host\n");
    for (size_t i = 0; i < rows_shown(stat, &stats->scan.options->filter); i++) {
        const struct group *const group = stat->rows[i];
        struct csv csv = csv_row(out);
        csv_text(&csv, group->label);
        csv_known(&csv, group->pid);
        if (group->fd >= 0)
            csv_int(&csv, group->fd);
        else
            csv_field(&csv);
        csv_uint(&csv, group->calls);
        csv_uint(&csv, group->failed);
        csv_uint(&csv, group->bytes_in);
        csv_uint(&csv, group->bytes_out);
        csv_times(&csv, &group->time);
        csv_text(&csv, group->host);
        csv_end(&csv);
    }
}

int verb_stat(const struct options *options)
{
    struct stats stats = {.calls.by = (enum stat_by)options->by};
    if (!scan_open(&stats.scan, options, false, STDOUT_FILENO))
        return STATUS_FAILED;
    const bool text = options->format == FORMAT_TEXT;
    if (stats.calls.by == BY_CONNECT || (text && stats.calls.by == BY_CALL))
        stats.connects.by = BY_CONNECT;
    scan_all(&stats.scan, visit, &stats);
    take_open_sockets(&stats);
    stat_sort(&stats.calls);
    stat_sort(&stats.connects);
    const struct stat *const asked = stats.calls.by == BY_CONNECT ? &stats.connects : &stats.calls;
    if (text)
        print_text(&stats);
    else if (options->format == FORMAT_JSONL)
        print_jsonl(&stats, asked);
    else
        print_csv(&stats, asked);
    stat_free(&stats.calls);
    stat_free(&stats.connects);
    return scan_close(&stats.scan);
}
