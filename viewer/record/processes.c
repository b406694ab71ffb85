/* processes.c - see processes.h. */
#include "record/processes.h"

#include "../preload/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST_DISTANCE INT64_C(1000000)  /* ns between moments, that a line through them means something */
#define LONG_DISTANCE INT64_C(100000000) /* the same for lines that are drawn on beyond them */
#define SHORT_DISTANCE 1e7               /* ns for which the nominal rate is good to a microsecond or so */
#define MICROSECOND INT64_C(1000)

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

/* Ticks and Unix time of now. One reading is good to ten nanoseconds or so, the one
 * in the middle of some to one. */
static struct moment moment_of_now(uint32_t clock, double rate)
{
    enum { READINGS = 31 };
    struct moment moments[READINGS];
    double late[READINGS]; /* against a straight line */
    for (int i = 0; i < READINGS; i++) {
        moments[i] = clock_moment(clock);
        late[i] =
            (double)(moments[i].unix_ns - moments[0].unix_ns) - (double)(moments[i].ticks - moments[0].ticks) * rate;
    }
    for (int i = 0; i < READINGS; i++) {
        int before = 0;
        for (int j = 0; j < READINGS; j++)
            before += late[j] < late[i] || (j < i && late[j] == late[i]);
        if (before == READINGS / 2)
            return moments[i];
    }
    return moments[0];
}

/* When the records end: a moment of its own, so that they have the same times when
 * they are read once more. Told to the microsecond, between the last moment that the
 * ring knows and now; by the nominal rate where that is as good. */
static void add_end(struct timeline *timeline, const struct moment *now, uint64_t nominal, uint64_t latest)
{
    const struct moment *const last = &timeline->moments[timeline->count - 1];
    if (latest <= last->ticks || latest >= now->ticks || now->unix_ns <= last->unix_ns)
        return;
    const double ticks = (double)(latest - last->ticks);
    const bool soon = nominal != 0 && ticks * timeline->rate <= SHORT_DISTANCE;
    int64_t end = last->unix_ns + (int64_t)(ticks * (soon ? timeline->rate : rate_between(last, now)));
    if (!soon)
        end = (end + MICROSECOND / 2) / MICROSECOND * MICROSECOND;
    if (end >= last->unix_ns && end < now->unix_ns)
        timeline->moments[timeline->count++] = (struct moment){latest, end};
}

/* Behind all others, and not too near. */
static void add_now(struct timeline *timeline, struct moment now)
{
    const struct moment *const last = timeline->count != 0 ? &timeline->moments[timeline->count - 1] : NULL;
    if (last == NULL || (now.ticks > last->ticks && now.unix_ns - last->unix_ns >= LEAST_DISTANCE))
        add_moment(timeline, now);
}

/* The rate over all moments, or `otherwise` where they lie too near. */
static double rate_over_all(const struct timeline *timeline, uint64_t nominal, double otherwise)
{
    if (timeline->count < 2)
        return otherwise;
    const struct moment *const first = &timeline->moments[0], *const last = first + timeline->count - 1;
    return nominal == 0 || last->unix_ns - first->unix_ns >= LONG_DISTANCE ? rate_between(first, last) : otherwise;
}

void timeline_read(struct timeline *timeline, const struct ring *ring, const struct processes *processes,
                   uint64_t latest)
{
    const struct ring_header *const header = ring->header;
    const uint64_t nominal = header->ticks_per_second;
    timeline->count = timeline->near = 0;
    add_moment(timeline, header->created);
    for (uint32_t i = 0; i < RING_PROCESSES; i++) {
        if (processes->rows[i].number != 0)
            add_moment(timeline, processes->rows[i].moment);
    }
    qsort(timeline->moments, timeline->count, sizeof timeline->moments[0], compare_moments);
    thin_out(timeline);

    struct moment now = {0, 0};
    timeline->rate = nominal != 0 ? 1e9 / (double)nominal : 1.0;
    if (ring_is_of_this_boot(ring))
        now = moment_of_now(ring->clock, timeline->rate);
    if (timeline->count != 0)
        add_end(timeline, &now, nominal, latest);
    timeline->rate = rate_over_all(timeline, nominal, timeline->rate);
    add_now(timeline, now);
    const double ahead = rate_over_all(timeline, nominal, timeline->rate);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment *const from = &timeline->moments[i];
        timeline->rates[i] = i + 1 < timeline->count ? rate_between(from, from + 1) : ahead;
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
