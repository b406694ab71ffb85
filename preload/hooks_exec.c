/* hooks_exec.c - another program: exec and what libc makes of it. Where the next
 * program will not be preloaded, this is the last that is seen of it. The calls
 * with a list of arguments enter through entry.S. */
#include "after.h"
#include "entry.h"
#include "mask.h"
#include "place.h"
#include "process.h"
#include "real.h"
#include "successor.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SHELL_KEPT = 384 };

/* Can all of it be read? Nobody has as yet: it may be anything. */
static bool is_environment(char *const *environment)
{
    enum { TEXT_MAX = 1 << 17 }; /* the kernel takes no longer ones */
    for (; environment != NULL; environment++) {
        if (!place_readable(environment, sizeof *environment))
            return false;
        if (*environment == NULL)
            break;
        if (place_text_length(*environment, TEXT_MAX) < 0)
            return false;
    }
    return true;
}

/* Why the next program will be out of our sight. Not told where we came by
 * other ways than the environment, or where that cannot be read. */
static uint64_t blind(char *const *environment)
{
    if (!process_preloaded || !is_environment(environment))
        return BLIND_NOT;
    return process_preloads(environment) ? BLIND_NOT : BLIND_ENVIRONMENT;
}

/* Something must be said beforehand, for nothing can be afterwards: a record where
 * the next program is sure to be out of sight, a note where it may be. Returns
 * whether it is sure. */
static bool announce(const char *path, char *const *environment)
{
    struct event event;
    const uint64_t why = blind(environment);
    if (why == BLIND_NOT) {
        successor_note(path);
        return false;
    }
    if (!event_begin_any(&event, CALL_exec, -1))
        return false;
    ring_count(&ring, COUNT_BLIND_EXEC, 1);
    event.end = event.start;
    event.arg[0] = why;
    event_add_unread(&event, path);
    event_write(&event);
    return true;
}

static int exec_failed(struct event *event, int result, const char *path, bool announced)
{
    event_returned(event, result);
    if (event->error != EFAULT)
        event_add_unread(event, path);
    if (announced)
        ring_count(&ring, COUNT_BLIND_EXEC, UINT64_MAX); /* it did not come to that */
    else
        successor_none();
    event_write(event);
    return result;
}

/* `run` is the real call, which comes back only if it fails. */
#define AROUND_EXEC(call, path, environment, run)                                                                      \
    do {                                                                                                               \
        struct event event;                                                                                            \
        if (!event_begin_any(&event, CALL_##call, -1))                                                                 \
            return run;                                                                                                \
        const bool announced = announce(path, environment);                                                            \
        return exec_failed(&event, run, path, announced);                                                              \
    } while (0)

EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
    AROUND_EXEC(execve, path, envp, real.execve(path, argv, envp));
}

EXPORT int execv(const char *path, char *const argv[])
{
    AROUND_EXEC(execv, path, environ, real.execv(path, argv));
}

EXPORT int execvp(const char *file, char *const argv[])
{
    AROUND_EXEC(execvp, file, environ, real.execvp(file, argv));
}

EXPORT int execvpe(const char *file, char *const argv[], char *const envp[])
{
    AROUND_EXEC(execvpe, file, envp, real.execvpe(file, argv, envp));
}

EXPORT int execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags);
EXPORT int execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags)
{
    AROUND_EXEC(execveat, path, envp, real.execveat(fd, path, argv, envp, flags));
}

EXPORT int fexecve(int fd, char *const argv[], char *const envp[])
{
    AROUND_EXEC(fexecve, NULL, envp, real.fexecve(fd, argv, envp));
}

int around_execve(const char *path, char *const argv[], char *const envp[])
{
    AROUND_EXEC(execve, path, envp, (int)real.syscall(SYS_execve, path, argv, envp));
}

int around_execveat(int fd, const char *path, char *const argv[], char *const envp[], int flags)
{
    AROUND_EXEC(execveat, path, envp, (int)real.syscall(SYS_execveat, fd, path, argv, envp, flags));
}

/* With a list of arguments, which entry.S has made an array. */
int entry_execl(const char *path, char *const argv[])
{
    AROUND_EXEC(execl, path, environ, real.execv(path, argv));
}

int entry_execlp(const char *file, char *const argv[])
{
    AROUND_EXEC(execlp, file, environ, real.execvp(file, argv));
}

int entry_execle(const char *path, char *const argv[])
{
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    char *const *const envp = (char *const *)argv[count + 1];
    AROUND_EXEC(execle, path, envp, real.execve(path, argv, envp));
}

static int around_spawn(enum call call, real_spawn *run, pid_t *pid, const char *path,
                        const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                        char *const argv[], char *const envp[])
{
    struct event event;
    pid_t child = 0;
    pid_t *const to = pid != NULL ? pid : &child;
    if (!event_begin_any(&event, call, -1))
        return run(pid, path, actions, attributes, argv, envp);
    const int error = run(to, path, actions, attributes, argv, envp);
    event_returned(&event, error);
    event.error = error;
    if (error != EFAULT)
        event_add_unread(&event, path);
    if (error == 0) {
        event.arg[0] = (uint64_t)*to;
        event.arg[1] = blind(envp);
        if (event.arg[1] != BLIND_NOT)
            ring_count(&ring, COUNT_BLIND_EXEC, 1);
    }
    event_write(&event);
    return error;
}

#define SPAWN(name, call, run)                                                                                         \
    int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,                                  \
             const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])                              \
    {                                                                                                                  \
        return around_spawn(CALL_##call, run, pid, path, actions, attributes, argv, envp);                             \
    }
SPAWN(posix_spawn, posix_spawn, real.posix_spawn)
SPAWN(posix_spawnp, posix_spawnp, real.posix_spawnp)
SPAWN(entry_old_posix_spawn, posix_spawn, real_old.posix_spawn)
SPAWN(entry_old_posix_spawnp, posix_spawnp, real_old.posix_spawnp)

/* The command, as the settings want it. */
static void note_command(struct event *event, const char *command, char kept[SHELL_KEPT])
{
    const ssize_t length = settings.args == ARGS_NONE ? -1 : place_text_length(command, SHELL_KEPT);
    if (settings.args == ARGS_ALL)
        event_add_unread(event, command);
    else if (length >= 0)
        event_add(event, ITEM_TEXT, kept, mask_words(command, (size_t)length, kept, SHELL_KEPT), (size_t)length);
    else if (settings.args == ARGS_MASKED && command != NULL)
        event_add_text(event, "***"); /* it is long: nobody can tell where a secret ends */
}

/* libc starts a shell with our own environment. */
static APART void ran_shell(struct event *event, int result, const char *command)
{
    event_returned(event, result);
    if (result >= 0 && command != NULL) {
        event->arg[0] = blind(environ);
        if (event->arg[0] != BLIND_NOT)
            ring_count(&ring, COUNT_BLIND_EXEC, 1);
    }
    char kept[SHELL_KEPT];
    note_command(event, command, kept);
    event_write(event);
}

EXPORT int system(const char *command)
{
    struct event event;
    if (!event_begin_any(&event, CALL_system, -1))
        return real.system(command);
    const int result = real.system(command);
    ran_shell(&event, result, command);
    return result;
}

EXPORT FILE *popen(const char *command, const char *mode)
{
    struct event event;
    if (!event_begin_any(&event, CALL_popen, -1))
        return real.popen(command, mode);
    FILE *const result = real.popen(command, mode);
    ran_shell(&event, result != NULL ? 0 : -1, command);
    return opened_file(result);
}
