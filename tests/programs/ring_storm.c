/* ring_storm.c - a ring in bad weather.
 *
 *     ring_storm [SECONDS [SLOTS [reader|follower]]]
 *
 * Eight processes of eight threads write self-checking records into a small
 * ring, as fast as they can. Meanwhile, at random: processes are killed, stopped
 * and continued; threads are cancelled in mid-record, left by siglongjmp, and
 * fork in a signal handler, the child finishing what its parent began. A reader
 * (the tests' own, or the viewer's, following) checks every word that it gets.
 * At the end the sums must be exact. Prints one line; exit status 1 if anything
 * was wrong. Touches no process but its own children.
 */
#include "../../viewer/source.h"
#include "../ring_seeded.h"

#include "../../preload/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 8, THREADS = 8, MILLISECOND = 1000000 };

/* What a writer says of itself, in shared memory; it outlives its writer. */
struct diary {
    uint64_t begun, ended; /* calls of ring_write; atomic, since an orphan writes into its parent's */
    uint8_t pad[48];
};

static struct weather {
    struct diary diaries[PROCESSES * THREADS];
    uint64_t cancelled, jumped, forked;
} * weather;

static struct ring ring;

static uint64_t random_number(uint64_t *state, uint64_t below)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return scramble(*state) % below;
}

