/* viewer_fixture.h - what the tests of the viewer share: a ring in plain memory,
 * records in it, and what is printed, as a string. */
#ifndef SOCKSPY_TESTS_VIEWER_FIXTURE_H
#define SOCKSPY_TESTS_VIEWER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../viewer/record/render.h"
#include "../../viewer/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

struct fixture {
    struct ring ring;
    void *memory;
    uint64_t size;
    struct source source;
    struct decoder *decoder;
    struct out out;
    char *printed;
};

static inline struct fixture *fixture_new(uint64_t bytes, uint32_t cpus)
{
    struct fixture *const f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->size = ring_file_size(bytes, cpus);
    f->memory = calloc(1, f->size);
    assert_non_null(f->memory);
    ring_format(f->memory, bytes, cpus, RING_CLOCK_MONOTONIC);
    assert_null(ring_attach(&f->ring, f->memory, f->size));
    return f;
}

static inline void fixture_close_source(struct fixture *f)
{
    if (f->decoder != NULL)
        decoder_free(f->decoder);
    if (f->source.memory != NULL)
        source_close(&f->source);
    f->decoder = NULL;
}

static inline void fixture_free(struct fixture *f)
{
    fixture_close_source(f);
    free(f->printed);
    free(f->memory);
    free(f);
}

static inline void fixture_open_source(struct fixture *f)
{
    fixture_close_source(f);
    assert_null(source_attach(&f->source, f->memory, f->size));
    f->decoder = decoder_new(&f->source.ring);
}

/* A plain record of `call`, a moment after the ring was made. */
static inline struct record plain_record(const struct fixture *f, enum call call)
{
    struct record record = {.call = call, .fd = -1, .pid = 811, .tid = 811, .comm = "curl", .process = 1};
    record.start = f->ring.header->created.ticks + 1000;
    record.end = record.start + 500;
    return record;
}

static inline void write_record(struct fixture *f, uint32_t lane, struct record record, const struct ring_part *parts,
                                unsigned count)
{
    ring_write(&f->ring, lane, &record, parts, count);
}

/* Makes `out` write into memory; out_printed ends that. */
static inline struct out *out_to_memory(struct fixture *f)
{
    out_open(&f->out, -1, COLOUR_NEVER);
    return &f->out;
}

/* What was written, as a string that lives until the next call. */
static inline const char *out_printed(struct fixture *f)
{
    free(f->printed);
    f->printed = strndup(f->out.buffer, f->out.used);
    if (f->printed == NULL)
        abort();
    f->out.used = 0;
    out_close(&f->out);
    return f->printed;
}

/* The first record of the ring as the verbs see it. */
static inline const struct view *first_view(struct fixture *f)
{
    fixture_open_source(f);
    source_read(&f->source, SOURCE_ONCE);
    const struct record *const record = source_next(&f->source);
    assert_non_null(record);
    return decoder_view(f->decoder, record);
}

static inline const char *first_json(struct fixture *f)
{
    render_jsonl(out_to_memory(f), first_view(f));
    return out_printed(f);
}

static inline const char *first_text(struct fixture *f)
{
    struct text text;
    text_begin(&text, CLOCK_MILLISECONDS, false, 32);
    render_text(out_to_memory(f), &text, first_view(f));
    return out_printed(f);
}

static inline const char *first_csv(struct fixture *f)
{
    render_csv(out_to_memory(f), first_view(f));
    return out_printed(f);
}

static inline void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no '%s' in: %s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' in: %s", part, text);
}

#endif
