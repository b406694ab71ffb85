/* source.c - opening rings, and reading all their lanes; see source.h. */
#include "source.h"

#include "../preload/clock.h"
#include "base/memory.h"
#include "source/absence.h"
#include "source/source_lane.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

enum {
    SECOND_LOOK_ONCE = 50 * MILLISECOND,   /* how long to wait for a record whose writer may have lost its CPU */
    SECOND_LOOK_FOLLOW = 10 * MILLISECOND, /* the same while following */
    HOLD_BACK = 15 * MILLISECOND,          /* lanes may be that far apart */
    SLEEP_ACTIVE = 5 * MILLISECOND,
    SLEEP_IDLE = 40 * MILLISECOND
};

enum {
    PASSING_LEAST = 4096, /* 32 MiB: a ring with less to read is read at once */
    PASSING_CHUNKS = 512  /* 4 MiB: read at a time in passing, and near at hand until they are told */
};

/* The next part of a ring, which is read while the one before is told. */
struct ahead {
    struct source source; /* as the other one; the batch is its own */
    pthread_t thread;
    bool running;
};

static int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* --- opening ------------------------------------------------------------------- */

static const char *wrong(struct source *source, const char *format, unsigned long number)
{
    snprintf(source->wrong, sizeof source->wrong, format, number);
    return source->wrong;
}

static const char *why_not_opened(struct source *source, int error)
{
    switch (error) {
    case ENOENT: absence_explain(source->path, source->wrong, sizeof source->wrong); break;
    case ELOOP: return "a symbolic link; name the ring itself";
    case EACCES: return "another user's ring, or out of reach; read it as the user who recorded it";
    default: snprintf(source->wrong, sizeof source->wrong, "cannot be opened: %s", strerror(error));
    }
    return source->wrong;
}

static const char *judge_file(struct source *source, const struct stat *file)
{
    if (!S_ISREG(file->st_mode))
        return "no regular file, so not a ring of sockspy";
    if (file->st_uid != geteuid())
        return wrong(source, "another user's ring (user %lu); read it as that user", file->st_uid);
    if ((file->st_mode & 022) != 0)
        return "others may write to it, so it proves nothing; chmod 600 it if you trust it";
    if (file->st_size < (off_t)sizeof(struct ring_header))
        return "not a ring of sockspy, or cut short; record one: sockspy run -- COMMAND";
    return NULL;
}

/* A ring that ring_attach refuses: what to do about it. */
static const char *judge_ring(struct source *source, const char *refusal)
{
    const struct ring_header *const header = source->memory;
    if (memcmp(header->magic, RING_MAGIC, sizeof header->magic) == 0 && header->version != RING_VERSION) {
        snprintf(source->wrong, sizeof source->wrong,
                 "a ring of version %u, while this sockspy reads version %u; use the sockspy that recorded it",
                 header->version, RING_VERSION);
        return source->wrong;
    }
    if (memcmp(header->magic, RING_MAGIC, sizeof header->magic) != 0)
        return "not a ring of sockspy; record one: sockspy run -- COMMAND";
    snprintf(source->wrong, sizeof source->wrong, "%s; sockspy clean removes it", refusal);
    return source->wrong;
}

const char *source_attach(struct source *source, void *memory, size_t size)
{
    *source = (struct source){.memory = memory};
    const char *const refusal = ring_attach(&source->ring, memory, size);
    if (refusal != NULL)
        return judge_ring(source, refusal);
    source->lanes = memory_new(source->ring.lane_mask + 1, sizeof *source->lanes);
    source->owners = memory_grow(NULL, (size_t)source->ring.chunk_mask + 1, sizeof *source->owners);
    for (uint32_t i = 0; i <= source->ring.lane_mask; i++)
        source->lanes[i].fresh = true;
    source->opened_ns = monotonic();
    source->opened_ticks = clock_ticks(source->ring.clock);
    return NULL;
}

const char *source_open(struct source *source, const char *path)
{
    *source = (struct source){.path = path};
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return why_not_opened(source, errno);
    struct stat file;
    const char *refusal = fstat(fd, &file) == 0 ? judge_file(source, &file) : why_not_opened(source, errno);
    void *memory = MAP_FAILED;
    if (refusal == NULL) {
        memory = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED)
            refusal = why_not_opened(source, errno);
    }
    close(fd);
    if (refusal != NULL)
        return refusal;
    refusal = source_attach(source, memory, (size_t)file.st_size);
    source->path = path;
    if (refusal != NULL)
        munmap(memory, (size_t)file.st_size);
    else
        source->size = (size_t)file.st_size;
    return refusal;
}

/* Waits for what is being read. */
static void free_ahead(struct ahead *ahead)
{
    if (ahead == NULL)
        return;
    if (ahead->running)
        pthread_join(ahead->thread, NULL);
    batch_free(&ahead->source.batch);
    free(ahead);
}