static void sleep_ns(long ns)
{
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

static void give_up(const char *what)
{
    fprintf(stderr, "ring_storm: %s\n", what);
    exit(1);
}

/* --- writers ----------------------------------------------------------------- */

static __thread sigjmp_buf out;
static __thread volatile sig_atomic_t orphan;

static void jump_out(int signal)
{
    (void)signal;
    siglongjmp(out, 1);
}

static void fork_here(int signal)
{
    (void)signal;
    if (_Fork() == 0)
        orphan = 1;
}

struct seat {
    unsigned process, thread;
};

static void *write_for_ever(void *context)
{
    const struct seat *const seat = context;
    const unsigned number = seat->process * THREADS + seat->thread;
    struct diary *const diary = &weather->diaries[number];
    const uint64_t series = (uint64_t)(number + 1) << 48;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    if (sigsetjmp(out, 0) == 0)
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL); /* siglongjmp leaves the handler's mask */
    for (;;) {
        const uint64_t now = __atomic_add_fetch(&diary->begun, 1, __ATOMIC_RELAXED);
        write_seeded(&ring, number + (uint32_t)(now >> 12), series | now, clock_ticks(ring.clock));
        if (orphan)
            _exit(0);
        __atomic_fetch_add(&diary->ended, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* A process of writers, and of a thread that troubles them, until it is killed. */
static _Noreturn void be_a_process(unsigned process, pid_t parent, uint64_t random)
{
    static struct seat seats[THREADS];
    pthread_t threads[THREADS];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGUSR1, jump_out);
    signal(SIGUSR2, fork_here);
    signal(SIGCHLD, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    nice(5); /* the reader gets its share of two CPUs */
    for (unsigned i = 0; i < THREADS; i++) {
        seats[i] = (struct seat){process, i};
        if (pthread_create(&threads[i], NULL, write_for_ever, &seats[i]) != 0)
            _exit(1);
    }
    for (;;) {
        sleep_ns((long)random_number(&random, 10 * MILLISECOND));
        const unsigned i = (unsigned)random_number(&random, THREADS);
        const uint64_t trouble = random_number(&random, 8);
        if (trouble == 0) {
            pthread_kill(threads[i], SIGUSR2);
            __atomic_fetch_add(&weather->forked, 1, __ATOMIC_RELAXED);
        } else if (trouble < 4) {
            pthread_kill(threads[i], SIGUSR1);
            __atomic_fetch_add(&weather->jumped, 1, __ATOMIC_RELAXED);
        } else {
            pthread_cancel(threads[i]);
            pthread_join(threads[i], NULL);
            __atomic_fetch_add(&weather->cancelled, 1, __ATOMIC_RELAXED);
            if (pthread_create(&threads[i], NULL, write_for_ever, &seats[i]) != 0)
                _exit(1);
        }
    }
}

/* --- the weather ------------------------------------------------------------- */

struct storm {
    pid_t pids[PROCESSES];
    int stopped[PROCESSES]; /* rounds until it may go on; 0: it runs */
    uint64_t kills, stops, random;
};

static void start_process(struct storm *storm, unsigned i)
{
    const pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        give_up("cannot fork");
    if (pid == 0)
        be_a_process(i, parent, random_number(&storm->random, UINT64_MAX));
    storm->pids[i] = pid;
    storm->stopped[i] = 0;
}

static void end_process(struct storm *storm, unsigned i)
{
    kill(storm->pids[i], SIGKILL);
    waitpid(storm->pids[i], NULL, 0);
}

static void strike(struct storm *storm)
{
    unsigned resting = 0;
    for (unsigned i = 0; i < PROCESSES; i++) {
        if (storm->stopped[i] > 0 && --storm->stopped[i] == 0)
            kill(storm->pids[i], SIGCONT);
        resting += storm->stopped[i] > 0;
    }
    const unsigned i = (unsigned)random_number(&storm->random, PROCESSES);
    if (random_number(&storm->random, 4) == 0) {
        end_process(storm, i);
        start_process(storm, i);
        storm->kills++;
    } else if (storm->stopped[i] == 0 && resting < PROCESSES / 2) {
        kill(storm->pids[i], SIGSTOP);
        storm->stopped[i] = 1 + (int)random_number(&storm->random, 20);
        storm->stops++;
    }
}

/* --- the readers ------------------------------------------------------------- */

struct watch {
    bool stop, wrong;
    bool follows;
    uint64_t read, lost;
    uint64_t last; /* chunk << 32 | sequence: sequences count up within a chunk */
    void *memory;
    size_t size;
};

static void check_record(void *context, uint32_t lane, const union found *found)
{
    struct watch *const watch = context;
    const uint64_t place = found->record.id / CHUNK_SLOTS << 32 | found->record.sequence;
    (void)lane;
    if (place >> 32 == watch->last >> 32 && (int32_t)(place - watch->last) <= 0 &&
        found->record.id % CHUNK_SLOTS != 0 && !watch->follows)
        watch->wrong = true;
    watch->last = place;
    if (!is_seeded(found))
        watch->wrong = true;
}

/* The tests' own reader: again and again, whatever is there. What it never saw
 * is lost. */
static void read_on(struct watch *watch)
{
    struct ring_reader reader;
    reader_open(&reader, &ring, check_record, watch);
    while (!__atomic_load_n(&watch->stop, __ATOMIC_ACQUIRE)) {
        watch->last = 0;
        reader_poll(&reader);
    }
    watch->last = 0;
    reader_poll(&reader);
    watch->read = reader.read;
    watch->lost = records_written(&ring) - ring.header->count[COUNT_UNWRITTEN] - reader.read;
    reader_close(&reader);
}

static void take_all(struct watch *watch, struct source *source)
{
    const struct record *record;
    while ((record = source_next(source)) != NULL) {
        if (record->call == CALL_LOST) {
            watch->lost += (uint64_t)record->ret;
        } else {
            watch->read++;
            check_record(watch, 0, (const union found *)(const void *)record);
        }
    }
}

/* The viewer's reader, in follow mode. */
static void follow(struct watch *watch)
{
    struct source source;
    const char *const refusal = source_attach(&source, watch->memory, watch->size);
    if (refusal != NULL)
        give_up(refusal);
    while (!__atomic_load_n(&watch->stop, __ATOMIC_ACQUIRE)) {
        source_read(&source, SOURCE_FOLLOW);
        take_all(watch, &source);
    }
    source_read(&source, SOURCE_LAST);
    take_all(watch, &source);
    source_close(&source);
}

static void *watch_ring(void *context)
{
    struct watch *const watch = context;
    if (watch->follows)
        follow(watch);
    else
        read_on(watch);
    return NULL;
}

/* --- main -------------------------------------------------------------------- */

static uint64_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec;
}

/* Blows for `seconds`. False where writing came to a halt. */
static bool blow(struct storm *storm, uint64_t seconds)
{
    const uint64_t end = seconds_now() + seconds;
    uint64_t then = seconds_now(), before = 0;
    while (seconds_now() < end) {
        sleep_ns((long)random_number(&storm->random, 20 * MILLISECOND));
        strike(storm);
        if (seconds_now() < then + 5)
            continue;
        const uint64_t written = records_written(&ring);
        if (written == before)
            return false;
        then = seconds_now();
        before = written;
    }
    return true;
}

/* After the storm every slot must come back into use, but for open chunks. */
static bool is_healthy(void)
{
    const uint64_t slots = (uint64_t)(ring.chunk_mask + 1) * CHUNK_SLOTS;
    struct watch watch = {.follows = false};
    struct ring_reader reader;
    for (uint64_t seed = 0, written = 0; written < slots; seed++) {
        if (payload_size(seed) == 0) { /* two slots each: two laps */
            write_seeded(&ring, 0, seed, 1);
            written++;
        }
    }
    reader_open(&reader, &ring, check_record, &watch);
    reader_poll(&reader);
    const uint64_t read = reader.read;
    reader_close(&reader);
    return !watch.wrong && read >= (uint64_t)(ring.chunk_mask - ring.lane_mask) * CHUNK_SLOTS / 2;
}

static bool report(const struct storm *storm, const struct watch *watch, uint64_t seconds, bool went_on)
{
    const uint64_t unwritten = ring.header->count[COUNT_UNWRITTEN];
    const uint64_t written = records_written(&ring);
    /* Each trouble may have cost, or doubled, the call that it hit; a kill one of each thread. */
    const uint64_t doubtful =
        THREADS * (storm->kills + PROCESSES) + weather->cancelled + weather->jumped + 2 * weather->forked;
    uint64_t begun = 0, ended = 0;
    for (unsigned i = 0; i < PROCESSES * THREADS; i++) {
        begun += weather->diaries[i].begun;
        ended += weather->diaries[i].ended;
    }
    const bool exact = watch->read + watch->lost + unwritten == written && ended <= written + doubtful &&
                       written <= begun + doubtful && begun <= ended + doubtful;
    if (!exact)
        fprintf(stderr, "%lu begun, %lu written, %lu ended, %lu doubtful\n", begun, written, ended, doubtful);
    const bool healthy = is_healthy();
    printf("%lu records in %lu s (%.1f million a second), %u slots: %lu read by the %s, %lu lost, %lu without a slot; "
           "%lu kills, %lu stops, %lu cancelled, %lu jumps, %lu forks: %s\n",
           written, seconds, (double)written / (double)seconds / 1e6, (ring.chunk_mask + 1) * CHUNK_SLOTS, watch->read,
           watch->follows ? "follower" : "reader", watch->lost, unwritten, storm->kills, storm->stops,
           weather->cancelled, weather->jumped, weather->forked,
           watch->wrong ? "A WRONG RECORD"
           : !exact     ? "THE SUMS ARE WRONG"
           : !went_on   ? "WRITING HALTED"
           : !healthy   ? "SLOTS ARE LOST"
                        : "exact");
    return !watch->wrong && exact && went_on && healthy;
}

static void *shared_memory(size_t size)
{
    void *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        give_up("no memory");
    return memory;
}

int main(int argc, char **argv)
{
    const uint64_t seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;
    const uint64_t slots = argc > 2 ? strtoul(argv[2], NULL, 10) : 256;
    const uint64_t bytes = slots * SLOT_SIZE;
    if (bytes < RING_SIZE_MIN || bytes > RING_SIZE_MAX || seconds == 0)
        give_up("usage: ring_storm [SECONDS [SLOTS [reader|follower]]]");
    struct watch watch = {.follows = argc > 3 && strcmp(argv[3], "follower") == 0};
    struct storm storm = {.random = (uint64_t)getpid()};
    pthread_t watcher;

    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans come to us */
    weather = shared_memory(sizeof *weather);
    watch.size = ring_file_size(bytes, 4);
    watch.memory = shared_memory(watch.size);
    ring_format(watch.memory, bytes, 4, RING_CLOCK_MONOTONIC);
    if (ring_attach(&ring, watch.memory, watch.size) != NULL)
        give_up("a new ring is refused");
    for (unsigned i = 0; i < PROCESSES; i++)
        start_process(&storm, i);
    if (pthread_create(&watcher, NULL, watch_ring, &watch) != 0)
        give_up("no thread");
    const bool went_on = blow(&storm, seconds);
    for (unsigned i = 0; i < PROCESSES; i++)
        end_process(&storm, i);
    while (wait(NULL) > 0) /* the orphans finish their record */
        ;
    __atomic_store_n(&watch.stop, true, __ATOMIC_RELEASE);
    pthread_join(watcher, NULL);
    return report(&storm, &watch, seconds, went_on) ? 0 : 1;
}
