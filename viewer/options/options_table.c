/* options_table.c - every option: how it is spelt, who takes it, what it sets and
 * what --help says of it. A new option is a row here. */
#include "options/options_table.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Which of the words, the last of them NULL, is `value`? Sets *index. */
static const char *one_of(struct options *options, const char *value, const char *const *words, unsigned *index)
{
    char *const wrong = options->filter.wrong;
    const size_t room = sizeof options->filter.wrong;
    int used = snprintf(wrong, room, "'%.40s' is none of", value);
    for (*index = 0; words[*index] != NULL; ++*index) {
        if (strcmp(value, words[*index]) == 0)
            return NULL;
        if (used < (int)room)
            used += snprintf(wrong + used, room - (size_t)used, "%s %s", *index == 0 ? "" : ",", words[*index]);
    }
    return wrong;
}

/* --- one function per option: takes the value, returns what is wrong with it -------- */

static const char *set_pid(struct options *o, char *value)
{
    return filter_pid(&o->filter, value);
}

static const char *set_comm(struct options *o, char *value)
{
    return filter_comm(&o->filter, value);
}

static const char *set_fd(struct options *o, char *value)
{
    return filter_fd(&o->filter, value);
}

static const char *set_port(struct options *o, char *value)
{
    return filter_port(&o->filter, value);
}

static const char *set_host(struct options *o, char *value)
{
    return filter_host(&o->filter, value);
}

static const char *set_trace(struct options *o, char *value)
{
    return filter_trace(&o->filter, value);
}

static const char *set_succeeded(struct options *o, char *value)
{
    (void)value;
    o->filter.succeeded = o->filter.any = true;
    return NULL;
}

static const char *set_failed(struct options *o, char *value)
{
    (void)value;
    o->filter.failed = o->filter.any = true;
    return NULL;
}

static const char *set_last(struct options *o, char *value)
{
    return filter_last(&o->filter, value);
}

static const char *set_since(struct options *o, char *value)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return filter_since(&o->filter, value, now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
}

static const char *set_format(struct options *o, char *value)
{
    static const char *const words[] = {[FORMAT_TEXT] = "text", [FORMAT_JSONL] = "jsonl", [FORMAT_CSV] = "csv", NULL};
    unsigned index;
    const char *const wrong = one_of(o, value, words, &index);
    o->format = (enum format)index;
    return wrong;
}

static const char *set_export(struct options *o, char *value)
{
    static const char *const words[] = {"pcapng", "perfetto", "mermaid", "csv", "jsonl", NULL};
    static const enum format formats[] = {FORMAT_PCAPNG, FORMAT_PERFETTO, FORMAT_MERMAID,
                                          FORMAT_CSV,    FORMAT_JSONL,    FORMAT_TEXT};
    unsigned index;
    const char *const wrong = one_of(o, value, words, &index);
    o->format = formats[index];
    return wrong;
}

