/* ring_fixture.h - what the unit tests of the ring share: a ring in plain memory,
 * and a look at what is in it. */
#ifndef SOCKSPY_TESTS_RING_FIXTURE_H
#define SOCKSPY_TESTS_RING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../ring_reader.h"
#include "../ring_seeded.h"

#define MAX_SEEN 4096

/* A ring and the seeds of the records that a reader found in it. */
struct fixture {
    struct ring ring;
    void *memory;
    uint64_t size;
    uint64_t seeds[MAX_SEEN];
    uint64_t sequences[MAX_SEEN];
    unsigned found;
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

static inline void fixture_free(struct fixture *f)
{
    free(f->memory);
    free(f);
}

/* visit_record: checks the record and notes its seed. */
static inline void note_seed(void *context, uint32_t lane, const union found *found)
{
    struct fixture *const f = context;
    (void)lane;
    assert_true(is_seeded(found));
    assert_true(f->found < MAX_SEEN);
    f->sequences[f->found] = found->record.sequence;
    f->seeds[f->found++] = found->record.arg[0];
}

/* Reads the ring from the beginning into f->seeds. Returns how many are lost. */
static inline uint64_t read_all(struct fixture *f)
{
    struct ring_reader reader;
    f->found = 0;
    reader_open(&reader, &f->ring, note_seed, f);
    reader_poll(&reader);
    reader_close(&reader);
    return records_written(&f->ring) - f->found;
}

static inline bool was_found(const struct fixture *f, uint64_t seed)
{
    for (unsigned i = 0; i < f->found; i++)
        if (f->seeds[i] == seed)
            return true;
    return false;
}

#endif
