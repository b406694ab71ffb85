/* cast.c - see cast.h. */
#include "lecture/cast.h"

#include "base/stop.h"
#include "proc/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 30000 /* ms for a whole lesson, under valgrind too */, LOOK = 20 /* ms */ };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* --- one actor ------------------------------------------------------------------- */

/* In the child: becomes the program. */
static _Noreturn void become(const struct cast *cast, struct actor *actor, int output, pid_t parent)
{
    char path[PATH_MAX], *words[ACTOR_ARGS + 1] = {NULL};
    size_t count = 0;
    for (char *word = strtok(actor->words, " "); word != NULL && count < ACTOR_ARGS; word = strtok(NULL, " "))
        words[count++] = word;
    snprintf(path, sizeof path, "%s/%s", cast->directory, words[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* even if we are killed, it goes */
    if (getppid() != parent)
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close(nothing);
    setenv("LD_PRELOAD", cast->library, 1);
    setenv("SOCKSPY_RING", cast->ring, 1);
    setenv("SOCKSPY_DATA", "256", 1);
    unsetenv("SOCKSPY_TRACE");
    unsetenv("SOCKSPY_SIZE");
    execv(path, words);
    _exit(127);
}

static const char *enter(struct cast *cast, const char *command, size_t size)
{
    if (cast->count == ACTORS_MAX)
        return "too many programs";
    struct actor *const actor = &cast->actors[cast->count];
    int ends[2];
    *actor = (struct actor){.output = -1};
    for (size_t i = 0, used = 0; i < size && used < sizeof actor->line - 8; i++) {
        if (command[i] == '@')
            used += (size_t)snprintf(actor->line + used, 8, "%u", cast->port);
        else
            actor->line[used++] = command[i];
    }
    memcpy(actor->words, actor->line, sizeof actor->words);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return strerror(errno);
    const pid_t parent = getpid();
    actor->pid = fork();
    if (actor->pid == 0)
        become(cast, actor, ends[1], parent);
    close(ends[1]);
    if (actor->pid < 0) {
        close(ends[0]);
        return strerror(errno);
    }
    actor->output = ends[0];
    actor->running = true;
    cast->count++;
    return NULL;
}

/* Takes in what it prints; more than there is room for is thrown away. */
static void listen_to(struct actor *actor)
{
    char rest[512];
    const size_t room = sizeof actor->prints - 1 - actor->used;
    const ssize_t count =
        read(actor->output, room != 0 ? actor->prints + actor->used : rest, room != 0 ? room : sizeof rest);
    if (count > 0 && room != 0)
        actor->used += (size_t)count;
    if (count == 0 || (count < 0 && errno != EINTR)) {
        close(actor->output);
        actor->output = -1;
    }
}

/* The port that it has told, or 0. */
static unsigned port_of(const struct actor *actor)
{
    const char *const word = strstr(actor->prints, "port ");
    return word != NULL && strchr(word, '\n') != NULL ? (unsigned)strtoul(word + 5, NULL, 10) : 0;
}

/* --- all of them ----------------------------------------------------------------- */

/* Lets time go by, a moment at the most: hears what is printed, sees who ends. */
static void attend(struct cast *cast)
{
    struct pollfd fds[ACTORS_MAX];
    for (size_t i = 0; i < cast->count; i++)
        fds[i] = (struct pollfd){.fd = cast->actors[i].output, .events = POLLIN};
    if (poll(fds, cast->count, LOOK) > 0) {
        for (size_t i = 0; i < cast->count; i++) {
            if (fds[i].fd >= 0 && fds[i].revents != 0)
                listen_to(&cast->actors[i]);
        }
    }
    for (size_t i = 0; i < cast->count; i++) {
        struct actor *const actor = &cast->actors[i];
        if (actor->running && waitpid(actor->pid, &actor->status, WNOHANG) == actor->pid)
            actor->running = false;
    }
}

/* Is everything over for this actor, its words heard as well? */
static bool is_done(const struct actor *actor)
{
    return !actor->running && actor->output < 0;
}

static bool all_done(const struct cast *cast)
{
    for (size_t i = 0; i < cast->count; i++) {
        if (!is_done(&cast->actors[i]))
            return false;
    }
    return true;
}

/* Those that still run have nothing left to do: a server that its client has just
 * left may be in the middle of close. */
static bool all_asleep(const struct cast *cast)
{
    const struct procfs procfs = {.root = "/proc"};
    for (size_t i = 0; i < cast->count; i++) {
        if (cast->actors[i].running && !procfs_asleep(&procfs, (uint32_t)cast->actors[i].pid))
            return false;
    }
    return true;
}

static void end_all(struct cast *cast, int signal)
{
    for (size_t i = 0; i < cast->count; i++) {
        if (cast->actors[i].running) {
            cast->actors[i].stopped = true;
            kill(cast->actors[i].pid, signal);
        }
    }
}

static const char *failed(struct cast *cast, const struct actor *actor)
{
    if (WIFEXITED(actor->status) && WEXITSTATUS(actor->status) == 127)
        snprintf(cast->wrong, sizeof cast->wrong, "%s/%s cannot be run; 'make' builds it", cast->directory,
                 actor->words);
    else
        snprintf(cast->wrong, sizeof cast->wrong, "%s failed: %s", actor->line, actor->prints);
    cast->wrong[strcspn(cast->wrong, "\n")] = '\0';
    return cast->wrong;
}

static const char *who_failed(struct cast *cast)
{
    for (size_t i = 0; i < cast->count; i++) {
        const struct actor *const actor = &cast->actors[i];
        if (!actor->running && !actor->stopped && actor->status != 0)
            return failed(cast, actor);
    }
    return NULL;
}

/* What a step of the script waits for. */
enum goal { PORT_TOLD, LAST_DONE, ALL_ASLEEP, ALL_DONE };

static bool is_reached(const struct cast *cast, enum goal goal)
{
    const struct actor *const last = &cast->actors[cast->count - 1];
    switch (goal) {
    case PORT_TOLD: return port_of(last) != 0 || is_done(last);
    case LAST_DONE: return is_done(last);
    case ALL_ASLEEP: return all_asleep(cast);
    default: return all_done(cast);
    }
}

static const char *wait_for(struct cast *cast, enum goal goal, int64_t deadline)
{
    while (cast->count != 0 && !is_reached(cast, goal)) {
        if (stop_wanted())
            return "interrupted";
        if (now_ms() > deadline)
            return "the programs take too long";
        attend(cast);
    }
    return who_failed(cast);
}

/* One step: a word, and a command behind it. */
static const char *step(struct cast *cast, const char *text, size_t size, int64_t deadline)
{
    const size_t length = strcspn(text, " ;");
    const size_t word = length < size ? length : size;
    const char *const command = text + word + (word < size);
    const char *wrong = NULL;
    if (strncmp(text, "wait", word) == 0)
        return wait_for(cast, ALL_DONE, deadline);
    if (strncmp(text, "stop", word) == 0) {
        wrong = wait_for(cast, ALL_ASLEEP, deadline);
        if (wrong != NULL)
            return wrong;
        end_all(cast, SIGTERM);
        return wait_for(cast, ALL_DONE, deadline);
    }
    wrong = enter(cast, command, size - (size_t)(command - text));
    if (wrong != NULL || strncmp(text, "start", word) == 0)
        return wrong;
    if (strncmp(text, "run", word) == 0)
        return wait_for(cast, LAST_DONE, deadline);
    wrong = wait_for(cast, PORT_TOLD, deadline);
    cast->port = cast->count != 0 ? port_of(&cast->actors[cast->count - 1]) : 0;
    return wrong != NULL || cast->port != 0 ? wrong : "the server told no port";
}

const char *cast_play(struct cast *cast, const char *script)
{
    const char *wrong = NULL;
    const int64_t deadline = now_ms() + PATIENCE;
    while (*script != '\0' && wrong == NULL) {
        script += strspn(script, "; ");
        const size_t size = strcspn(script, ";");
        wrong = step(cast, script, size, deadline);
        script += size;
    }
    end_all(cast, SIGKILL);
    while (!all_done(cast))
        attend(cast);
    return wrong;
}

void cast_remove_ring(const struct cast *cast)
{
    unlink(cast->ring);
}