static const char *set_colour(struct options *o, char *value)
{
    static const char *const words[] = {
        [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never", NULL};
    unsigned index = COLOUR_ALWAYS;
    const char *const wrong = value != NULL ? one_of(o, value, words, &index) : NULL;
    o->colour = (enum colour)index;
    return wrong;
}

static const char *set_clock(struct options *o, char *value)
{
    (void)value;
    if (o->clock < CLOCK_UNIX)
        o->clock++;
    return NULL;
}

static const char *set_relative(struct options *o, char *value)
{
    (void)value;
    o->clock = CLOCK_RELATIVE;
    return NULL;
}

static const char *set_durations(struct options *o, char *value)
{
    (void)value;
    o->durations = true;
    return NULL;
}

/* Reads 0 to `most`. */
static const char *parse_number(struct options *o, const char *value, unsigned long most, size_t *number)
{
    char *end;
    const unsigned long parsed = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || parsed > most) {
        snprintf(o->filter.wrong, sizeof o->filter.wrong, "'%.60s' is no number from 0 to %lu", value, most);
        return o->filter.wrong;
    }
    *number = parsed;
    return NULL;
}

static const char *set_shown(struct options *o, char *value)
{
    return parse_number(o, value, PAYLOAD_MAX, &o->shown);
}

static const char *set_messages(struct options *o, char *value)
{
    return parse_number(o, value, 100000, &o->messages);
}

static const char *set_output(struct options *o, char *value)
{
    o->output = value;
    return NULL;
}

static const char *set_follow(struct options *o, char *value)
{
    (void)value;
    o->follow = true;
    return NULL;
}

static const char *set_keep(struct options *o, char *value)
{
    o->keep = value;
    return NULL;
}

static const char *set_quiet(struct options *o, char *value)
{
    (void)value;
    o->quiet = true;
    return NULL;
}

static const char *set_data(struct options *o, char *value)
{
    size_t number;
    o->data = value;
    return parse_number(o, value, PAYLOAD_MAX, &number);
}

static const char *set_open(struct options *o, char *value)
{
    (void)value;
    o->open = true;
    return NULL;
}

static const char *set_leaks(struct options *o, char *value)
{
    (void)value;
    o->leaks = true;
    return NULL;
}

static const char *add_rule(struct options *o, const char *verdict, const char *text)
{
    o->rules = memory_grow(o->rules, o->rule_count + 1, sizeof *o->rules);
    o->rules[o->rule_count++] = (struct rule_option){verdict, text};
    return NULL;
}

static const char *set_rules(struct options *o, char *value)
{
    return add_rule(o, NULL, value);
}

static const char *set_audit(struct options *o, char *value)
{
    o->audit = true;
    return set_rules(o, value);
}

static const char *set_allow(struct options *o, char *value)
{
    return add_rule(o, "allow", value);
}

static const char *set_deny(struct options *o, char *value)
{
    return add_rule(o, "deny", value);
}

static const char *set_baseline(struct options *o, char *value)
{
    o->baseline = value;
    return NULL;
}

static const char *set_save(struct options *o, char *value)
{
    o->save = value;
    return NULL;
}

static const char *set_force(struct options *o, char *value)
{
    (void)value;
    o->force = true;
    return NULL;
}

static const char *set_strict(struct options *o, char *value)
{
    (void)value;
    o->strict = true;
    return NULL;
}

static const char *set_by(struct options *o, char *value)
{
    static const char *const words[] = {"call", "process", "peer", "socket", "connect", NULL}; /* enum stat_by */
    return one_of(o, value, words, &o->by);
}

static const char *set_language(struct options *o, char *value)
{
    static const char *const words[] = {"en", "ko", "both", NULL}; /* bits are index + 1 */
    unsigned index = 0;
    const char *const wrong = one_of(o, value, words, &index);
    o->languages = index + 1;
    return wrong;
}

static const char *set_lanes(struct options *o, char *value)
{
    static const char *const words[] = {"process", "socket", NULL}; /* enum diagram_by */
    return one_of(o, value, words, &o->by);
}

static const char *set_brief(struct options *o, char *value)
{
    (void)value;
    o->detail = DETAIL_BRIEF;
    return NULL;
}

static const char *set_deep(struct options *o, char *value)
{
    (void)value;
    o->detail = DETAIL_DEEP;
    return NULL;
}

static const char *set_step(struct options *o, char *value)
{
    (void)value;
    o->step = true;
    return NULL;
}

static const char *set_code(struct options *o, char *value)
{
    (void)value;
    o->code = true;
    return NULL;
}

/* --- the table --------------------------------------------------------------------- */

const struct option_row option_rows[] = {
    {'p', "pid", "PID", TAKES_FILTER, set_pid, "only these processes (several with commas, here and below)"},
    {0, "comm", "NAME", TAKES_FILTER, set_comm, "only these programs; * and ? as in a shell"},
    {0, "fd", "FD", TAKES_FILTER, set_fd, "only calls on, or making, these descriptors"},
    {0, "port", "PORT", TAKES_FILTER, set_port, "only with this local or peer port"},
    {0, "host", "HOST", TAKES_FILTER, set_host, "only with this name or IP address; * and ? as in a shell"},
    {'e', "trace", "CALLS", TAKES_FILTER, set_trace,
     "only these calls or classes (%net %io %desc %opt %name %poll %process); all but these with ! in front"},
    {'z', "successful-only", NULL, TAKES_FILTER, set_succeeded, "only calls that succeeded"},
    {'Z', "failed-only", NULL, TAKES_FILTER, set_failed, "only calls that failed"},
    {'n', "last", "N", TAKES_FILTER, set_last, "only the last N"},
    {0, "since", "TIME", TAKES_FILTER, set_since, "only since 10s, 5m, 2h, 1d ago, 14:02 or Unix seconds"},
    {'f', "follow", NULL, TAKES_FOLLOW, set_follow, "go on with what comes, until interrupted"},
    {0, "format", "FORM", TAKES_FORMAT, set_format, "text (the default), jsonl or csv"},
    {0, "format", "FORM", TAKES_EXPORT, set_export, "pcapng, perfetto, mermaid, csv or jsonl"},
    {0, "max", "N", TAKES_EXPORT, set_messages, "mermaid: at most N messages (default 100)"},
    {'o', "output", "FILE", TAKES_OUTPUT, set_output, "write there"},
    {'t', NULL, NULL, TAKES_TIMES, set_clock, "time in seconds; -tt in microseconds, -ttt as Unix time"},
    {'r', NULL, NULL, TAKES_TIMES, set_relative, "time since the line before"},
    {'T', NULL, NULL, TAKES_TIMES, set_durations, "how long each call took, in seconds"},
    {'s', "string-limit", "N", TAKES_TIMES | TAKES_LECTURE, set_shown,
     "show N bytes of payload and names (default 32)"},
    {'w', "ring", "RING", TAKES_RUN | TAKES_LESSON, set_keep, "record into RING and keep it"},
    {0, "data", "N", TAKES_RUN, set_data, "keep N bytes of each payload, 0 to 4096"},
    {'q', "quiet", NULL, TAKES_RUN, set_quiet, "print no log"},
    {0, "audit", "RULES", TAKES_RUN, set_audit, "judge by the rules in RULES, instead of printing a log"},
    {0, "rules", "FILE", TAKES_AUDIT, set_rules, "judge by the rules in FILE; the first one that fits decides"},
    {0, "allow", "RULE", TAKES_AUDIT, set_allow,
     "a rule: 'PROGRAM ACTION TARGET', as 'curl connect *.example.com:443'"},
    {0, "deny", "RULE", TAKES_AUDIT, set_deny, "the same, as '* listen 0.0.0.0:*'"},
    {0, "baseline", "FILE", TAKES_AUDIT | TAKES_RUN, set_baseline, "tell what is new or gone since FILE was saved"},
    {0, "save", "FILE", TAKES_AUDIT | TAKES_RUN, set_save, "save the endpoints there, one line each"},
    {0, "strict", NULL, TAKES_AUDIT | TAKES_RUN, set_strict, "fail where something could not be seen"},
    {0, "force", NULL, TAKES_CLEAN, set_force, "remove the ring even if programs write into it"},
    {0, "by", "WHAT", TAKES_BY, set_by, "sum up by call (the default), process, peer, socket or connect"},
    {0, "by", "WHAT", TAKES_DIAGRAM, set_lanes, "a lane for each process (the default) or socket"},
    {0, "open", NULL, TAKES_SOCKETS, set_open, "only what is open now"},
    {0, "leaks", NULL, TAKES_SOCKETS, set_leaks, "only what was never closed, or waits for our close"},
    {0, "lang", "LANGUAGE", TAKES_LECTURE, set_language, "en, ko or both; default as the locale"},
    {0, "brief", NULL, TAKES_DETAIL | TAKES_DIAGRAM, set_brief,
     "only one line per call; diagram: only the four phases"},
    {0, "deep", NULL, TAKES_DETAIL, set_deep, "with what the kernel keeps"},
    {0, "step", NULL, TAKES_LESSON, set_step, "wait for Enter between the steps"},
    {0, "show-code", NULL, TAKES_LESSON, set_code, "print the line of C beside each step"},
    {0, "color", "[=WHEN]", TAKES_FORMAT | TAKES_LESSON | TAKES_DIAGRAM, set_colour,
     "auto, always or never; NO_COLOR is heeded"},
    {'h', "help", NULL, TAKES_ALWAYS, NULL, "this help"},
    {'V', "version", NULL, TAKES_ALWAYS, NULL, "the version"},
};

const int option_row_count = sizeof option_rows / sizeof option_rows[0];
static_assert(sizeof option_rows / sizeof option_rows[0] <= OPTIONS_MAX, "");
