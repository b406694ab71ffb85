/* options.h - what a person asked for. One table, in options_table.c, is behind
 * parsing, --help and the checks of man page and completion.
 */
#ifndef SOCKSPY_OPTIONS_H
#define SOCKSPY_OPTIONS_H

#include "record/filter.h"
#include "record/render.h"

enum format { FORMAT_TEXT, FORMAT_JSONL, FORMAT_CSV, FORMAT_PCAPNG, FORMAT_PERFETTO, FORMAT_MERMAID };

/* Options come in groups; a verb says which ones it takes. */
enum {
    TAKES_FILTER = 1 << 0,   /* -p … --since */
    TAKES_TIMES = 1 << 1,    /* -t -r -T -s */
    TAKES_FORMAT = 1 << 2,   /* --format, and --color */
    TAKES_FOLLOW = 1 << 3,   /* -f */
    TAKES_OUTPUT = 1 << 4,   /* -o */
    TAKES_RUN = 1 << 5,      /* -w -q --data */
    TAKES_ALWAYS = 1 << 6,   /* --help --version */
    TAKES_RING = 1 << 7,     /* not an option: RING may be named */
    TAKES_COMMAND = 1 << 8,  /* not an option: a command with its arguments follows */
    TAKES_SOCKETS = 1 << 9,  /* --open --leaks */
    TAKES_LECTURE = 1 << 10, /* --lang -s */
    TAKES_LESSON = 1 << 11,  /* --step --show-code --color; and the lesson's number */
    TAKES_EXPORT = 1 << 12,  /* --format of other programs, --max */
    TAKES_DETAIL = 1 << 13,  /* --brief --deep */
    TAKES_DIAGRAM = 1 << 14, /* diagram --by, --color */
    TAKES_BY = 1 << 15,      /* stat --by */
    TAKES_AUDIT = 1 << 16,   /* --rules --allow --deny --baseline --save --strict */
    TAKES_CLEAN = 1 << 17    /* --force */
};

/* How much an explanation says. */
enum detail { DETAIL_NORMAL, DETAIL_BRIEF, DETAIL_DEEP };

struct options {
    struct filter filter;
    enum format format;
    enum colour colour;
    enum clock_style clock;
    bool durations;
    bool follow;
    bool quiet;
    bool open, leaks; /* sockets */
    unsigned by;      /* stat: enum stat_by; diagram: enum diagram_by */
    struct rule_option {
        const char *verdict; /* "allow" or "deny"; NULL: `text` names a file of rules */
        const char *text;
    } * rules; /* audit: in the order in which they were given */
    size_t rule_count;
    const char *baseline, *save; /* audit: files, or NULL */
    bool strict;                 /* audit: what could not be seen counts */
    bool force;                  /* clean: also a ring in use */
    bool audit;                  /* run: judge instead of logging */
    unsigned languages;          /* --lang: 1 << enum language, each; 0: that of the environment */
    enum detail detail;          /* --brief, --deep */
    bool step, code;             /* lesson */
    const char *lesson;          /* its number, or NULL */
    size_t messages;             /* export --format=mermaid: at most so many */
    size_t shown;                /* bytes of payload in text */
    const char *output;          /* a file, or NULL */
    const char *keep;            /* run -w */
    const char *data;            /* run --data: bytes of payload to keep, or NULL */
    const char *ring;            /* the path; never NULL */
    char **command;              /* run: ends with NULL */
    char default_ring[64];
};

struct verb {
    const char *name;
    int (*run)(const struct options *options); /* returns the exit status */
    unsigned takes;
    const char *usage; /* what follows "sockspy NAME [OPTIONS]" */
    const char *help;  /* in one line */
};

/* The exit statuses. */
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

/* Parses the arguments behind the verb (argv[0] is not looked at) into
 * *options, which must be zero. Returns -1 to go on, or the exit status. */
int options_parse(struct options *options, const struct verb *verb, int argc, char **argv);

void options_free(struct options *options);

/* Writes a verb's options, or with `takes` of all verbs together all options. */
void options_help(struct out *out, unsigned takes);

/* The options one by one, for tests: sets name (or NULL) and letter (or 0).
 * Returns false behind the last. */
bool options_row(size_t row, const char **name, char *letter);

/* "sockspy: …" and a newline on stderr. Returns STATUS_FAILED. */
__attribute__((format(printf, 1, 2), nonnull(1))) int complain(const char *format, ...);

/* The same with "; try sockspy --help" behind it. Returns STATUS_USAGE. */
__attribute__((format(printf, 1, 2), nonnull(1))) int misused(const char *format, ...);

#endif
