/* follow.c - how long a follower takes to show a call, and what it costs when
 * nothing happens. To be run recorded.
 *
 *     follow IDLE-SECONDS COUNT VIEWER ARGUMENTS...
 *
 * Starts the viewer (without LD_PRELOAD), makes COUNT calls at odd moments and
 * prints for each the ms until its line came; then, after "idle", the percent of
 * a processor that the viewer used while nothing happened for IDLE-SECONDS.
 */
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void sleep_ms(int ms)
{
    poll(NULL, 0, ms);
}

/* Reads what the viewer has printed; waits `ms` for the first byte of it.
 * Returns whether there was anything. */
static int drain(int fd, int ms)
{
    static char buffer[65536];
    struct pollfd ready = {fd, POLLIN, 0};
    int any = 0;
    while (poll(&ready, 1, any ? 0 : ms) > 0 && read(fd, buffer, sizeof buffer) > 0)
        any = 1;
    return any;
}

static pid_t start_viewer(char **command, int out)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    unsetenv("LD_PRELOAD");
    if (posix_spawnp(&pid, command[0], &actions, NULL, command, environ) != 0) {
        fprintf(stderr, "follow: %s cannot be run\n", command[0]);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

int main(int argc, char **argv)
{
    int ends[2], sockets[2];
    if (argc < 4 || pipe(ends) != 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) != 0) {
        fputs("usage: follow IDLE-SECONDS COUNT VIEWER ARGUMENTS...\n", stderr);
        return 2;
    }
    const pid_t viewer = start_viewer(argv + 3, ends[1]);
    close(ends[1]);
    int failed = !drain(ends[0], 5000);
    while (drain(ends[0], 300)) /* what was in the ring before us */
        continue;
    for (int i = 0; i < atoi(argv[2]) && !failed; i++) {
        sleep_ms(20 + i * 37 % 200);
        drain(ends[0], 0);
        const double begin = now(CLOCK_MONOTONIC);
        send(sockets[0], "x", 1, MSG_DONTWAIT);
        failed = !drain(ends[0], 5000);
        printf("%.3f\n", now(CLOCK_MONOTONIC) - begin);
    }
    clockid_t used;
    clock_getcpuclockid(viewer, &used);
    const int idle_ms = atoi(argv[1]) * 1000;
    sleep_ms(500);
    const double before = now(used);
    sleep_ms(idle_ms);
    printf("idle %.4f\n", idle_ms == 0 ? 0 : (now(used) - before) / idle_ms * 100);
    kill(viewer, SIGTERM);
    waitpid(viewer, NULL, 0);
    return failed;
}
