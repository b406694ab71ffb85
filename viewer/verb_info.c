/* verb_info.c - sockspy info: what a ring is like, who wrote into it, and what
 * it cannot show. */
#include "out/csv.h"
#include "proc/ring_writers.h"
#include "record/counts.h"
#include "record/decode.h"
#include "scan/sight.h"
#include "source.h"
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LABEL = 12 }; /* columns of what stands in front */

struct info {
    struct out out;
    struct source source;
    struct decoder *decoder;
    struct sight sight;
    struct writers writers;
    uint64_t written, read;
    int64_t first, last; /* Unix ns of the oldest and the youngest record; 0: none */
};

/* Why the library refuses a setting. */
static const char *why_refused(const char *setting, size_t size)
{
    static const struct {
        const char *name, *why;
    } reasons[] = {
        {"SOCKSPY_RING=", "too long a path"},  {"SOCKSPY_SIZE=", "not 16K to 64G"},
        {"SOCKSPY_DATA=", "not 0 to 4096"},    {"SOCKSPY_TRACE=", "has a word that is neither a call nor a class"},
        {"SOCKSPY_DEBUG=", "neither 0 nor 1"},
    };
    for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        const size_t length = strlen(reasons[i].name);
        if (size >= length && memcmp(setting, reasons[i].name, length) == 0)
            return reasons[i].why;
    }
    return "not understood";
}

/* The name of the ring's clock; `brief` as in JSON. */
static const char *clock_name(uint32_t clock, bool brief)
{
    switch (clock) {
    case RING_CLOCK_TSC: return brief ? "tsc" : "time-stamp counter";
    case RING_CLOCK_CNTVCT: return brief ? "cntvct" : "generic timer (cntvct)";
    case RING_CLOCK_MONOTONIC: return brief ? "monotonic" : "CLOCK_MONOTONIC";
    default: return "unknown";
    }
}

/* Reads the whole ring once, to count it. */
static void count(struct info *info)
{
    const struct record *record;
    source_read(&info->source, SOURCE_PASSING);
    while ((record = source_next(&info->source)) != NULL) {
        const struct view *const view = decoder_view(info->decoder, record);
        sight_take(&info->sight, view);
        if (view->lost != 0)
            continue;
        if (info->first == 0 || view->time < info->first)
            info->first = view->time;
        if (view->time > info->last)
            info->last = view->time;
    }
    sight_look(&info->sight, &info->source.ring, info->source.path);
    for (uint32_t i = 0; i <= info->source.ring.lane_mask; i++) {
        info->written += info->source.lanes[i].total;
        info->read += info->source.lanes[i].read;
    }
}

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t a = (*(const struct ring_process *const *)left)->number,
                   b = (*(const struct ring_process *const *)right)->number;
    return (a > b) - (a < b);
}

/* The processes by number. Returns how many. */
static size_t sorted(const struct processes *processes, const struct ring_process *list[RING_PROCESSES])
{
    size_t count = 0;
    for (unsigned i = 0; i < RING_PROCESSES; i++) {
        if (processes->rows[i].number != 0)
            list[count++] = &processes->rows[i];
    }
    qsort(list, count, sizeof *list, compare_numbers);
    return count;
}

/* Unix time when it began to record; a fork knows only its ticks. */
static int64_t began(struct info *info, const struct ring_process *process)
{
    return timeline_unix(&info->decoder->timeline, process->moment.ticks);
}

/* --- text -------------------------------------------------------------------------- */

static void label(struct out *out, const char *text)
{
    out_paint(out, PAINT_BOLD);
    out_text(out, text);
    out_paint(out, PAINT_PLAIN);
    out_pad(out, LABEL, 2);
}

static void put_moment(struct out *out, int64_t time)
{
    char text[32];
    struct tm local;
    const time_t second = time / 1000000000;
    if (time == 0 || localtime_r(&second, &local) == NULL) {
        out_text(out, "at a time that is not known");
        return;
    }
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    out_text(out, text);
    out_char(out, '.');
    out_digits(out, (uint64_t)(time % 1000000000) / 1000000, 3);
}

