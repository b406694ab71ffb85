/* lecture_fixture.h - a call as the lecture sees it, for its tests to change. */
#ifndef SOCKSPY_TESTS_LECTURE_FIXTURE_H
#define SOCKSPY_TESTS_LECTURE_FIXTURE_H

#include "../../viewer/lecture/lecture.h"
#include "record/schema.h"
#include "scratch_fixture.h"

static struct call_info calls[CALLS_TOLD];

/* The call, and what is known besides. */
static struct view view;
static struct record record;
static struct facts facts;

static void begin_view(size_t call)
{
    const uint8_t loopback[4] = {127, 0, 0, 1};
    record = (struct record){.call = (uint16_t)call, .fd = 5, .ret = 7, .pid = 1, .marks = PLACE_STACK, .inode = 9};
    view = (struct view){.record = &record, .call = &calls[call], .end = (const char *)(&record + 1), .bytes = 78};
    view.created_count = 2;
    view.created[0].fd = 7;
    view.created[1].fd = 8;
    address_from_ipv4(&view.local, loopback, 45678);
    address_from_ipv4(&view.peer, loopback, 8080);
    facts = (struct facts){.fd = 5, .before_known = true, .left_known = true, .left = 100, .keeper_comm = "curl"};
}

/* Set-up of a group of tests; scratch_end is their tear-down. */
static int lecture_begin(void **state)
{
    schema_compile(calls);
    return scratch_begin(state);
}

#endif
