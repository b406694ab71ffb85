/* startup.c - how much longer a program takes from its start to its end.
 *
 *     startup LIBRARY PROGRAM [RUNS]
 *
 * Runs PROGRAM without and with LIBRARY preloaded, in turn, RUNS times each, and
 * prints a line for each pair: both times, in ms.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double run(char *program, char **environment)
{
    char *arguments[] = {program, NULL};
    pid_t pid;
    int status;
    const double begin = now();
    if (posix_spawnp(&pid, program, NULL, NULL, arguments, environment) != 0 || waitpid(pid, &status, 0) != pid ||
        status != 0) {
        fprintf(stderr, "startup: %s cannot be run\n", program);
        exit(1);
    }
    return now() - begin;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: startup LIBRARY PROGRAM [RUNS]\n", stderr);
        return 2;
    }
    const int runs = argc > 3 ? atoi(argv[3]) : 100;
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char preload[4096], **with = calloc(count + 2, sizeof *with);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", argv[1]);
    memcpy(with, environ, count * sizeof *with);
    with[count] = preload;
    run(argv[2], environ);
    run(argv[2], with);
    for (int i = 0; i < runs; i++) {
        const double plain = run(argv[2], environ);
        printf("%.4f %.4f\n", plain, run(argv[2], with));
    }
    free(with);
    return 0;
}