static void put_ring(struct info *info)
{
    struct out *const out = &info->out;
    const struct ring *const ring = &info->source.ring;
    label(out, "ring");
    out_foreign(out, info->source.path, strlen(info->source.path), ESCAPE_TEXT);
    out_line(out);
    label(out, "made");
    put_moment(out, ring->header->created.unix_ns);
    out_text(out, ring_is_of_this_boot(ring) ? "" : ", before this machine was started, or on another");
    out_line(out);
    label(out, "size");
    out_size(out, ((uint64_t)ring->chunk_mask + 1) * CHUNK_SLOTS * SLOT_SIZE);
    out_text(out, ": ");
    out_grouped(out, (uint64_t)ring->chunk_mask + 1);
    out_text(out, " chunks of 128 slots, ");
    out_uint(out, (uint64_t)ring->lane_mask + 1);
    out_text(out, ring->lane_mask == 0 ? " lane" : " lanes");
    out_line(out);
    if (ring->header->wanted != 0) {
        label(out, "");
        out_text(out, "smaller than the ");
        out_size(out, ring->header->wanted);
        out_text(out, " asked for: the control group of its maker had no more memory to spare");
        out_line(out);
    }
    label(out, "clock");
    out_text(out, clock_name(ring->clock, false));
    out_line(out);
}

static void put_records(struct info *info)
{
    struct out *const out = &info->out;
    label(out, "records");
    out_grouped(out, info->written);
    out_text(out, " written, ");
    out_grouped(out, info->read);
    out_text(out, " here, ");
    out_grouped(out, info->written - info->read);
    out_text(out, " overwritten or lost");
    out_line(out);
    if (info->last != 0) {
        label(out, "from");
        put_moment(out, info->first);
        out_line(out);
        label(out, "to");
        put_moment(out, info->last);
        out_text(out, ", after ");
        out_seconds(out, info->last - info->first, 3);
        out_text(out, " s");
        out_line(out);
    }
    for (uint32_t i = 0; i <= info->source.ring.lane_mask; i++) {
        const struct lane *const lane = &info->source.lanes[i];
        if (lane->total == 0)
            continue;
        out_text(out, "  lane ");
        out_uint(out, i);
        out_pad(out, LABEL, 2);
        out_grouped(out, lane->total);
        out_text(out, " written, ");
        out_grouped(out, lane->read);
        out_text(out, " here");
        out_line(out);
    }
}

static void put_unseen(struct info *info)
{
    struct out *const out = &info->out;
    const char *name = "not seen";
    for (unsigned kind = 0; kind < COUNT_KINDS; kind++) {
        const uint64_t number = __atomic_load_n(&info->source.ring.header->count[kind], __ATOMIC_RELAXED);
        if (number == 0)
            continue;
        label(out, name);
        name = "";
        out_grouped(out, number);
        out_char(out, ' ');
        out_text(out, count_words(kind, number));
        out_line(out);
    }
    for (size_t i = 0; i < info->sight.count; i++) {
        char *const text = sight_text(&info->sight.unseen[i]);
        label(out, name);
        name = "";
        out_foreign(out, text, strlen(text), ESCAPE_TEXT);
        out_line(out);
        free(text);
    }
    if (*name != '\0') {
        label(out, name);
        out_text(out, "nothing that the library noticed");
        out_line(out);
    }
}

/* Who writes into it now; and who, into one that was there before. */
static void put_writers(struct info *info, unsigned kinds, const char *before)
{
    struct out *const out = &info->out;
    if (writers_count(&info->writers, kinds) == 0)
        return;
    char *const names = writers_text(&info->writers, kinds);
    label(out, "in use");
    out_text(out, before);
    out_foreign(out, names, strlen(names), ESCAPE_TEXT);
    out_line(out);
    free(names);
}

static void put_refused(struct out *out, const char *refused)
{
    for (const char *at = refused; *at != '\0';) {
        const size_t size = strcspn(at, " ");
        out_pad(out, LABEL + 4, 0);
        out_paint(out, PAINT_ERROR);
        out_text(out, "refused: ");
        out_foreign(out, at, size, ESCAPE_TEXT);
        out_paint(out, PAINT_PLAIN);
        out_text(out, " (");
        out_text(out, why_refused(at, size));
        out_char(out, ')');
        out_line(out);
        at += size + (at[size] == ' ');
    }
}

