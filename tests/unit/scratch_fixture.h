/* scratch_fixture.h - a scratch for the tests of what puts texts together. */
#ifndef SOCKSPY_TESTS_SCRATCH_FIXTURE_H
#define SOCKSPY_TESTS_SCRATCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "out/phrase.h"

static struct out out;

/* Set-up and tear-down of a group of tests. */
static int scratch_begin(void **state)
{
    (void)state;
    phrase_scratch(&out, true);
    return 0;
}

static int scratch_end(void **state)
{
    (void)state;
    phrase_scratch_end(&out);
    return 0;
}

#endif
