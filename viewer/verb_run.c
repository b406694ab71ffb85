/* verb_run.c - sockspy run: a command recorded into a ring of its own, then its
 * log on stderr. What the command prints, reads and returns stays its own. */
#include "audit/audit.h"
#include "child.h"
#include "proc/program.h"
#include "run/run_ring.h"
#include "scan/log.h"
#include "verb.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_FOR_RING INT64_C(5000000) /* ns between looks */

struct run {
    const struct options *options;
    struct child child;
    struct log log;
    struct audit audit;
    struct run_ring ring;
    int64_t began;        /* Unix ns */
    const char *obstacle; /* why the command cannot be recorded, or NULL */
    char obstacle_text[320];
};

/* The runtime of AddressSanitizer wants to be the first library, for nothing that
 * ours does: it works behind ours as well. Later options count. */
static void calm_sanitizer(void)
{
    const char *const others = getenv("ASAN_OPTIONS");
    char *options;
    if (asprintf(&options, "%s%sverify_asan_link_order=0", others != NULL ? others : "", others != NULL ? ":" : "") < 0)
        return;
    setenv("ASAN_OPTIONS", options, 1);
    free(options);
}

/* Sets what the library looks for; other preloads stay in front, where some insist
 * on being. False after a complaint. */
static bool prepare_environment(const struct run *run)
{
    char library[PATH_MAX], preload[2 * PATH_MAX];
    program_library(library, sizeof library);
    if (strpbrk(library, " :") != NULL) {
        complain("%s: the loader takes no preload from a path with a blank or colon; put it elsewhere", library);
        return false;
    }
    const char *const others = getenv("LD_PRELOAD");
    const bool more = others != NULL && *others != '\0';
    if (snprintf(preload, sizeof preload, "%s%s%s", more ? others : "", more ? ":" : "", library) >=
        (int)sizeof preload) {
        complain("LD_PRELOAD is too long");
        return false;
    }
    setenv("LD_PRELOAD", preload, 1);
    setenv("SOCKSPY_RING", run->ring.path, 1);
    setenv("SOCKSPY_MADE", run->ring.path, 1); /* or could not be made: then there shall be none */
    calm_sanitizer();
    if (run->options->data != NULL)
        setenv("SOCKSPY_DATA", run->options->data, 1);
    if (filter_wants_class(&run->options->filter, CLASS_POLL)) /* not recorded unless asked for */
        setenv("SOCKSPY_TRACE", "%net,%io,%desc,%opt,%name,%poll,%process", 0);
    return true;
}

static int64_t unix_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool child_ended(void *context)
{
    return child_wait(context, 0);
}

/* Prints while the command runs. */
static void follow(struct run *run)
{
    if (log_open_ring(&run->log, run->ring.path) == NULL)
        log_follow(&run->log, child_ended, &run->child);
    while (!child_wait(&run->child, -1))
        ;
}

static void say_nothing_recorded(const struct run *run)
{
    if (run->obstacle == NULL && run->ring.wrong[0] == '\0')
        complain("nothing was recorded: %s never reached the ring %s (SOCKSPY_DEBUG=1 tells why)",
                 run->options->command[0], run->ring.path);
}

static void print_at_end(struct run *run)
{
    const char *const wrong = run->log.decoder == NULL ? log_open_ring(&run->log, run->ring.path) : NULL;
    if (wrong != NULL) {
        if (run->ring.wrong[0] == '\0')
            complain("%s: %s", run->ring.path, wrong);
        return;
    }
    if (!run_ring_reached(&run->ring, &run->log.source.ring)) {
        say_nothing_recorded(run);
        return;
    }
    if (!run->options->follow)
        log_print(&run->log);
    log_sum(&run->log);
}

static int not_started(const char *command, int error)
{
    if (error == ENOENT)
        complain("%s: no such command", command);
    else
        complain("%s: cannot be run: %s", command, strerror(error));
    return error == ENOENT ? 127 : 126;
}

/* --- judging in the place of a log ----------------------------------------------- */

/* Has the command come to the ring? */
static bool has_begun(const struct run *run)
{
    struct source source;
    if (run->ring.wrong[0] != '\0' || source_open(&source, run->ring.path) != NULL)
        return false;
    const bool begun = run_ring_reached(&run->ring, &source.ring);
    source_close(&source);
    return begun;
}

/* Waits for it until the command has ended. Returns whether it came. */
static bool wait_for_begin(struct run *run)
{
    while (!has_begun(run)) {
        if (child_wait(&run->child, WAIT_FOR_RING) && !has_begun(run))
            return false;
    }
    return true;
}

static int nothing_to_judge(struct run *run, int status)
{
    while (!child_wait(&run->child, -1))
        ;
    rules_free(&run->audit.rules);
    return status;
}

/* Takes in what the command does while it does it, for the ring need not hold it
 * all, and judges it. */
static int judge(struct run *run)
{
    struct audit *const audit = &run->audit;
    const bool strict = run->options->strict;
    if (!wait_for_begin(run)) {
        say_nothing_recorded(run);
        complain("there is nothing to judge");
        return nothing_to_judge(run, strict ? STATUS_FAILED : STATUS_DONE);
    }
    if (!audit_open(audit, run->options, STDERR_FILENO))
        return nothing_to_judge(run, STATUS_FAILED);
    audit_follow(audit, child_ended, &run->child);
    const int status = audit_judge(audit);
    if (status == STATUS_DONE && !run->options->quiet)
        audit_print(audit);
    const int verdict = audit_close(audit);
    if (status != STATUS_DONE)
        return status;
    return strict && run->obstacle != NULL ? STATUS_FAILED : verdict;
}

/* Runs the command; everything that can be wrong beforehand has been looked at. */
static int run_command(struct run *run)
{
    const struct options *const options = run->options;
    const int error = child_start(&run->child, options->command);
    if (error != 0)
        return not_started(options->command[0], error);
    if (options->audit)
        return judge(run);
    if (options->follow && !options->quiet)
        follow(run);
    while (!child_wait(&run->child, -1))
        ;
    if (!options->quiet)
        print_at_end(run);
    return STATUS_DONE;
}

int verb_run(const struct options *options)
{
    struct options own = *options; /* shares its lists */
    struct run run = {.options = &own, .began = unix_now()};
    const bool logs = !options->quiet && !options->audit;
    if (audit_read_rules(&run.audit, options) != STATUS_DONE)
        return STATUS_USAGE;
    run_ring_make(&run.ring, options->keep);
    if (run.ring.wrong[0] != '\0') {
        complain("%s", run.ring.wrong);
        if (options->keep != NULL)
            return STATUS_FAILED;
    }
    own.ring = run.ring.path;
    if (options->keep != NULL && own.filter.since < run.began) { /* the ring may hold other things already */
        own.filter.since = run.began;
        own.filter.any = true;
    }
    if (!prepare_environment(&run) || (logs && !log_open_output(&run.log, &own, STDERR_FILENO))) {
        run_ring_release(&run.ring);
        return STATUS_FAILED;
    }
    run.obstacle = program_obstacle(options->command[0], run.obstacle_text, sizeof run.obstacle_text);
    if (run.obstacle != NULL)
        complain("%s %s", options->command[0], run.obstacle);

    const int status = run_command(&run);
    const int logged = logs ? log_close(&run.log) : STATUS_DONE;
    run_ring_release(&run.ring);
    if (status != STATUS_DONE)
        return status;
    const int passed_on = child_pass_on(&run.child);
    return passed_on != 0 ? passed_on : logged;
}
