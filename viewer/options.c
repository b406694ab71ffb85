/* options.c - see options.h. */
#include "options.h"

#include "memory.h"
#include "nearest.h"

#include <getopt.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_SHOWN = 32 };

static const char *bad_word(struct options *options, const char *value, const char *allowed)
{
    snprintf(options->filter.wrong, sizeof options->filter.wrong, "'%.60s' is none of %s", value, allowed);
    return options->filter.wrong;
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
    static const char *const words[] = {[FORMAT_TEXT] = "text", [FORMAT_JSONL] = "jsonl", [FORMAT_CSV] = "csv"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) == 0) {
            o->format = (enum format)i;
            return NULL;
        }
    }
    return bad_word(o, value, "text, jsonl, csv");
}

static const char *set_colour(struct options *o, char *value)
{
    static const char *const words[] = {[COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};
    for (unsigned i = 0; i < 3; i++) {
        if (value == NULL || strcmp(value, words[i]) == 0) {
            o->colour = value == NULL ? COLOUR_ALWAYS : (enum colour)i;
            return NULL;
        }
    }
    return bad_word(o, value, "auto, always, never");
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

/* --- the table --------------------------------------------------------------------- */

static const struct row {
    char letter;          /* 0: none */
    const char *name;     /* NULL: none */
    const char *argument; /* NULL: none; with brackets: may be left out */
    unsigned group;
    const char *(*set)(struct options *options, char *value); /* NULL: see options_parse */
    const char *help;
} rows[] = {
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
    {'o', "output", "FILE", TAKES_OUTPUT, set_output, "write there"},
    {'t', NULL, NULL, TAKES_TIMES, set_clock, "time in seconds; -tt in microseconds, -ttt as Unix time"},
    {'r', NULL, NULL, TAKES_TIMES, set_relative, "time since the line before"},
    {'T', NULL, NULL, TAKES_TIMES, set_durations, "how long each call took, in seconds"},
    {'s', "string-limit", "N", TAKES_TIMES, set_shown, "show N bytes of payload and names (default 32)"},
    {'w', "ring", "RING", TAKES_RUN, set_keep, "record into RING and keep it"},
    {0, "data", "N", TAKES_RUN, set_data, "keep N bytes of each payload, 0 to 4096"},
    {'q', "quiet", NULL, TAKES_RUN, set_quiet, "print no log"},
    {0, "color", "[=WHEN]", TAKES_FORMAT, set_colour, "auto, always or never; NO_COLOR is heeded"},
    {'h', "help", NULL, TAKES_ALWAYS, NULL, "this help"},
    {'V', "version", NULL, TAKES_ALWAYS, NULL, "the version"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

bool options_row(size_t row, const char **name, char *letter)
{
    if (row >= ROWS)
        return false;
    *name = rows[row].name;
    *letter = rows[row].letter;
    return true;
}

int complain(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("sockspy: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return STATUS_FAILED;
}

int misused(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("sockspy: ", stderr);
    vfprintf(stderr, format, list);
    fputs(format[strlen(format) - 1] == '?' ? " Try sockspy --help\n" : "; try sockspy --help\n", stderr);
    va_end(list);
    return STATUS_USAGE;
}

/* --- parsing ----------------------------------------------------------------------- */

/* What getopt wants: letters, and long names whose `val` is 1000 + row. */
struct getopt_form {
    char letters[2 * ROWS + 3];
    struct option names[ROWS + 1];
};

static void to_getopt(struct getopt_form *form, bool stop_at_command)
{
    memset(form, 0, sizeof *form);
    char *at = form->letters;
    *at++ = stop_at_command ? '+' : '-'; /* else other arguments come as option 1 */
    *at++ = ':';
    for (int i = 0, n = 0; i < ROWS; i++) {
        if (rows[i].letter != 0) {
            *at++ = rows[i].letter;
            if (rows[i].argument != NULL)
                *at++ = ':';
        }
        if (rows[i].name != NULL) {
            const int argument = rows[i].argument == NULL     ? no_argument
                                 : rows[i].argument[0] == '[' ? optional_argument
                                                              : required_argument;
            form->names[n++] = (struct option){rows[i].name, argument, NULL, 1000 + i};
        }
    }
}

static int unknown_option(const char *word, int letter)
{
    if (letter >= 1000)
        return misused("--%s takes no value", rows[letter - 1000].name);
    if (strncmp(word, "--", 2) != 0)
        return misused("unknown option -%c", letter);
    char name[40];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    struct nearest nearest = {.typed = name};
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].name != NULL)
            nearest_offer(&nearest, rows[i].name);
    }
    if (nearest.word != NULL)
        return misused("unknown option --%s; did you mean --%s?", name, nearest.word);
    return misused("unknown option --%s", name);
}

static void spell(const struct row *row, char text[40])
{
    if (row->name != NULL)
        snprintf(text, 40, "--%s", row->name);
    else
        snprintf(text, 40, "-%c", row->letter);
}

static const struct row *row_of(int option)
{
    if (option >= 1000)
        return &rows[option - 1000];
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].letter == option)
            return &rows[i];
    }
    return NULL;
}

