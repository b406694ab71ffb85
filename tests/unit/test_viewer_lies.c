/* test_viewer_lies.c - rings that lie, and files that are no rings. */
#include "viewer_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads and prints all, whatever it is; it must end, within the memory. */
static void read_hostile(struct fixture *f)
{
    static struct source source; /* only `out` of the fixture may be used on the way */
    const struct record *record;
    char *const copy = malloc(f->size);
    memcpy(copy, f->memory, f->size);
    if (source_attach(&source, copy, f->size) == NULL) {
        struct decoder *const decoder = decoder_new(&source.ring);
        struct out *const out = out_to_memory(f);
        struct text text;
        text_begin(&text, CLOCK_MICROSECONDS, true, 32);
        source_read(&source, SOURCE_ONCE);
        while ((record = source_next(&source)) != NULL) {
            const struct view *const view = decoder_view(decoder, record);
            out->used = 0;
            render_jsonl(out, view);
            render_csv(out, view);
            render_text(out, &text, view);
        }
        source_read(&source, SOURCE_FOLLOW);
        source_read(&source, SOURCE_LAST);
        source_read(&source, SOURCE_PASSING);
        out->used = 0;
        out_close(out);
        decoder_free(decoder);
        source_close(&source);
    }
    free(copy);
}

static struct fixture *rich_ring(void)
{
    static const uint8_t bytes[300] = {AF_INET6, 0, 1, 2, 3};
    struct fixture *const f = fixture_new(RING_SIZE_MIN * 4, 2);
    for (uint64_t i = 0; i < 300; i++) {
        struct record record = plain_record(f, (enum call)(i % CALL_COUNT));
        record.start = record.end = i + 1;
        record.fd = (int)i % 20;
        record.marks = (uint8_t)i;
        const struct created created[2] = {{7, 1, 2}, {8, 1, 3}};
        const struct ring_part parts[] = {
            {bytes, 28, 28, ITEM_LOCAL},    {bytes, 16, 16, ITEM_PEER},      {bytes, 300, (uint16_t)i, ITEM_PAYLOAD},
            {bytes, 8, 8, ITEM_VALUE},      {created, 32, 32, ITEM_CREATED}, {bytes, 28, 28, ITEM_ANSWER},
            {"some text", 9, 9, ITEM_TEXT}, {bytes, 12, 12, ITEM_PASSED},
        };
        ring_write(&f->ring, (uint32_t)i, &record, parts, 8);
    }
    struct ring_process process = {.number = 1, .pid = 3, .comm = "x", .path = "/x", .refused = "SOCKSPY_DATA=x"};
    ring_process_put(&f->ring, &process);
    return f;
}

/* Puts right the checks of all records, so that lies get past them. */
static void forge_checks(struct fixture *f)
{
    const size_t slots = ((size_t)f->ring.chunk_mask + 1) * CHUNK_SLOTS;
    for (size_t slot = 0; slot + 2 <= slots; slot++) {
        uint64_t *const words = f->ring.slots + slot * 8;
        struct record *const record = (struct record *)(void *)words;
        if (record->id % slots == slot && record->id != 0 && record->slots >= 2 &&
            slot % CHUNK_SLOTS + record->slots <= CHUNK_SLOTS)
            record->check = record_check(words, record->slots * (size_t)8);
    }
}

static void flipped_bits_do_no_harm(void **state)
{
    (void)state;
    struct fixture *const f = rich_ring();
    char *const good = malloc(f->size);
    memcpy(good, f->memory, f->size);
    uint64_t seed = 4711;
    for (int round = 0; round < 300; round++) {
        memcpy(f->memory, good, f->size);
        for (int i = 0; i < 1 + round; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const uint64_t from = i % 2 == 0 ? f->ring.header->chunks_at : 0;
            if (from < f->size)
                ((uint8_t *)f->memory)[from + (seed >> 20) % (f->size - from)] ^= (uint8_t)(1u << (seed >> 60) % 8);
        }
        if (round % 2 == 0) {
            ((struct ring_header *)f->memory)->chunks_at = ((struct ring_header *)good)->chunks_at;
            forge_checks(f);
        }
        read_hostile(f);
    }
    free(good);
    fixture_free(f);
}

static void every_field_may_be_anything(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 2, 0xff, 0xffff, UINT32_MAX, UINT64_MAX, UINT64_C(1) << 63};
    struct fixture *const f = rich_ring();
    char *const good = malloc(f->size);
    memcpy(good, f->memory, f->size);
    const size_t places[] = {0, f->ring.header->lanes_at, f->ring.header->owners_at, f->ring.header->processes_at,
                             f->ring.header->chunks_at + (size_t)CHUNK_SLOTS * SLOT_SIZE};
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        for (size_t word = 0; word < 90; word++) {
            for (size_t v = 0; v < sizeof values / sizeof values[0]; v += 1 + (p == 4)) {
                memcpy(f->memory, good, f->size);
                memcpy((char *)f->memory + places[p] + word * 8, &values[v], 8);
                if (p == 4)
                    forge_checks(f);
                read_hostile(f);
            }
        }
    }
    free(good);
    fixture_free(f);
}

/* --- files ------------------------------------------------------------------------- */

static char path[] = "/tmp/sockspy-source-XXXXXX";

static void write_file(const void *memory, size_t size, mode_t mode)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, memory, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void refused(const char *name, const char *word)
{
    struct source source;
    const char *const wrong = source_open(&source, name);
    assert_non_null(wrong);
    assert_has(wrong, word);
    assert_null(strchr(wrong, '\n'));
}

static void files_that_are_no_rings_are_refused(void **state)
{
    (void)state;
    struct fixture *const f = rich_ring();
    struct source source;
    close(mkstemp(path));
    write_file(f->memory, f->size, 0600);
    assert_null(source_open(&source, path));
    source_close(&source);

    write_file(f->memory, f->size - 1, 0600);
    refused(path, "truncated");
    write_file(f->memory, 100, 0600);
    refused(path, "cut short");
    write_file(f->memory, f->size, 0666);
    refused(path, "chmod 600");
    f->ring.header->version++;
    write_file(f->memory, f->size, 0600);
    refused(path, "reads version");
    memset(f->memory, 'x', 8);
    write_file(f->memory, f->size, 0600);
    refused(path, "not a ring");
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 65534, 65534), 0);
        refused(path, "another user's");
    }
    unlink(path);
    refused(path, "no such ring");
    assert_int_equal(symlink("/dev/null", path), 0);
    refused(path, "symbolic link");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(path, "regular file");
    unlink(path);
    refused("/", "regular file");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipped_bits_do_no_harm),
        cmocka_unit_test(every_field_may_be_anything),
        cmocka_unit_test(files_that_are_no_rings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
