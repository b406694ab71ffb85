/* test_conversation.c - what calls tell, as packets with sequence numbers: each is
 * noted as "client SA 0:1 +0" (flags, sequence and acknowledged number, bytes). */
#include "../../viewer/export/line.c"

#include "../../viewer/export/conversation.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct packet_end ends[2] = {{{10, 0, 0, 1}, 4, 40000}, {{10, 0, 1, 2}, 4, 80}};

struct notes {
    char text[4096];
    size_t used;
    struct packet packet;
    struct conversation_output output;
};

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void note(void *context, const struct packet *packet, int from)
{
    struct notes *const notes = context;
    const uint8_t *const tcp = packet->bytes + 20;
    const struct packet_end *const end = (uint16_t)(tcp[0] << 8 | tcp[1]) == ends[0].port ? &ends[0] : &ends[1];
    char flags[8] = {0};
    size_t count = 0;
    for (unsigned bit = 0; bit < 5; bit++) {
        if ((tcp[13] >> bit & 1) != 0)
            flags[count++] = "FSRPA"[bit];
    }
    notes->used += (size_t)snprintf(notes->text + notes->used, sizeof notes->text - notes->used, "%s %.*s %u:%u +%u\n",
                                    end == &ends[0] ? "client" : "server", (int)count, flags, u32(tcp + 4),
                                    u32(tcp + 8), packet->original - 20 - (tcp[12] >> 4) * 4u);
    assert_true(from == 0 || from == 1);
}

/* The packets since the last look. */
static void assert_notes(struct notes *notes, const char *wanted)
{
    assert_string_equal(notes->text, wanted);
    notes->used = 0;
    notes->text[0] = '\0';
}