void source_close(struct source *source)
{
    free_ahead(source->passage.ahead); /* reads in all of it */
    if (source->size != 0)
        munmap(source->memory, source->size);
    free(source->lanes);
    free(source->owners);
    free(source->passage.earliest);
    batch_free(&source->batch);
    *source = (struct source){0};
}

/* --- reading ------------------------------------------------------------------- */

static int compare_words(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Copies the owners of the chunks that have something to read, in the order of
 * their numbers; `lowest` is the first that may. Returns how many. */
static size_t find_chunks(struct source *source, uint64_t lowest)
{
    const struct ring *const ring = &source->ring;
    const uint64_t next = __atomic_load_n(&ring->header->next_chunk, __ATOMIC_ACQUIRE);
    uint64_t span = (uint64_t)ring->chunk_mask + 1;
    if (lowest < next && next - lowest < span)
        span = next - lowest;
    size_t count = 0;
    bool sorted = true;
    for (uint64_t i = 0; i < span; i++) {
        const uint64_t owner = __atomic_load_n(&ring->owners[(next - span + i) & ring->chunk_mask], __ATOMIC_ACQUIRE);
        const uint32_t number = OWNER_LANE(owner);
        if (owner == 0 || number > ring->lane_mask)
            continue;
        const struct lane *const lane = &source->lanes[number];
        const uint64_t chunk = OWNER_CHUNK(owner);
        if (lane->counted >= lane->total || lane->waiting || chunk < lane->chunk ||
            chunk * CHUNK_SLOTS >= lane->position)
            continue;
        sorted = sorted && (count == 0 || owner >= source->owners[count - 1]);
        source->owners[count++] = owner;
    }
    if (!sorted)
        qsort(source->owners, count, sizeof *source->owners, compare_words);
    return count;
}

/* Looks at every lane; returns the lowest chunk that any has something in, or
 * UINT64_MAX where none has. */
static uint64_t look(struct source *source)
{
    uint64_t lowest = UINT64_MAX;
    for (uint32_t i = 0; i <= source->ring.lane_mask; i++) {
        if (lane_look(source, i) && source->lanes[i].chunk < lowest)
            lowest = source->lanes[i].chunk;
    }
    return lowest;
}

/* Reads what `look` saw. Returns whether a lane waits for a record that is
 * being written; none does so longer than `patience` ns. */
static bool read_lanes(struct source *source, uint64_t lowest, int64_t patience)
{
    const int64_t now = monotonic();
    struct lane *const lanes = source->lanes;
    for (uint32_t i = 0; i <= source->ring.lane_mask; i++) {
        if (!lanes[i].waiting)
            lanes[i].since = now;
        lanes[i].waiting = false;
    }
    const size_t count = find_chunks(source, lowest);
    for (size_t i = 0; i < count; i++) {
        const uint32_t number = OWNER_LANE(source->owners[i]);
        lane_read(source, number, OWNER_CHUNK(source->owners[i]), now - lanes[number].since < patience);
    }
    bool waiting = false;
    for (uint32_t i = 0; i <= source->ring.lane_mask; i++) {
        lane_end(source, i, now - lanes[i].since < patience);
        waiting |= lanes[i].waiting;
    }
    return waiting;
}

/* Everything up to now; what is being written gets a moment to become whole. */
static void read_once(struct source *source)
{
    const uint64_t lowest = look(source);
    while (lowest != UINT64_MAX && read_lanes(source, lowest, SECOND_LOOK_ONCE))
        nanosleep(&(struct timespec){.tv_nsec = MILLISECOND / 10}, NULL);
}

/* --- reading in passing -------------------------------------------------------- */

/* Gives back the pages of the ring that were read: they are in the kernel's hands
 * all the same, and need not count as ours as well. */
static void forget_pages(const struct source *source)
{
    if (source->size != 0)
        madvise(source->memory, source->size, MADV_DONTNEED);
}

/* Looks through the ring for how far each part of it reaches back in time: a
 * record that waited for long to end may lie behind many that came after it. */
static void survey(struct source *source, size_t count)
{
    struct passage *const passage = &source->passage;
    uint64_t earliest = UINT64_MAX;
    passage->next = 0;
    passage->count = count;
    passage->earliest = memory_grow(passage->earliest, count, sizeof *passage->earliest);
    for (size_t i = 0; i < count; i++) {
        passage->earliest[i] = lane_survey(source, OWNER_LANE(source->owners[i]), OWNER_CHUNK(source->owners[i]));
        if (i % PASSING_LEAST == 0)
            forget_pages(source);
    }
    for (size_t i = count; i-- != 0; passage->earliest[i] = earliest) {
        if (passage->earliest[i] < earliest)
            earliest = passage->earliest[i];
    }
}

/* The next part of the ring. What was being written when the first was read has
 * had its time. */
static void *read_ahead(void *context)
{
    struct source *const source = &((struct ahead *)context)->source;
    struct passage *const passage = &source->passage;
    for (size_t i = 0; i < PASSING_CHUNKS && passage->next < passage->count; i++, passage->next++) {
        const uint64_t owner = source->owners[passage->next];
        lane_read(source, OWNER_LANE(owner), OWNER_CHUNK(owner), false);
    }
    if (passage->next % PASSING_LEAST == 0)
        forget_pages(source);
    source->horizon = UINT64_MAX;
    if (passage->next < passage->count) {
        const uint64_t earliest = passage->earliest[passage->next];
        source->horizon = earliest != 0 ? earliest - 1 : 0;
    } else {
        for (uint32_t i = 0; i <= source->ring.lane_mask; i++)
            lane_end(source, i, false);
    }
    batch_sort(&source->batch);
    return NULL;
}

/* Lets another processor do it; signals are none of its business, but for those of
 * a ring that is cut short. */
static void begin_ahead(struct ahead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    ahead->running = pthread_create(&ahead->thread, NULL, read_ahead, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void read_part(struct source *source)
{
    struct ahead *const ahead = source->passage.ahead;
    if (ahead->running)
        pthread_join(ahead->thread, NULL);
    else
        read_ahead(ahead);
    ahead->running = false;
    const bool rest = batch_has(&source->batch, UINT64_MAX);
    batch_follow(&ahead->source.batch, &source->batch);
    const struct batch empty = source->batch;
    source->batch = ahead->source.batch;
    ahead->source.batch = empty;
    source->horizon = ahead->source.horizon;
    source->passage.next = ahead->source.passage.next;
    if (rest)
        batch_sort(&source->batch);
    if (source->passage.next < source->passage.count)
        begin_ahead(ahead);
}

static void begin_passing(struct source *source)
{
    const uint64_t lowest = look(source);
    const size_t count = lowest != UINT64_MAX ? find_chunks(source, lowest) : 0;
    if (count <= PASSING_LEAST) {
        source_read(source, SOURCE_ONCE);
        return;
    }
    survey(source, count);
    free_ahead(source->passage.ahead);
    source->passage.ahead = memory_new(1, sizeof *source->passage.ahead);
    source->passage.ahead->source = *source;
    source->passage.ahead->source.batch = (struct batch){0};
    read_part(source);
}

/* --- reading and telling ------------------------------------------------------- */

/* The moment before which nothing more is to be expected, while following. The
 * rate of the ring's clock is measured against our own since the opening. */
static uint64_t hold_back(const struct source *source)
{
    const struct ring *const ring = &source->ring;
    const size_t records = ((size_t)ring->chunk_mask + 1) * CHUNK_SLOTS / 2;
    if (source->batch.count > records) /* moments that never come: the clock is not this machine's */
        return UINT64_MAX;
    const uint64_t ticks = clock_ticks(ring->clock);
    const int64_t elapsed = monotonic() - source->opened_ns;
    if (elapsed < MILLISECOND)
        return 0;
    const double rate = (double)(ticks - source->opened_ticks) / (double)elapsed;
    return ticks - (uint64_t)(rate * (double)HOLD_BACK);
}

void source_read(struct source *source, enum source_mode mode)
{
    if (mode == SOURCE_PASSING) {
        begin_passing(source);
        return;
    }
    const size_t before = source->batch.count - source->batch.next;
    if (mode != SOURCE_ONCE)
        batch_compact(&source->batch);
    if (mode == SOURCE_FOLLOW) {
        const uint64_t lowest = look(source);
        if (lowest != UINT64_MAX)
            read_lanes(source, lowest, SECOND_LOOK_FOLLOW);
        source->active = lowest != UINT64_MAX || source->batch.count != 0;
        source->horizon = hold_back(source);
    } else {
        read_once(source);
        source->horizon = UINT64_MAX;
    }
    if (source->batch.count - source->batch.next > before)
        batch_sort(&source->batch);
}

const struct record *source_next(struct source *source)
{
    const struct record *record;
    while ((record = batch_take(&source->batch, source->horizon)) == NULL &&
           source->passage.next < source->passage.count)
        read_part(source);
    return record;
}

void source_rewind(struct source *source)
{
    batch_rewind(&source->batch);
}

bool source_at_hand(const struct source *source)
{
    return batch_has(&source->batch, source->horizon);
}

void source_sleep(struct source *source)
{
    source->pause = source->active ? SLEEP_ACTIVE : 2 * source->pause;
    if (source->pause < SLEEP_ACTIVE)
        source->pause = SLEEP_ACTIVE;
    if (source->pause > SLEEP_IDLE)
        source->pause = SLEEP_IDLE;
    nanosleep(&(struct timespec){.tv_nsec = source->pause}, NULL);
}

uint64_t source_written(const struct source *source)
{
    uint64_t written = 0;
    for (uint32_t i = 0; i <= source->ring.lane_mask; i++)
        written += ring_lane_total(&source->ring.lanes[i]);
    return written;
}
