/* options.c - see options.h. */
#include "options/options.h"

#include "base/nearest.h"
#include "options/options_table.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    DEFAULT_SHOWN = 32,
    DEFAULT_MESSAGES = 100,
    LONG = 1000 /* what getopt returns for the long options: LONG + row */
};

bool options_row(size_t row, const char **name, char *letter)
{
    if (row >= (size_t)option_row_count)
        return false;
    *name = option_rows[row].name;
    *letter = option_rows[row].letter;
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
    char letters[2 * OPTIONS_MAX + 3];
    struct option names[OPTIONS_MAX + 1];
};

/* Verbs may understand an option each in its own way: then it has several rows. */
static bool is_named_before(int row)
{
    for (int i = 0; i < row; i++) {
        if (option_rows[i].name != NULL && strcmp(option_rows[i].name, option_rows[row].name) == 0)
            return true;
    }
    return false;
}

static void to_getopt(struct getopt_form *form, bool stop_at_command)
{
    memset(form, 0, sizeof *form);
    char *at = form->letters;
    *at++ = stop_at_command ? '+' : '-'; /* else other arguments come as option 1 */
    *at++ = ':';
    for (int i = 0, n = 0; i < option_row_count; i++) {
        if (option_rows[i].letter != 0) {
            *at++ = option_rows[i].letter;
            if (option_rows[i].argument != NULL)
                *at++ = ':';
        }
        if (option_rows[i].name != NULL && !is_named_before(i)) {
            const int argument = option_rows[i].argument == NULL     ? no_argument
                                 : option_rows[i].argument[0] == '[' ? optional_argument
                                                                     : required_argument;
            form->names[n++] = (struct option){option_rows[i].name, argument, NULL, LONG + i};
        }
    }
}

static int unknown_option(const char *word, int letter)
{
    if (letter >= LONG)
        return misused("--%s takes no value", option_rows[letter - LONG].name);
    if (strncmp(word, "--", 2) != 0)
        return misused("unknown option -%c", letter);
    char name[40];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    struct nearest nearest = {.typed = name};
    for (int i = 0; i < option_row_count; i++) {
        if (option_rows[i].name != NULL)
            nearest_offer(&nearest, option_rows[i].name);
    }
    if (nearest.word != NULL)
        return misused("unknown option --%s; did you mean --%s?", name, nearest.word);
    return misused("unknown option --%s", name);
}

static void spell(const struct option_row *row, char text[40])
{
    if (row->name != NULL)
        snprintf(text, 40, "--%s", row->name);
    else
        snprintf(text, 40, "-%c", row->letter);
}

static const struct option_row *row_of(int option)
{
    if (option >= LONG)
        return &option_rows[option - LONG];
    for (int i = 0; i < option_row_count; i++) {
        if (option_rows[i].letter == option)
            return &option_rows[i];
    }
    return NULL;
}

/* The row of the same name that the verb takes; `row` itself where it takes none. */
static const struct option_row *row_for(const struct verb *verb, const struct option_row *row)
{
    const unsigned takes = verb->takes | TAKES_ALWAYS;
    for (int i = 0; i < option_row_count && (row->group & takes) == 0 && row->name != NULL; i++) {
        const struct option_row *const other = &option_rows[i];
        if (other->name != NULL && (other->group & takes) != 0 && strcmp(other->name, row->name) == 0)
            return other;
    }
    return row;
}

static int apply(struct options *options, const struct verb *verb, const struct option_row *row)
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
    if ((verb->takes & TAKES_LESSON) != 0 && options->lesson == NULL) {
        options->lesson = word;
        return -1;
    }
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
    optind = 0; /* begin anew */
    int option, status = -1;
    while (status < 0) {
        const int at = optind != 0 ? optind : 1;
        option = getopt_long(argc, argv, form.letters, form.names, NULL);
        const struct option_row *const row = option > 0 && option != '?' && option != ':' ? row_of(option) : NULL;
        if (option == -1)
            break;
        if (option == 1) {
            status = set_ring(options, verb, optarg);
        } else if (option == ':') {
            status = misused("%s needs a value", argv[optind - 1]);
        } else if (row == NULL) {
            status = unknown_option(argv[at < argc ? at : argc - 1], optopt);
        } else if (row->set != NULL) {
            status = apply(options, verb, row_for(verb, row));
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
    options->messages = DEFAULT_MESSAGES;
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
    free(options->rules);
}

void options_help(struct out *out, unsigned takes)
{
    for (int i = 0; i < option_row_count; i++) {
        const struct option_row *const row = &option_rows[i];
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
