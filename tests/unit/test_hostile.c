/* test_hostile.c - what no ring can do to the viewer: make it hang, overflow its
 * stack, or take memory without bounds. (Each of these would take minutes, or
 * gigabytes, where work or memory grew with the square of the records.) */
#include "model_fixture.h"

#include "../../viewer/export/export.h"
#include "../../viewer/lecture/story.h"
#include "../../viewer/proc/program.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 200000 };

/* --- the model ------------------------------------------------------------------- */

/* The most that the program has had in memory so far, in MiB. */
static long peak(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss / 1024;
}

static void a_high_descriptor_costs_no_more_than_a_low_one(void **state)
{
    struct model_fixture *const f = *state;
    const long before = peak();
    say_socket(f, 1, 3, 10);
    say(f, (struct said){.call = CALL_dup2, .fd = 3, .inode = 10, .ret = 4, .arg = {INT32_MAX}}); /* told so */
    for (uint32_t number = 1; number <= 100; number++)
        say_send(f, number, (1 << 22) - 1, number, 5);
    assert_true(peak() - before < 100);
    say(f, (struct said){.call = CALL_close_range, .arg = {4, UINT64_MAX, 0}});
    assert_non_null(process_descriptor(model_processes(f->model), 3));
    assert_null(process_descriptor(model_processes(f->model), INT32_MAX));
}

static void forks_bring_about_only_so_many_descriptors(void **state)
{
    struct model_fixture *const f = *state;
    enum { SOCKETS = 3000, FORKS = 3000 };
    size_t opened = 0;
    for (int fd = 3; fd < 3 + SOCKETS; fd++)
        say_socket(f, 1, fd, (uint64_t)fd);
    for (int child = 1; child <= FORKS; child++)
        opened += say(f, (struct said){.call = CALL_fork, .ret = 1000 + child})->change_count;
    assert_true(opened > (1 << 20) - SOCKETS && opened <= (1 << 20) + FORKS);
    /* what was not copied turns up when it is used */
    const struct step *const step = say(
        f, (struct said){
               .call = CALL_send, .number = 5, .pid = 1000 + FORKS, .fd = 3, .inode = 3, .ret = 1, .marks = MARK_OUT});
    assert_int_equal(step->socket->inode, 3);
    assert_int_equal(step->holder->came, CAME_FOUND);
}

static void a_chain_of_forks_may_be_of_any_length(void **state)
{
    struct model_fixture *const f = *state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_STACK, &before), 0);
    const struct rlimit little = {1 << 20, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_STACK, &little), 0);
    for (uint32_t i = 1; i <= MANY; i++) {
        say(f, (struct said){.call = CALL_fork, .number = i, .pid = i, .ret = i + 1});
        say(f, (struct said){.call = CALL_exit, .number = i, .pid = i});
    }
    model_finish(f->model);
    model_settle(f->model, INT64_MAX); /* one step later all is given back */
    assert_true(model_sums(f->model).processes > MANY);
    assert_int_equal(setrlimit(RLIMIT_STACK, &before), 0);
}

static void many_may_wait_for_their_end(void **state)
{
    struct model_fixture *const f = *state;
    for (uint32_t i = 1; i <= MANY; i++)
        say(f, (struct said){.call = CALL_exit, .number = i, .pid = i, .at = 1});
    for (uint64_t i = 1; i <= MANY; i++) {
        say_socket(f, 1, 3, i);
        say(f,
            (struct said){
                .call = CALL_sendmsg, .fd = 9, .family = AF_UNIX, .inode = MANY + 1, .ret = 1, .passed = 3, .at = 1});
        say_close(f, 1, 3, i);
    }
    assert_int_equal(model_sums(f->model).sockets, MANY + 1);
}

/* The second name must not leave the socket known under the first. */
static void a_name_that_changes_leaves_nothing_behind(void **state)
{
    struct model_fixture *const f = *state;
    struct said server = {.number = 2, .pid = 200, .fd = 3, .inode = 7, .family = AF_UNIX, .type = SOCK_DGRAM};
    const struct said client = {.call = CALL_sendto,
                                .fd = 4,
                                .inode = 8,
                                .family = AF_UNIX,
                                .type = SOCK_DGRAM,
                                .peer_path = "/first",
                                .ret = 5,
                                .marks = MARK_OUT};
    server.call = CALL_bind;
    server.local_path = "/first";
    say(f, server);
    server.call = CALL_getsockname;
    server.local_path = "/second";
    say(f, server);
    say_close(f, 2, 3, 7);
    assert_null(say(f, client)->connection->ends[SERVER_END].socket);
}

