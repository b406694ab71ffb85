/* run_ring.c - see run_ring.h. */
#include "run/run_ring.h"

#include "../preload/ring_file.h"
#include "../preload/settings.h"
#include "options/options.h"
#include "proc/ring_writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What to do about a refusal. */
static const char *remedy(enum refusal refusal)
{
    static const char *const remedies[REFUSALS] = {
        [NO_PATH] = "name a place that you can write to: -w RING",
        [NOT_REGULAR] = "name another: -w RING",
        [NOT_OURS] = "name another (-w RING), or make it yours: chown, chmod 600",
        [NO_SPACE] = "name another place (-w RING), or set a smaller SOCKSPY_SIZE, as SOCKSPY_SIZE=1M",
        [NO_MEMORY] = "raise the limit (ulimit -v), or set a smaller SOCKSPY_SIZE, as SOCKSPY_SIZE=1M",
    };
    return remedies[refusal];
}

static enum refusal make(struct run_ring *ring)
{
    struct settings settings;
    struct ring mapped;
    struct stat file;
    if (lstat(ring->path, &file) == 0 && !S_ISREG(file.st_mode))
        return NOT_REGULAR; /* not to be opened, even for a look */
    setenv("SOCKSPY_RING", ring->path, 1);
    settings_read(&settings, environ);
    const enum refusal refusal = ring_file_open(&mapped, ring->path, settings.size);
    if (refusal != RECORDED)
        return refusal;
    ring->next_process = mapped.header->next_process;
    munmap(mapped.header, mapped.header->file_size);
    return RECORDED;
}

static void refuse(struct run_ring *ring, enum refusal refusal)
{
    const char *const to_do = remedy(refusal);
    snprintf(ring->wrong, sizeof ring->wrong, "%s: %s%s%s", ring->path, ring_file_reason(refusal),
             to_do != NULL ? "; " : "", to_do != NULL ? to_do : "");
}

static void make_own(struct run_ring *ring)
{
    static const char *const directories[] = {"/dev/shm", "/tmp"};
    for (unsigned i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        snprintf(ring->path, sizeof ring->path, "%s/sockspy-%lu.run-%ld", directories[i], (unsigned long)getuid(),
                 (long)getpid());
        unlink(ring->path); /* of a process of our number that died long ago */
        const enum refusal refusal = make(ring);
        if (refusal == RECORDED) {
            ring->wrong[0] = '\0';
            return;
        }
        if (i == 0 || refusal == NO_SPACE) /* a place that is full says more than one that is closed */
            refuse(ring, refusal);
        if (refusal == NO_SPACE)
            break;
    }
}

void run_ring_make(struct run_ring *ring, const char *keep)
{
    char here[PATH_MAX] = "";
    *ring = (struct run_ring){.kept = keep != NULL};
    if (keep == NULL) {
        make_own(ring);
    } else if ((keep[0] != '/' && getcwd(here, sizeof here) == NULL) ||
               snprintf(ring->path, sizeof ring->path, "%s%s%s", here, keep[0] != '/' ? "/" : "", keep) >=
                   (int)sizeof((struct settings *)NULL)->ring - 16) {
        snprintf(ring->wrong, sizeof ring->wrong, "%s: the path is too long", keep);
    } else {
        const enum refusal refusal = make(ring);
        if (refusal != RECORDED)
            refuse(ring, refusal);
    }
}

bool run_ring_reached(const struct run_ring *ring, const struct ring *mapped)
{
    return __atomic_load_n(&mapped->header->next_process, __ATOMIC_RELAXED) != ring->next_process;
}

void run_ring_release(const struct run_ring *ring)
{
    struct writers writers;
    if (ring->wrong[0] != '\0')
        return;
    ring_writers_find(&writers, ring->path);
    /* A shell that we were started from may have named its own ring to us. */
    const unsigned kinds = 1u << WRITER_MAPS | (ring->kept ? 0 : 1u << WRITER_HEIR);
    const size_t count = writers_count(&writers, kinds);
    if (count != 0) {
        char *const names = writers_text(&writers, kinds);
        complain("%s still run%s, recorded in %s: sockspy log %s reads on, sockspy clean %s removes it", names,
                 count == 1 ? "s" : "", ring->path, ring->path, ring->path);
        free(names);
    } else if (!ring->kept) {
        unlink(ring->path);
    }
    writers_free(&writers);
}