static void put_process(struct info *info, const struct ring_process *process)
{
    struct out *const out = &info->out;
    char text[32];
    snprintf(text, sizeof text, "  #%u", process->number);
    out_text(out, text);
    out_pad(out, LABEL, 2);
    out_foreign(out, process->comm, strnlen(process->comm, sizeof process->comm), ESCAPE_TEXT);
    snprintf(text, sizeof text, "[%u]", process->pid);
    out_text(out, text);
    out_pad(out, LABEL + 20, 2);
    put_moment(out, began(info, process));
    out_text(out, "  ");
    out_foreign(out, process->path, strlen(process->path), ESCAPE_TEXT);
    if ((process->flags & PROCESS_SANDBOXED) != 0)
        out_text(out, "  (in a seccomp sandbox)");
    out_line(out);
    if (process->args[0] != '\0') {
        out_pad(out, LABEL + 4, 0);
        out_paint(out, PAINT_DIM);
        out_foreign(out, process->args, strlen(process->args), ESCAPE_TEXT);
        out_paint(out, PAINT_PLAIN);
        out_line(out);
    }
    put_refused(out, process->refused);
}

/* --- JSON -------------------------------------------------------------------------- */

static void put_number(struct out *out, const char *key, uint64_t number)
{
    out_text(out, key);
    out_uint(out, number);
}

static void put_string(struct out *out, const char *key, const char *text, size_t size)
{
    out_text(out, key);
    out_json_string(out, text, size);
}

static void put_time(struct out *out, const char *key, int64_t time)
{
    if (time == 0)
        return;
    out_text(out, key);
    out_seconds(out, time, 9);
}

static void put_ring_json(struct info *info)
{
    struct out *const out = &info->out;
    const struct ring *const ring = &info->source.ring;
    put_string(out, "{\"ring\":", info->source.path, strlen(info->source.path));
    put_number(out, ",\"version\":", RING_VERSION);
    put_number(out, ",\"size\":", ((uint64_t)ring->chunk_mask + 1) * CHUNK_SLOTS * SLOT_SIZE);
    put_number(out, ",\"wanted\":", ring->header->wanted);
    put_number(out, ",\"lanes\":", (uint64_t)ring->lane_mask + 1);
    put_string(out, ",\"clock\":", clock_name(ring->clock, true), strlen(clock_name(ring->clock, true)));
    out_text(out, ring_is_of_this_boot(ring) ? ",\"this_boot\":true" : ",\"this_boot\":false");
    put_time(out, ",\"created\":", ring->header->created.unix_ns);
    put_number(out, ",\"written\":", info->written);
    put_number(out, ",\"kept\":", info->read);
    put_number(out, ",\"lost\":", info->written - info->read);
    put_time(out, ",\"first\":", info->first);
    put_time(out, ",\"last\":", info->last);
    for (unsigned kind = 0; kind < COUNT_KINDS; kind++) {
        out_text(out, ",\"");
        out_text(out, count_key(kind));
        put_number(out, "\":", __atomic_load_n(&ring->header->count[kind], __ATOMIC_RELAXED));
    }
    out_text(out, "}\n");
}

static void put_unseen_json(struct out *out, const struct unseen *unseen)
{
    put_string(out, "{\"unrecorded\":", unseen->path, strlen(unseen->path));
    put_string(out, ",\"by\":", unseen->by, strlen(unseen->by));
    put_number(out, ",\"runs\":", unseen->runs);
    char *const why = sight_reason(unseen);
    put_string(out, ",\"why\":", why, strlen(why));
    free(why);
    out_text(out, "}\n");
}

static void put_writer_json(struct out *out, const struct writer *writer)
{
    if (writer->kind != WRITER_MAPS && writer->kind != WRITER_OF_GONE)
        return;
    put_number(out, "{\"writer\":", writer->pid);
    put_string(out, ",\"comm\":", writer->comm, strlen(writer->comm));
    out_text(out, writer->kind == WRITER_OF_GONE ? ",\"removed\":true}\n" : ",\"removed\":false}\n");
}

