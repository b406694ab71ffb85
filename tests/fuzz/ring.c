/* ring.c - fuzzes what reads a ring: the input says what lies in it, and which
 * verb shows it, with which options and filters.
 *
 * The ring itself is well formed, and so are most records, so that the bytes
 * reach the model and the renderers; then words of records, of the header, the
 * lanes, the owners and the processes may be written over with others.
 *
 * So that thousands go by in a second, the ring lies in memory, and no time is waited
 * for: it flies. RING=path: the ring is left there, and not shown.
 */
#include "ring_make.h"

/* The whole viewer, from its arguments on. */
int viewer_main(int argc, char **argv);
#define main viewer_main
#include "../../viewer/main.c"
#undef main

#include "../../viewer/base/stop.h"
#include "../../viewer/source.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

enum { LANES = 4, RING_BYTES_MAX = 256 * 1024, ARGUMENTS_MAX = 24, JUST_FOLLOW = 255 };

static const char *const views[] = {
    "log",
    "log -T -tt -s 4096 --color=always",
    "log -r -n 5 -f",
    "log --format=jsonl",
    "log --format=csv",
    "sockets --color=always",
    "sockets --leaks",
    "sockets --open --format=jsonl",
    "sockets --format=csv",
    "sockets -f",
    "connections --color=always",
    "connections --format=jsonl -n 9",
    "connections --format=csv",
    "connections -f --format=jsonl",
    "explain --lang=both --deep",
    "explain --brief --lang=ko --color=always",
    "explain --format=jsonl -s 0",
    "explain --lang=en",
    "diagram --lang=ko --color=always",
    "diagram --by=socket",
    "diagram --brief -s 100",
    "report",
    "export --format=pcapng",
    "export --format=perfetto",
    "export --format=mermaid --max=7",
    "export --format=mermaid",
    "stat",
    "stat --by=process --format=csv",
    "stat --by=peer --color=always",
    "stat --by=socket --format=jsonl",
    "stat --by=connect",
    "audit --strict --deny=*\tlisten\t0.0.0.0:* --allow=c*\tconnect,speak\t127.0.0.0/8:80,440-450",
    "audit --format=jsonl --deny=*\topen\tpacket* --deny=*\t*\tunix:*a* --allow=*\t*\t[::1]:*",
    "audit --format=csv",
    "info",
    "info --format=jsonl",
};

static const char *const filters[] = {
    "", "-p 101,102", "--fd=3,4",  "--port=80", "--host=*a*", "-e %net,%io",    "-e !close,%name",
    "", "-z",         "--comm=c*", "-Z",        "-n 3",       "--since=160000", "--host=127.* --fd=5 -p 103",
};

static struct {
    char path[256]; /* names the ring in memory, too */
    bool kept;      /* it stays there and is not shown */
    char *memory;
    size_t size; /* of what of it has been used */
    int fd;
    struct ring ring;
} file; /* the one ring, made anew for each input */

static void remove_file(void)
{
    unlink(file.path);
}

static void begin(void)
{
    const char *const directory = getenv("TMPDIR"), *const kept = getenv("RING");
    const size_t size = ring_file_size(RING_BYTES_MAX, LANES);
    snprintf(file.path, sizeof file.path, "%.150s/sockspy-fuzz-XXXXXX", directory != NULL ? directory : "/tmp");
    if (kept != NULL)
        snprintf(file.path, sizeof file.path, "%s", kept);
    file.kept = kept != NULL;
    file.fd = kept != NULL ? open(kept, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : mkstemp(file.path);
    if (file.fd < 0 || (file.kept && ftruncate(file.fd, (off_t)size) != 0))
        abort();
    file.memory = mmap(NULL, size, PROT_READ | PROT_WRITE, file.kept ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS,
                       file.kept ? file.fd : -1, 0);
    stderr = fopen("/dev/null", "we"); /* complaints; reports of a crash come another way */
    if (file.memory == MAP_FAILED || stderr == NULL || (!file.kept && atexit(remove_file) != 0))
        abort();
    stop_catch(); /* so that to follow ends at once */
    raise(SIGTERM);
}

/* --- what the viewer takes for the system (the linker's --wrap) ------------------- */

const char *__real_source_open(struct source *source, const char *path);
const char *__wrap_source_open(struct source *source, const char *path);
int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

static time_t slept; /* in all */

const char *__wrap_source_open(struct source *source, const char *path)
{
    if (strcmp(path, file.path) != 0)
        return __real_source_open(source, path);
    const char *const refusal = source_attach(source, file.memory, file.size);
    source->path = path;
    return refusal;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    const int status = __real_clock_gettime(clock, time);
    if (clock == CLOCK_MONOTONIC)
        time->tv_sec += slept;
    return status;
}

/* Longer than anybody's patience. */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    slept += time->tv_sec + 1;
    return 0;
}

