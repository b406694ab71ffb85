/* processes.c - see processes.h. */
#include "record/processes.h"

#include "../preload/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST_DISTANCE INT64_C(1000000)  /* ns between moments, that a line through them means something */
#define LONG_DISTANCE INT64_C(100000000) /* the same for lines that are drawn on beyond them */

void processes_read(struct processes *processes, const struct ring *ring)
{
    processes->next = __atomic_load_n(&ring->header->next_process, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < RING_PROCESSES; i++) {
        struct ring_process *const row = &processes->rows[i];
        const uint32_t number = __atomic_load_n(&ring->processes[i].number, __ATOMIC_ACQUIRE);
        if (number % RING_PROCESSES != i || !ring_process_get(ring, number, row))
            row->number = 0;
        row->path[sizeof row->path - 1] = '\0';
        row->args[sizeof row->args - 1] = '\0';
        row->refused[sizeof row->refused - 1] = '\0';
    }
}

bool processes_stale(const struct processes *processes, const struct ring *ring)
{
    return processes->next != __atomic_load_n(&ring->header->next_process, __ATOMIC_RELAXED);
}

const struct ring_process *processes_find(const struct processes *processes, uint32_t number)
{
    const struct ring_process *const row = &processes->rows[number % RING_PROCESSES];
    return number != 0 && row->number == number ? row : NULL;
}

/* --- time ---------------------------------------------------------------------- */

bool ring_is_of_this_boot(const struct ring *ring)
{
    char now[sizeof ring->header->boot_id] = "";
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t got = read(fd, now, sizeof now - 1);
    close(fd);
    now[got > 0 ? got : 0] = '\0';
    now[strcspn(now, "\n")] = '\0';
    return now[0] != '\0' && memcmp(now, ring->header->boot_id, strlen(now) + 1) == 0;
}

static int compare_moments(const void *left, const void *right)
{
    const uint64_t a = ((const struct moment *)left)->ticks, b = ((const struct moment *)right)->ticks;
    return (a > b) - (a < b);
}

static void add_moment(struct timeline *timeline, struct moment moment)
{
    if (moment.unix_ns > 0 && moment.unix_ns <= TIME_MAX) /* a fork notes no Unix time */
        timeline->moments[timeline->count++] = moment;
}

/* Leaves out moments that lie too near to each other or go back in time. */
static void thin_out(struct timeline *timeline)
{
    size_t kept = 0;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment moment = timeline->moments[i];
        if (kept == 0 || (moment.ticks > timeline->moments[kept - 1].ticks &&
                          moment.unix_ns - timeline->moments[kept - 1].unix_ns >= LEAST_DISTANCE))
            timeline->moments[kept++] = moment;
    }
    timeline->count = kept;
}

static double rate_between(const struct moment *from, const struct moment *to)
{
    return (double)(to->unix_ns - from->unix_ns) / (double)(to->ticks - from->ticks);
}

void timeline_read(struct timeline *timeline, const struct ring *ring, const struct processes *processes)
{
    const struct ring_header *const header = ring->header;
    timeline->count = timeline->near = 0;
    add_moment(timeline, header->created);
    for (uint32_t i = 0; i < RING_PROCESSES; i++) {
        if (processes->rows[i].number != 0)
            add_moment(timeline, processes->rows[i].moment);
    }
    if (ring_is_of_this_boot(ring))
        add_moment(timeline, clock_moment(ring->clock));
    qsort(timeline->moments, timeline->count, sizeof timeline->moments[0], compare_moments);
    thin_out(timeline);

    const uint64_t nominal = header->ticks_per_second;
    timeline->rate = nominal != 0 ? 1e9 / (double)nominal : 1.0;
    if (timeline->count > 1) {
        const struct moment *const first = &timeline->moments[0], *const last = first + timeline->count - 1;
        if (nominal == 0 || last->unix_ns - first->unix_ns >= LONG_DISTANCE)
            timeline->rate = rate_between(first, last);
    }
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment *const from = &timeline->moments[i];
        timeline->rates[i] = i + 1 < timeline->count ? rate_between(from, from + 1) : timeline->rate;
    }
}

static int64_t whole_ns(double ns)
{
    return ns >= 9e18 ? INT64_MAX : ns <= -9e18 ? INT64_MIN : (int64_t)ns;
}

int64_t timeline_unix(struct timeline *timeline, uint64_t ticks)
{
    if (timeline->count == 0 || ticks == 0)
        return 0;
    const struct moment *const moments = timeline->moments;
    size_t at = timeline->near;
    while (at + 1 < timeline->count && moments[at + 1].ticks <= ticks)
        at++;
    while (at > 0 && moments[at].ticks > ticks)
        at--;
    timeline->near = at;
    int64_t unix_ns;
    if (ticks >= moments[at].ticks)
        unix_ns = whole_ns((double)(ticks - moments[at].ticks) * timeline->rates[at]);
    else
        unix_ns = whole_ns((double)(moments[at].ticks - ticks) * -timeline->rate);
    if (__builtin_add_overflow(unix_ns, moments[at].unix_ns, &unix_ns) || unix_ns < 0 || unix_ns > TIME_MAX)
        return 0;
    /* A line that is drawn a little too far must not pass the next moment. */
    return at + 1 < timeline->count && unix_ns > moments[at + 1].unix_ns ? moments[at + 1].unix_ns : unix_ns;
}

uint64_t timeline_ns(const struct timeline *timeline, uint64_t from, uint64_t to)
{
    const int64_t ns = to > from ? whole_ns((double)(to - from) * timeline->rate) : 0;
    return ns < TIME_MAX / 2 ? (uint64_t)ns : TIME_MAX / 2;
}