static void put_process_json(struct info *info, const struct ring_process *process)
{
    struct out *const out = &info->out;
    put_number(out, "{\"process\":", process->number);
    if (process->parent != 0)
        put_number(out, ",\"parent\":", process->parent);
    put_number(out, ",\"pid\":", process->pid);
    put_string(out, ",\"comm\":", process->comm, strnlen(process->comm, sizeof process->comm));
    put_string(out, ",\"path\":", process->path, strlen(process->path));
    put_string(out, ",\"args\":", process->args, strlen(process->args));
    put_time(out, ",\"time\":", began(info, process));
    if ((process->flags & PROCESS_SANDBOXED) != 0)
        out_text(out, ",\"sandboxed\":true");
    const char *before = ",\"refused\":[{\"setting\":";
    for (const char *at = process->refused; *at != '\0';) {
        const size_t size = strcspn(at, " ");
        put_string(out, before, at, size);
        put_string(out, ",\"why\":", why_refused(at, size), strlen(why_refused(at, size)));
        before = "},{\"setting\":";
        at += size + (at[size] == ' ');
    }
    out_text(out, process->refused[0] != '\0' ? "}]}\n" : "}\n");
}

/* --- CSV: the programs ------------------------------------------------------------- */

static void put_process_csv(struct info *info, const struct ring_process *process)
{
    struct csv csv = csv_row(&info->out);
    csv_uint(&csv, process->number);
    csv_known(&csv, process->parent);
    csv_uint(&csv, process->pid);
    csv_string(&csv, process->comm, strnlen(process->comm, sizeof process->comm));
    csv_text(&csv, process->path);
    csv_text(&csv, process->args);
    csv_time(&csv, began(info, process));
    csv_word(&csv, (process->flags & PROCESS_SANDBOXED) != 0 ? "true" : NULL);
    csv_text(&csv, process->refused);
    csv_end(&csv);
}

/* --- all --------------------------------------------------------------------------- */

static void tell(struct info *info, enum format format)
{
    const struct ring_process *processes[RING_PROCESSES] = {NULL};
    const size_t known = sorted(&info->decoder->processes, processes);
    void (*put)(struct info * info, const struct ring_process *process) = put_process;
    if (format == FORMAT_CSV) {
        out_text(&info->out, "process,parent,pid,comm,path,args,time,sandboxed,refused\n");
        put = put_process_csv;
    } else if (format == FORMAT_JSONL) {
        put_ring_json(info);
        for (size_t i = 0; i < info->sight.count; i++)
            put_unseen_json(&info->out, &info->sight.unseen[i]);
        for (size_t i = 0; i < info->writers.count; i++)
            put_writer_json(&info->out, &info->writers.list[i]);
        put = put_process_json;
    } else {
        put_ring(info);
        put_records(info);
        put_writers(info, 1u << WRITER_MAPS, "by ");
        put_writers(info, 1u << WRITER_OF_GONE, "an earlier one was removed while in use by ");
        put_unseen(info);
        label(&info->out, "programs");
        out_uint(&info->out, known);
        out_text(&info->out, known == RING_PROCESSES ? ", the latest" : "");
        out_line(&info->out);
    }
    for (size_t i = 0; i < known; i++)
        put(info, processes[i]);
}

int verb_info(const struct options *options)
{
    struct info info = {0};
    const char *const wrong = source_open(&info.source, options->ring);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    if (options->output == NULL)
        out_open(&info.out, STDOUT_FILENO, options->colour);
    else if (!out_open_file(&info.out, options->output, true, options->colour)) {
        source_close(&info.source);
        return complain("%s: cannot be written: %m", options->output);
    }
    info.decoder = decoder_new(&info.source.ring);
    count(&info);
    ring_writers_find(&info.writers, options->ring);
    tell(&info, options->format);
    sight_free(&info.sight);
    writers_free(&info.writers);
    decoder_free(info.decoder);
    source_close(&info.source);
    return out_close(&info.out) ? STATUS_DONE : complain("the output cannot be written: %s", strerror(info.out.error));
}