/* --- the story ------------------------------------------------------------------- */

/* A copy of the ring in a file. */
static void write_ring(const struct fixture *f, char path[])
{
    const int fd = mkstemp(path);
    assert_int_equal(write(fd, f->memory, f->size), f->size);
    close(fd);
}

static void forks_are_told_only_so_often(void **state)
{
    (void)state;
    enum { SOCKETS = 2000, FORKS = 2000 };
    char path[] = "/tmp/sockspy-test-XXXXXX";
    struct filter filter = {0};
    struct story story;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_socket);
    record.family = AF_INET;
    record.marks = MARK_CREATES;
    for (int i = 0; i < SOCKETS; i++) {
        record.ret = record.fd = 3 + i;
        record.inode = 10 + (uint64_t)i;
        write_record(f, 0, record, NULL, 0);
    }
    record = plain_record(f, CALL_fork);
    for (int i = 0; i < FORKS; i++) {
        record.ret = 1000 + i;
        record.start++, record.end++;
        write_record(f, 0, record, NULL, 0);
    }
    write_ring(f, path);
    assert_null(story_open(&story, path, &filter));
    assert_true(story.count > SOCKETS && story.count < 300000);
    story_close(&story);
    unlink(path);
    fixture_free(f);
}

/* --- the capture ----------------------------------------------------------------- */

/* How many bytes the capture has. */
static unsigned long long size_of_capture(struct history *history, const char *path)
{
    char command[64];
    struct out out;
    unsigned long long size = 0;
    snprintf(command, sizeof command, "wc -c >%s", path);
    FILE *const counter = popen(command, "w");
    assert_non_null(counter);
    out_open(&out, fileno(counter), COLOUR_NEVER);
    export_pcapng(&out, history);
    out_close(&out);
    assert_int_equal(pclose(counter), 0);
    FILE *const file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%llu", &size), 1);
    fclose(file);
    return size;
}

static void a_record_may_claim_any_number_of_bytes(void **state)
{
    (void)state;
    enum { SENDS = 500 };
    char path[] = "/tmp/sockspy-test-XXXXXX";
    struct filter filter = {0};
    struct history history;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_connect);
    record.family = AF_INET;
    record.type = SOCK_STREAM;
    record.fd = 3;
    for (uint16_t i = 0; i < 2; i++) {
        record.call = CALL_connect;
        record.inode = 10 + i;
        record.fd = 3 + i;
        record.local_port = 40000 + i;
        record.peer_port = 80;
        record.peer_ip[0] = record.local_ip[0] = 127;
        write_record(f, 0, record, NULL, 0);
        record.call = CALL_recv;
        record.error = i == 0 ? 0 : ECONNRESET; /* what comes behind that is no packet any more */
        write_record(f, 0, record, NULL, 0);
        record.call = CALL_send;
        record.error = 0;
        record.ret = INT64_MAX;
        record.marks = MARK_OUT;
        for (int k = 0; k < SENDS; k++)
            write_record(f, 0, record, NULL, 0);
        record.ret = record.marks = 0;
    }
    write_ring(f, path);
    assert_null(history_open(&history, path, &filter));
    assert_in_range(size_of_capture(&history, path), 1 << 20, 1 << 29);
    history_close(&history);
    unlink(path);
    fixture_free(f);
}

/* --- programs -------------------------------------------------------------------- */

/* A pipe that says it is a program: to open it would wait for who writes to it. */
static void a_pipe_is_no_program(void **state)
{
    (void)state;
    char path[] = "/tmp/sockspy-test-XXXXXX", text[320];
    assert_non_null(mkdtemp(path));
    char pipe[sizeof path + 8];
    snprintf(pipe, sizeof pipe, "%s/pipe", path);
    assert_int_equal(mkfifo(pipe, 0700), 0);
    assert_null(program_obstacle(pipe, text, sizeof text));
    unlink(pipe);
    rmdir(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_high_descriptor_costs_no_more_than_a_low_one),
        TEST(forks_bring_about_only_so_many_descriptors),
        TEST(a_chain_of_forks_may_be_of_any_length),
        TEST(many_may_wait_for_their_end),
        TEST(a_name_that_changes_leaves_nothing_behind),
        cmocka_unit_test(forks_are_told_only_so_often),
        cmocka_unit_test(a_record_may_claim_any_number_of_bytes),
        cmocka_unit_test(a_pipe_is_no_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
