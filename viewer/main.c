/* main.c - sockspy [VERB] [OPTIONS] [RING] */
#include "base/nearest.h"
#include "base/signals.h"
#include "options/spare.h"
#include "verb.h"

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#define TAKES_TABLE (TAKES_RING | TAKES_FILTER | TAKES_FORMAT | TAKES_OUTPUT)

static const struct verb verbs[] = {
    {"log", verb_log, TAKES_TABLE | TAKES_TIMES | TAKES_FOLLOW, "[RING]", "one line per call (the default)"},
    {"run", verb_run,
     TAKES_COMMAND | TAKES_RUN | TAKES_FILTER | TAKES_FORMAT | TAKES_TIMES | TAKES_FOLLOW | TAKES_OUTPUT,
     "-- COMMAND [ARGUMENTS]", "record COMMAND and print its log on stderr"},
    {"sockets", verb_sockets, TAKES_TABLE | TAKES_SOCKETS | TAKES_FOLLOW, "[RING]",
     "a row per socket: who, where to, state, bytes"},
    {"connections", verb_connections, TAKES_TABLE | TAKES_FOLLOW, "[RING]",
     "a row per connection, both its ends side by side"},
    {"explain", verb_explain, TAKES_RING | TAKES_FILTER | TAKES_FORMAT | TAKES_OUTPUT | TAKES_LECTURE | TAKES_DETAIL,
     "[RING]", "the records told as a lecture, in English or Korean"},
    {"lesson", verb_lesson, TAKES_LECTURE | TAKES_DETAIL | TAKES_LESSON, "[N]",
     "list the bundled lessons, or play one"},
    {"diagram", verb_diagram, TAKES_RING | TAKES_FILTER | TAKES_OUTPUT | TAKES_LECTURE | TAKES_DIAGRAM, "[RING]",
     "a sequence diagram, a lane for each process"},
    {"report", verb_report, TAKES_RING | TAKES_FILTER | TAKES_OUTPUT, "-o FILE.html [RING]",
     "one page: tables, a timeline, diagrams, the story"},
    {"export", verb_export, TAKES_RING | TAKES_FILTER | TAKES_EXPORT | TAKES_OUTPUT, "--format=FORM [-o FILE] [RING]",
     "for Wireshark, Perfetto, Markdown, spreadsheets"},
    {"stat", verb_stat, TAKES_TABLE | TAKES_BY, "[RING]", "calls, errors, bytes and times, summed up"},
    {"audit", verb_audit, TAKES_TABLE | TAKES_AUDIT, "[RING]",
     "who talks to whom, what breaks a rule, what is new, what was not seen"},
    {"info", verb_info, TAKES_RING | TAKES_FORMAT | TAKES_OUTPUT, "[RING]",
     "the ring: its state, its programs, what it cannot show"},
    {"clean", verb_clean, TAKES_RING | TAKES_CLEAN, "[RING]", "remove the ring"},
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static const struct verb *find_verb(const char *name)
{
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int help(void)
{
    struct out out;
    out_open(&out, STDOUT_FILENO, COLOUR_NEVER);
    out_text(&out, "sockspy [VERB] [OPTIONS] [RING] - what programs do with their sockets\n\n"
                   "  LD_PRELOAD=libsockspy.so COMMAND   records COMMAND into the default ring\n"
                   "  sockspy                            prints what was recorded\n\nVerbs:\n");
    unsigned takes = 0;
    for (int i = 0; i < VERBS; i++) {
        out.column = 0;
        out_text(&out, "  ");
        out_text(&out, verbs[i].name);
        out_pad(&out, 15, 2);
        out_text(&out, verbs[i].help);
        out_line(&out);
        takes |= verbs[i].takes;
    }
    out_text(&out, "\nOptions ('sockspy VERB --help' lists a verb's own):\n");
    options_help(&out, takes);
    out_text(&out, "\nRING is /dev/shm/sockspy-<uid>, or what SOCKSPY_RING names, if it is not given.\n");
    return out_close(&out) ? STATUS_DONE : STATUS_FAILED;
}

/* A first word that is no verb: a ring, or a mistake. */
static int unknown_verb(const char *word)
{
    struct nearest nearest = {.typed = word};
    for (int i = 0; i < VERBS; i++)
        nearest_offer(&nearest, verbs[i].name);
    if (nearest.word != NULL)
        return misused("unknown verb '%s'; did you mean '%s'?", word, nearest.word);
    return misused("unknown verb '%s'", word);
}

/* The ring's owner may cut the file short under our eyes. */
static void cut_short(int signal)
{
    static const char message[] = "sockspy: the ring was cut short while it was read\n";
    (void)signal;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(STATUS_FAILED);
}

/* The locale that is asked for may not be on this machine; letters of UTF-8 can
 * be shown all the same. */
static void set_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *wanted = NULL;
    for (int i = 0; i < 3 && (wanted == NULL || *wanted == '\0'); i++)
        wanted = getenv(variables[i]);
    if (setlocale(LC_ALL, "") == NULL && wanted != NULL &&
        (strcasestr(wanted, "UTF-8") != NULL || strcasestr(wanted, "utf8") != NULL))
        setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
    set_locale();
    signals_begin(cut_short);

    const struct verb *verb = &verbs[0];
    if (argc > 1 && argv[1][0] != '-') {
        verb = find_verb(argv[1]);
        if (verb != NULL) {
            argv++, argc--;
        } else if (strcmp(argv[1], "help") == 0) {
            return help();
        } else if (strchr(argv[1], '/') == NULL && access(argv[1], F_OK) != 0) {
            return unknown_verb(argv[1]);
        } else {
            verb = &verbs[0];
        }
    } else if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        return help();
    }
    struct options options = {0};
    int status = options_parse(&options, verb, argc, argv);
    if (status < 0)
        status = spare_rings(&options) ? verb->run(&options) : STATUS_FAILED;
    options_free(&options);
    return status;
}