static int setup(void **state)
{
    struct notes *const notes = *state = calloc(1, sizeof *notes);
    assert_non_null(notes);
    notes->output = (struct conversation_output){note, notes, &notes->packet};
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void send_bytes(struct conversation *c, struct notes *notes, int end, size_t bytes)
{
    conversation_send(c, &notes->output, end, &(struct packet_payload){NULL, 0, bytes});
}

static void what_comes_first_brings_about_what_was_before(void **state)
{
    struct notes *const notes = *state;
    struct conversation c = {.ends = {ends[0], ends[1]}};
    send_bytes(&c, notes, 1, 9);
    assert_notes(notes, "client S 0:0 +0\nserver SA 0:1 +0\nclient A 1:1 +0\nserver PA 1:1 +9\n");
    conversation_ask(&c, &notes->output);
    conversation_establish(&c, &notes->output);
    assert_notes(notes, "");
}

static void who_is_heard_of_acknowledges_by_reading(void **state)
{
    struct notes *const notes = *state;
    struct conversation c = {.ends = {ends[0], ends[1]}, .told = {false, true}};
    send_bytes(&c, notes, 0, 100);
    notes->used = 0;
    conversation_read(&c, &notes->output, 1, 60);
    assert_notes(notes, "server A 1:61 +0\n");
    send_bytes(&c, notes, 1, 5);
    assert_notes(notes, "server PA 1:61 +5\n");
    conversation_read(&c, &notes->output, 1, 60); /* more than there is */
    assert_notes(notes, "server A 6:101 +0\n");
    send_bytes(&c, notes, 0, 1); /* nobody tells what the client reads: all */
    assert_notes(notes, "client PA 101:6 +1\n");
}

static void both_finish_and_the_last_word_is_said(void **state)
{
    struct notes *const notes = *state;
    struct conversation c = {.ends = {ends[0], ends[1]}, .told = {true, true}};
    conversation_establish(&c, &notes->output);
    notes->used = 0;
    conversation_finish(&c, &notes->output, 0);
    conversation_finish(&c, &notes->output, 0);
    assert_notes(notes, "client FA 1:1 +0\n");
    conversation_see_end(&c, &notes->output, 1);
    conversation_see_end(&c, &notes->output, 1);
    assert_notes(notes, "server A 1:2 +0\n");
    send_bytes(&c, notes, 1, 7); /* half-closed: the server may go on */
    send_bytes(&c, notes, 0, 7); /* the client cannot */
    assert_notes(notes, "server PA 1:2 +7\n");
    conversation_finish(&c, &notes->output, 1);
    assert_notes(notes, "server FA 8:2 +0\nclient A 2:9 +0\n");
}

static void nothing_comes_behind_a_reset(void **state)
{
    struct notes *const notes = *state;
    struct conversation c = {.ends = {ends[0], ends[1]}};
    conversation_establish(&c, &notes->output);
    send_bytes(&c, notes, 0, 3);
    notes->used = 0;
    conversation_reset(&c, &notes->output, 1);
    assert_notes(notes, "server RA 1:4 +0\n");
    conversation_reset(&c, &notes->output, 0);
    conversation_finish(&c, &notes->output, 0);
    conversation_read(&c, &notes->output, 1, 3);
    send_bytes(&c, notes, 0, 3);
    assert_notes(notes, "");
}

static void a_refusal_is_syn_and_reset(void **state)
{
    struct notes *const notes = *state;
    struct conversation c = {.ends = {ends[0], ends[1]}};
    conversation_refuse(&c, &notes->output);
    conversation_refuse(&c, &notes->output);
    conversation_establish(&c, &notes->output);
    assert_notes(notes, "client S 0:0 +0\nserver RA 0:1 +0\n");
}

/* --- the same addresses again ----------------------------------------------------- */

static const struct line_ends both = {{ends[0], ends[1]}, {true, true}, true};

static void a_second_connection_counts_from_elsewhere(void **state)
{
    struct notes *const notes = *state;
    struct lines lines = {0};
    struct line_ends turned = {{ends[1], ends[0]}, {true, true}, true};
    struct line line = lines_begin(&lines, &both);
    send_bytes(line.conversation, notes, 0, 100);
    assert_notes(notes, "client S 0:0 +0\nserver SA 0:1 +0\nclient A 1:1 +0\nclient PA 1:1 +100\n");
    line = lines_begin(&lines, &both);
    assert_false(line.crossed);
    conversation_establish(line.conversation, &notes->output);
    assert_notes(notes, "client S 1048677:0 +0\nserver SA 1048577:1048678 +0\nclient A 1048678:1048578 +0\n");
    line = lines_begin(&lines, &turned); /* the other way round */
    assert_true(line.crossed);
    conversation_establish(line.conversation, &notes->output);
    assert_notes(notes, "server S 2097154:0 +0\nclient SA 2097254:2097155 +0\nserver A 2097155:2097255 +0\n");
    lines_free(&lines);
}

static void what_was_not_begun_goes_on(void **state)
{
    struct notes *const notes = *state;
    struct lines lines = {0};
    const struct line_ends client = {{ends[0], ends[1]}, {true, false}, false};
    const struct line_ends turned = {{ends[1], ends[0]}, {true, false}, false};
    const struct line_ends other = {{ends[0], {{10, 0, 1, 2}, 4, 81}}, {true, false}, false};
    struct line line = lines_begin(&lines, &client);
    send_bytes(line.conversation, notes, 0, 100);
    conversation_finish(line.conversation, &notes->output, 0);
    assert_notes(notes, "client PA 1:1 +100\nclient FA 101:1 +0\n");
    line = lines_begin(&lines, &turned); /* its other end, which is taken for a client as well */
    assert_true(line.crossed);
    send_bytes(line.conversation, notes, 1, 100);
    conversation_finish(line.conversation, &notes->output, 1);
    assert_notes(notes, "server PA 1:102 +100\nserver FA 101:102 +0\n");
    line = lines_begin(&lines, &other);
    send_bytes(line.conversation, notes, 0, 1);
    assert_notes(notes, "client PA 1:1 +1\n");
    lines_free(&lines);
}

static void both_ends_that_nobody_brought_together_share_it(void **state)
{
    struct notes *const notes = *state;
    struct lines lines = {0};
    const struct line_ends client = {{ends[0], ends[1]}, {true, false}, true};
    const struct line_ends server = {{ends[0], ends[1]}, {false, true}, true};
    const struct line first = lines_begin(&lines, &client);
    send_bytes(first.conversation, notes, 0, 100);
    notes->used = 0;
    const struct line second = lines_begin(&lines, &server);
    conversation_establish(second.conversation, &notes->output);
    send_bytes(second.conversation, notes, 1, 10);
    assert_notes(notes, "server PA 1:101 +10\n");
    const struct line third = lines_begin(&lines, &client); /* the ports again */
    conversation_establish(third.conversation, &notes->output);
    assert_notes(notes, "client S 1048677:0 +0\nserver SA 1048587:1048678 +0\nclient A 1048678:1048588 +0\n");
    send_bytes(second.conversation, notes, 1, 1); /* late */
    assert_notes(notes, "server PA 1048588:1048678 +1\n");
    lines_free(&lines);
}

static void who_was_taken_for_a_server_turns_out_to_be_none(void **state)
{
    struct notes *const notes = *state;
    struct lines lines = {0};
    const struct line_ends client = {{ends[1], ends[0]}, {false, true}, false};
    const struct line_ends server = {{ends[0], ends[1]}, {false, true}, true};
    const struct line first = lines_begin(&lines, &client);
    send_bytes(first.conversation, notes, 1, 100);
    const struct line second = lines_begin(&lines, &server);
    conversation_establish(second.conversation, &notes->output);
    assert_true(second.crossed);
    send_bytes(second.conversation, notes, 1 ^ 1, 10);
    assert_notes(notes, "client PA 1:1 +100\nserver PA 1:101 +10\n");
    lines_free(&lines);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_comes_first_brings_about_what_was_before),
        TEST(who_is_heard_of_acknowledges_by_reading),
        TEST(both_finish_and_the_last_word_is_said),
        TEST(nothing_comes_behind_a_reset),
        TEST(a_refusal_is_syn_and_reset),
        TEST(a_second_connection_counts_from_elsewhere),
        TEST(what_was_not_begun_goes_on),
        TEST(both_ends_that_nobody_brought_together_share_it),
        TEST(who_was_taken_for_a_server_turns_out_to_be_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
