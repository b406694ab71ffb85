/* layouts.c - four ways to lay out the ring, and what each of them costs.
 *
 *     layouts [RECORDS]
 *
 * lanes    as built: a lane for each CPU, which takes chunks from the whole ring
 * cursor   one position for all, moved by fetch-and-add for each record
 * threads  a lane for each thread instead
 * parts    a part of its own for each CPU, as tracing buffers often have it
 *
 * Prints for each the processor time of one record in ns, without any clock,
 * with 1, 2 and 64 threads; and how many records of one busy thread an 8 MiB
 * ring keeps where 63 others write now and then: on 2 CPUs, and on 64, where it
 * is each on its own.
 */
#include "../../preload/ring.c"
#include "../../preload/ring_layout.c"
#include "../../preload/sys.c"
#include "../../viewer/base/clock.c"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS_MAX = 64, RING_BYTES = 8 << 20, RING_SLOTS = RING_BYTES / SLOT_SIZE };

static struct ring rings[THREADS_MAX]; /* only `parts` has more than one */
static uint64_t cursor __attribute__((aligned(64)));

static void new_rings(uint64_t bytes, uint32_t lanes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const uint64_t size = ring_file_size(bytes, lanes);
        void *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (memory == MAP_FAILED)
            exit(1);
        ring_format(memory, bytes, lanes, RING_CLOCK_MONOTONIC);
        ring_attach(&rings[i], memory, size);
    }
    cursor = 0;
}

static void free_rings(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        munmap(rings[i].header, rings[i].header->file_size);
}

/* Every layout: `who` writes a record, on CPU `cpu`. */
typedef void put_record(uint32_t who, uint32_t cpu, struct record *record);

static void put_lane(uint32_t who, uint32_t cpu, struct record *record)
{
    (void)who;
    ring_write(&rings[0], cpu, record, NULL, 0);
}

static void put_cursor(uint32_t who, uint32_t cpu, struct record *record)
{
    const uint64_t position = __atomic_fetch_add(&cursor, 2, __ATOMIC_RELAXED);
    uint64_t *const to = rings[0].slots + position % RING_SLOTS * (SLOT_SIZE / 8);
    (void)who, (void)cpu;
    const uint64_t sum = put_head(to, (const ring_word *)record, position, (uint32_t)position / 2, 2);
    __atomic_store_n(&to[WORD_CHECK], sum, __ATOMIC_RELEASE);
}

static void put_thread(uint32_t who, uint32_t cpu, struct record *record)
{
    (void)cpu;
    ring_write(&rings[0], who, record, NULL, 0);
}

static void put_part_of_ring(uint32_t who, uint32_t cpu, struct record *record)
{
    (void)who;
    ring_write(&rings[cpu % THREADS_MAX], 0, record, NULL, 0);
}

static const struct layout_kind {
    const char *name;
    put_record *put;
    bool by_thread; /* its lanes are as many as threads, else as CPUs */
    bool in_parts;
} layouts[] = {
    {"lanes", put_lane, false, false},
    {"cursor", put_cursor, false, false},
    {"threads", put_thread, true, false},
    {"parts", put_part_of_ring, false, true},
};

/* Makes the rings of a layout; returns how many. */
static unsigned begin_layout(const struct layout_kind *layout, unsigned threads, unsigned cpus)
{
    const unsigned count = layout->in_parts ? cpus : 1;
    new_rings(RING_BYTES / count, layout->in_parts ? 1 : layout->by_thread ? threads : cpus, count);
    return count;
}

/* --- time -------------------------------------------------------------------- */

struct writer {
    const struct layout_kind *layout;
    pthread_barrier_t *start;
    uint32_t number;
    uint64_t records;
    double ns;
};

static double processor_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *write_records(void *context)
{
    struct writer *const writer = context;
    put_record *const write_one = writer->layout->put;
    struct record record = {.call = CALL_send, .tid = writer->number};
    pthread_barrier_wait(writer->start);
    const double begin = processor_ns();
    for (uint64_t i = 0; i < writer->records; i++) {
        record.start = i;
        write_one(writer->number, (uint32_t)sched_getcpu(), &record);
    }
    writer->ns = (processor_ns() - begin) / (double)writer->records;
    return NULL;
}

/* The mean time of a record, with so many threads. */
static double time_threads(const struct layout_kind *layout, unsigned threads, uint64_t records)
{
    struct writer writers[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    pthread_barrier_t start;
    const unsigned count = begin_layout(layout, threads, (unsigned)sysconf(_SC_NPROCESSORS_CONF));
    pthread_barrier_init(&start, NULL, threads);
    for (unsigned i = 0; i < threads; i++) {
        writers[i] = (struct writer){layout, &start, i, records / threads, 0};
        if (pthread_create(&ids[i], NULL, write_records, &writers[i]) != 0)
            exit(1);
    }
    double sum = 0;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        sum += writers[i].ns;
    }
    free_rings(count);
    return sum / threads;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median_time(const struct layout_kind *layout, unsigned threads, uint64_t records)
{
    double times[5];
    for (int i = 0; i < 5; i++)
        times[i] = time_threads(layout, threads, records);
    qsort(times, 5, sizeof times[0], compare_doubles);
    return times[2];
}

/* --- history ----------------------------------------------------------------- */

/* Records of the busy thread, number 0, that are whole in the rings. */
static unsigned count_history(unsigned rings_there)
{
    unsigned found = 0;
    for (unsigned i = 0; i < rings_there; i++) {
        const unsigned slots = (rings[i].chunk_mask + 1) * CHUNK_SLOTS;
        for (unsigned slot = 0; slot < slots; slot += 2) {
            const ring_word *const words = rings[i].slots + (size_t)slot * (SLOT_SIZE / 8);
            const struct record *const record = (const struct record *)words;
            found +=
                record->call == CALL_send && record->tid == 0 && record->check == record_check(words, RECORD_WORDS);
        }
    }
    return found;
}

static unsigned history(const struct layout_kind *layout, unsigned cpus)
{
    const unsigned count = begin_layout(layout, THREADS_MAX, cpus);
    for (unsigned i = 0; i < 8 * RING_SLOTS / 2; i++) {
        struct record record = {.call = CALL_send, .tid = i % 1000 == 0 ? i / 1000 % THREADS_MAX : 0};
        layout->put(record.tid, record.tid % cpus, &record);
    }
    const unsigned found = count_history(count);
    free_rings(count);
    return found;
}

int main(int argc, char **argv)
{
    const uint64_t records = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000000;
    if (records < THREADS_MAX) {
        fputs("usage: layouts [RECORDS]\n", stderr);
        return 2;
    }
    printf("layout    1 thread  2 threads  64 threads   history, 2 CPUs  64 CPUs (of %d records)\n", RING_SLOTS / 2);
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout_kind *const layout = &layouts[i];
        printf("%-8s  %5.1f ns   %5.1f ns    %5.1f ns           %8u %8u\n", layout->name,
               median_time(layout, 1, records), median_time(layout, 2, records), median_time(layout, 64, records),
               history(layout, 2), history(layout, 64));
        fflush(stdout);
    }
    return 0;
}