static int apply(struct options *options, const struct verb *verb, const struct row *row)
{
    char spelt[40];
    spell(row, spelt);
    if ((row->group & (verb->takes | TAKES_ALWAYS)) == 0)
        return misused("%s is no option of 'sockspy %s'", spelt, verb->name);
    const char *const wrong = row->set(options, optarg);
    return wrong != NULL ? misused("%s: %s", spelt, wrong) : -1;
}

static void verb_help(const struct verb *verb)
{
    struct out out;
    out_open(&out, STDOUT_FILENO, COLOUR_NEVER);
    out_text(&out, "sockspy ");
    out_text(&out, verb->name);
    out_text(&out, " [OPTIONS] ");
    out_text(&out, verb->usage);
    out_text(&out, " - ");
    out_text(&out, verb->help);
    out_text(&out, "\n\n");
    options_help(&out, verb->takes);
    out_close(&out);
}

static int set_ring(struct options *options, const struct verb *verb, const char *word)
{
    if ((verb->takes & TAKES_RING) == 0)
        return misused("'%s' is one argument too many for 'sockspy %s'", word, verb->name);
    if (options->ring != NULL)
        return misused("one ring at a time, not '%s' and '%s'", options->ring, word);
    options->ring = word;
    return -1;
}

static int parse_all(struct options *options, const struct verb *verb, int argc, char **argv)
{
    struct getopt_form form;
    to_getopt(&form, (verb->takes & TAKES_COMMAND) != 0);
    opterr = 0;
    optind = 1;
    int option, status = -1;
    while (status < 0) {
        const int at = optind;
        option = getopt_long(argc, argv, form.letters, form.names, NULL);
        const struct row *const row = option > 0 && option != '?' && option != ':' ? row_of(option) : NULL;
        if (option == -1)
            break;
        if (option == 1) {
            status = set_ring(options, verb, optarg);
        } else if (option == ':') {
            status = misused("%s needs a value", argv[optind - 1]);
        } else if (row == NULL) {
            status = unknown_option(argv[at < argc ? at : argc - 1], optopt);
        } else if (row->set != NULL) {
            status = apply(options, verb, row);
        } else if (row->letter == 'h') {
            verb_help(verb);
            status = STATUS_DONE;
        } else {
            puts("sockspy " SOCKSPY_VERSION);
            status = STATUS_DONE;
        }
    }
    return status;
}

int options_parse(struct options *options, const struct verb *verb, int argc, char **argv)
{
    options->shown = DEFAULT_SHOWN;
    int status = parse_all(options, verb, argc, argv);
    if (status >= 0)
        return status;
    if ((verb->takes & TAKES_COMMAND) != 0) {
        options->command = argv + optind;
        if (options->command[0] == NULL)
            return misused("sockspy %s needs a command", verb->name);
    }
    for (; (verb->takes & TAKES_COMMAND) == 0 && optind < argc && status < 0; optind++) /* behind -- */
        status = set_ring(options, verb, argv[optind]);
    const char *const set = getenv("SOCKSPY_RING");
    snprintf(options->default_ring, sizeof options->default_ring, "/dev/shm/sockspy-%lu", (unsigned long)getuid());
    if (options->ring == NULL)
        options->ring = set != NULL && *set != '\0' ? set : options->default_ring;
    return status;
}

void options_free(struct options *options)
{
    filter_free(&options->filter);
}

void options_help(struct out *out, unsigned takes)
{
    for (int i = 0; i < ROWS; i++) {
        const struct row *const row = &rows[i];
        if ((row->group & (takes | TAKES_ALWAYS)) == 0)
            continue;
        out->column = 0;
        out_text(out, "  ");
        if (row->letter != 0) {
            out_char(out, '-');
            out_char(out, row->letter);
            out_text(out, row->name != NULL ? ", " : "");
        }
        out_pad(out, 6, 0);
        if (row->name != NULL) {
            out_text(out, "--");
            out_text(out, row->name);
        }
        if (row->argument != NULL) {
            out_text(out, row->argument[0] == '[' ? "" : row->name != NULL ? "=" : " ");
            out_text(out, row->argument);
        }
        out_pad(out, 27, 2);
        out_text(out, row->help);
        out_line(out);
    }
}