/* --- the ring -------------------------------------------------------------------- */

static void make_ring(struct input *input, bool this_boot)
{
    static const uint64_t sizes[] = {RING_SIZE_MIN, 65536, RING_BYTES_MAX};
    const uint8_t form = take(input);
    const uint64_t size = sizes[form % 16 == 0 ? 2 : form % 2];
    memset(file.memory, 0, file.size);
    ring_format(file.memory, size, form / 4 % LANES + 1, form >= 240 ? RING_CLOCK_TSC : RING_CLOCK_MONOTONIC);
    struct ring_header *const header = (struct ring_header *)(void *)file.memory;
    file.size = header->file_size;
    if ((file.kept && ftruncate(file.fd, (off_t)file.size) != 0) || ring_attach(&file.ring, header, file.size))
        abort();
    if (!this_boot) {
        header->created = (struct moment){1000000000, INT64_C(1700000000000000000)};
        return;
    }
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, header->boot_id, 36) != 36)
        abort();
    close(fd);
}

/* --- showing it ------------------------------------------------------------------ */

/* Cuts the words of `text`, which it writes to, at its blanks. */
static int add_words(char **arguments, int count, char *text)
{
    for (char *word; (word = strsep(&text, " ")) != NULL && count < ARGUMENTS_MAX;) {
        if (*word != '\0')
            arguments[count++] = word;
    }
    return count;
}

static void show(const char *view, const char *filter)
{
    char words[2][256], *arguments[ARGUMENTS_MAX + 8] = {(char[]){"sockspy"}};
    snprintf(words[0], sizeof words[0], "%s", view);
    snprintf(words[1], sizeof words[1], "%s", strncmp(view, "info", 4) != 0 ? filter : "");
    int count = add_words(arguments, 1, words[0]);
    count = add_words(arguments, count, words[1]);
    arguments[count++] = (char[]){"-o"};
    arguments[count++] = (char[]){"/dev/null"};
    arguments[count++] = file.path;
    viewer_main(count, arguments);
    signal(SIGTERM, SIG_DFL); /* which following took */
    signal(SIGINT, SIG_DFL);
}

/* Reads it as a follower does, who has some time to spare. */
static void follow(void)
{
    static const enum source_mode modes[] = {SOURCE_FOLLOW, SOURCE_FOLLOW, SOURCE_LAST};
    struct source source;
    if (source_open(&source, file.path) != NULL)
        return;
    for (size_t i = 0; i < COUNT(modes); i++) {
        source_read(&source, modes[i]);
        while (source_next(&source) != NULL)
            ;
    }
    source_close(&source);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char environment[][16] = {"LC_ALL=C.UTF-8", "LC_ALL=C", "COLUMNS=132", "COLUMNS=40"};
    struct input input = {bytes, bytes + size};
    if (file.memory == NULL)
        begin();
    const uint8_t mode = take(&input), view = take(&input), filter = take(&input);
    putenv(environment[mode % 16 == 0]);
    putenv(environment[2 + (mode % 4 == 0)]);
    const bool this_boot = mode == 255, damaged = mode >= 128;
    struct input damage = {bytes, bytes};
    if (damaged) { /* its bytes stand in front */
        const size_t some = take(&input), left = (size_t)(input.end - input.at);
        damage = (struct input){input.at, input.at + (some < left ? some : left)};
        input.at = damage.end;
    }
    make_ring(&input, this_boot);
    make_processes(&input, &file.ring, this_boot);
    make_records(&input, &file.ring);
    if (damaged)
        damage_ring(&damage, &file.ring);
    if (view == JUST_FOLLOW)
        follow();
    else if (!file.kept)
        show(views[view % COUNT(views)], filters[filter % COUNT(filters)]);
    return 0;
}
