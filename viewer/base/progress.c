/* progress.c - see progress.h. */
#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define AGAIN (SECOND / 4)

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

void progress_begin(struct progress *progress, uint64_t total)
{
    *progress = (struct progress){.total = total, .wanted = isatty(STDERR_FILENO)};
    if (progress->wanted)
        progress->next = now() + SECOND;
}

void progress_look(struct progress *progress)
{
    const int64_t time = now();
    if (time < progress->next)
        return;
    const double share = progress->done < progress->total ? (double)progress->done / (double)progress->total : 1;
    fprintf(stderr, "\rsockspy: %llu records read, %.0f %%\033[K", (unsigned long long)progress->done, share * 100);
    fflush(stderr);
    progress->next = time + AGAIN;
    progress->shown = true;
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->wanted = progress->shown = false;
}
