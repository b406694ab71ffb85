/* test_model_processes.c - several processes: fork and vfork, exec, exit, and those
 * that go out of sight. */
#include "model_fixture.h"

static void fork_child(struct model_fixture *f)
{
    say(f, (struct said){.call = CALL_fork, .ret = 200});
}

static void a_child_has_a_copy_of_the_table(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    fork_child(f);
    assert_int_equal(socket->open_holders, 2); /* before the child has written */
    say_close(f, 1, 3, 10);
    assert_false(socket->ended);
    enrol(f, 2, 200, 1);
    const struct step *const step = say_send(f, 2, 3, 10, 5); /* the child's first record */
    assert_ptr_equal(step->socket, socket);
    assert_int_equal(step->process->parent->pid, 100);
    assert_int_equal(step->holder->came, CAME_FORKED);
    assert_true(has_change(say_close(f, 2, 3, 10), SOCKET_ENDED));
}

static void a_child_may_write_before_its_fork_returns(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    enrol(f, 2, 200, 1);
    say(f,
        (struct said){
            .call = CALL_write, .fd = 3, .ret = 1, .number = 2, .pid = 200, .inode = 10, .marks = MARK_OUT, .at = 50});
    assert_int_equal(socket->open_holders, 2);
    say(f, (struct said){.call = CALL_fork, .ret = 200, .at = 49, .took = 10});
    assert_int_equal(socket->open_holders, 2);
    assert_int_equal(model_sums(f->model).processes, 2);
}

static void a_pid_that_comes_back_is_another_process(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    fork_child(f); /* which is killed, and never wrote */
    say_close(f, 1, 3, 10);
    assert_false(socket->ended);
    socket_hold(socket);
    fork_child(f); /* the same number again */
    assert_true(socket->ended);
    socket_release(f->model, socket);
}

static void exec_keeps_what_it_inherits(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const kept = say_socket(f, 1, 3, 10), *const lost = say_socket(f, 1, 4, 11);
    socket_hold(lost);
    enrol(f, 5, 100, 0);
    const struct step *step = say(f, (struct said){.call = CALL_exec, .number = 5, .family = -1, .type = -1});
    assert_non_null(step->process->before);
    assert_false(kept->ended || lost->ended); /* nothing is known yet */
    say(f, (struct said){.call = CALL_inherit, .fd = 3, .number = 5, .inode = 10});
    assert_false(lost->ended);
    step = say(f, (struct said){.call = CALL_send, .fd = 3, .ret = 1, .number = 5, .inode = 10, .marks = MARK_OUT});
    assert_true(lost->ended);
    assert_false(kept->ended);
    assert_false(lost->by_exit);
    assert_ptr_equal(step->socket, kept);
    assert_int_equal(step->holder->came, CAME_INHERITED);
    socket_release(f->model, lost);
}

static void a_child_of_vfork_has_a_table_of_its_own(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    enrol(f, 1, 100, 0);
    /* under its parent's number, but with a pid of its own */
    const struct step *step = say(f, (struct said){.call = CALL_close, .fd = 3, .pid = 300, .inode = 10});
    assert_int_equal(step->process->pid, 300);
    assert_ptr_equal(step->process->parent, model_processes(f->model));
    assert_false(socket->ended);
    assert_int_equal(socket->open_holders, 1);
    say(f, (struct said){.call = CALL__exit, .pid = 300});
    say(f, (struct said){.call = CALL_vfork, .ret = 300});
    assert_ptr_equal(say_send(f, 1, 3, 10, 1)->socket, socket);
}

static void exit_closes_a_moment_later(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const closed = say_socket(f, 1, 3, 10), *const left = say_socket(f, 1, 4, 11);
    socket_hold(left);
    socket_hold(closed);
    say(f, (struct said){.call = CALL_exit});
    const int64_t exit_time = START + f->now * MILLI;
    say_close(f, 1, 3, 10); /* another library's destructor */
    assert_false(closed->by_exit);
    assert_false(left->ended);
    const struct step *const step = model_settle(f->model, exit_time + 1000 * MILLI);
    assert_true(has_change(step, SOCKET_ENDED));
    assert_true(has_change(step, PROCESS_ENDED));
    assert_true(left->ended && left->by_exit);
    assert_int_equal(left->closed, exit_time);
    socket_release(f->model, left);
    socket_release(f->model, closed);
}

/* The parent closes while the child's exit still waits for what may follow it. */
static void who_lets_go_last_ends_the_socket(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    socket_hold(socket);
    fork_child(f);
    enrol(f, 2, 200, 1);
    say(f, (struct said){.call = CALL__exit, .number = 2, .pid = 200});
    say_close(f, 1, 3, 10);
    const int64_t close_time = START + f->now * MILLI;
    model_settle(f->model, close_time + 1000 * MILLI);
    assert_true(socket->ended);
    assert_false(socket->by_exit);
    assert_int_equal(socket->closed, close_time);
    socket_release(f->model, socket);
}

static void a_daemon_leaves_its_parent(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    enrol(f, 2, 200, 1);
    say(f, (struct said){.call = CALL_daemon, .number = 2, .pid = 200, .arg = {0, 1}});
    assert_true(model_processes(f->model)->gone || model_processes(f->model)->pid == 200);
    assert_int_equal(socket->open_holders, 1);
}

/* --- fork, told late ------------------------------------------------------------- */

/* On a machine with much to do, the parent may get to write of its fork when the
 * child has come to its end already. */
static void a_child_may_be_gone_before_its_fork_returns(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    enrol(f, 2, 200, 1);
    const int64_t began = f->now + 1;
    say(f, (struct said){.call = CALL_write,
                         .fd = 3,
                         .ret = 1,
                         .number = 2,
                         .pid = 200,
                         .inode = 10,
                         .marks = MARK_OUT,
                         .at = began + 5});
    say(f, (struct said){.call = CALL_exit, .number = 2, .pid = 200});
    say_send(f, 1, 3, 10, 5);
    f->now += 1000;
    say_send(f, 1, 3, 10, 5);
    assert_int_equal(socket->open_holders, 1);
    say(f, (struct said){.call = CALL_fork, .ret = 200, .at = began, .took = f->now - began + 10});
    assert_int_equal(socket->open_holders, 1);
    assert_int_equal(model_sums(f->model).processes, 2);
    f->now += 10;
    say(f, (struct said){.call = CALL_fork, .ret = 200}); /* but this one is another */
    assert_int_equal(socket->open_holders, 2);
    assert_int_equal(model_sums(f->model).processes, 3);
}

/* The row of the parent, which knows its namespace, may be overwritten. */
static void a_child_is_not_taken_for_its_sibling(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    f->decoder->processes.rows[1].number = 0;
    fork_child(f); /* 200, which has yet to write */
    enrol(f, 2, 201, 1);
    const int64_t began = f->now + 1;
    struct said said = {.call = CALL_write, .fd = 3, .ret = 1, .number = 2, .pid = 201, .inode = 10, .marks = MARK_OUT};
    said.at = began + 5;
    say(f, said);
    say(f, (struct said){.call = CALL_fork, .ret = 201, .at = began, .took = 10});
    enrol(f, 3, 200, 1);
    said =
        (struct said){.call = CALL_write, .fd = 3, .ret = 1, .number = 3, .pid = 200, .inode = 10, .marks = MARK_OUT};
    assert_int_equal(say(f, said)->process->pid, 200);
    assert_int_equal(model_sums(f->model).processes, 3);
    assert_int_equal(socket->open_holders, 3);
}

/* Of a vfork only the moment is known at which it returned. */
static void a_child_of_vfork_may_run_its_program_before(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    enrol(f, 5, 300, 0);
    struct process *const child =
        say(f, (struct said){.call = CALL_exec, .number = 5, .pid = 300, .family = -1, .type = -1})->process;
    say(f, (struct said){.call = CALL_inherit, .fd = 3, .number = 5, .pid = 300, .inode = 10});
    say(f, (struct said){.call = CALL_vfork, .ret = 300});
    assert_false(child->gone);
    assert_int_equal(child->parent->pid, 100);
    assert_int_equal(model_sums(f->model).processes, 2);
    assert_int_equal(socket->open_holders, 2);
    /* and it may be at its end by then */
    say(f, (struct said){.call = CALL_exit, .number = 5, .pid = 300});
    enrol(f, 6, 301, 0);
    say(f, (struct said){.call = CALL_exec, .number = 6, .pid = 301, .family = -1, .type = -1});
    say(f, (struct said){.call = CALL_exit, .number = 6, .pid = 301});
    f->now += 100;
    say_send(f, 1, 3, 10, 5);
    say(f, (struct said){.call = CALL_vfork, .ret = 301});
    assert_int_equal(model_sums(f->model).processes, 3);
    assert_int_equal(socket->open_holders, 1);
}

/* A program that was started by posix_spawn tells what it has got when its parent
 * has closed that already. */
static void a_spawned_program_may_hold_what_its_parent_has_closed(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const got = say_socket(f, 1, 3, 10), *const closed = say_socket(f, 1, 4, 11);
    socket_hold(got);
    socket_hold(closed);
    say(f, (struct said){.call = CALL_posix_spawn, .arg = {500}});
    say_close(f, 1, 3, 10);
    const int64_t close_time = START + f->now * MILLI;
    say(f, (struct said){.call = CALL_close, .fd = 4, .inode = 11, .at = f->now});
    enrol(f, 5, 500, 0);
    say(f, (struct said){.call = CALL_exec, .number = 5, .pid = 500, .family = -1, .type = -1});
    say(f, (struct said){.call = CALL_inherit, .fd = 7, .number = 5, .pid = 500, .inode = 10});
    assert_false(got->ended);
    assert_int_equal(got->open_holders, 1);
    f->now += 2000;
    say_send(f, 5, 7, 10, 5);
    assert_false(got->ended);
    assert_true(closed->ended); /* as it was, when it was */
    assert_int_equal(closed->closed, close_time);
    assert_false(closed->by_exit || closed->unsure_end);
    say(f, (struct said){.call = CALL_close, .fd = 7, .number = 5, .pid = 500, .inode = 10});
    assert_true(got->ended);
    assert_int_equal(got->closed, START + f->now * MILLI);
    socket_release(f->model, got);
    socket_release(f->model, closed);
}

/* --- out of sight ---------------------------------------------------------------- */

static void say_blind_exec(struct model_fixture *f)
{
    say(f, (struct said){.call = CALL_exec, .arg = {1}, .family = -1, .type = -1});
}

static void who_leaves_our_sight_may_hold_on(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    socket_hold(socket);
    say_blind_exec(f);
    assert_true(model_processes(f->model)->unrecorded);
    model_finish(f->model);
    assert_true(socket->ended);
    assert_state(f, socket, STATE_UNKNOWN);
    socket_release(f->model, socket);
}

static void an_exec_that_fails_changes_nothing(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    say_blind_exec(f);
    say(f, (struct said){.call = CALL_execve, .error = ENOENT, .family = -1, .type = -1});
    assert_false(model_processes(f->model)->unrecorded);
    f->now += 2000;
    assert_ptr_equal(say_send(f, 1, 3, 10, 5)->socket, socket);
    assert_false(socket->ended);
    assert_int_equal(socket->open_holders, 1);
}

static void another_process_with_the_same_pid_was_not_its_past(void **state)
{
    struct model_fixture *const f = *state;
    enrol(f, 1, 100, 0);
    struct socket *const socket = say_socket(f, 1, 3, 10); /* it is killed without a word */
    socket_hold(socket);
    enrol(f, 9, 100, 0);
    f->decoder->processes.rows[9].start_time = 4711;
    const struct step *const step = say(f, (struct said){.call = CALL_exec, .number = 9, .family = -1, .type = -1});
    assert_null(step->process->before);
    assert_true(socket->ended && socket->by_exit);
    socket_release(f->model, socket);
}

/* --- found elsewhere ------------------------------------------------------------- */

static void who_left_no_record_is_met(void **state)
{
    struct model_fixture *const f = *state;
    const struct ring_process row = {.number = 5, .pid = 500, .start_time = 9, .comm = "silent", .path = "/bin/silent"};
    struct process *const process = model_meet(f->model, &row);
    assert_string_equal(process->comm, "silent");
    assert_ptr_equal(model_meet(f->model, &row), process);
    struct discovery found = {
        .process = process, .fd = 7, .inode = 77, .family = AF_INET, .type = SOCK_STREAM, .listening = true};
    address_from_ipv4(&found.local, (const uint8_t[]){127, 0, 0, 1}, 80);
    const struct step *step = model_discover(f->model, &found);
    struct socket *const socket = step->socket;
    assert_state(f, socket, STATE_LISTENING);
    assert_true(has_change(step, SOCKET_OPENED));
    assert_false(socket->born);
    assert_int_equal(process_descriptor(process, 7)->came, CAME_FOUND);
    found.fd = 8;
    step = model_discover(f->model, &found);
    assert_ptr_equal(step->socket, socket);
    assert_int_equal(socket->open_holders, 2);
    /* and what comes of it later is its own */
    assert_ptr_equal(say_send(f, 5, 7, 77, 1)->process, process);
}

static void what_waits_for_our_close_is_known_as_such(void **state)
{
    struct model_fixture *const f = *state;
    const struct ring_process row = {.number = 5, .pid = 500};
    struct discovery found = {.process = model_meet(f->model, &row), .fd = 7, .inode = 77, .connected = true};
    found.family = AF_INET;
    found.type = SOCK_STREAM;
    assert_state(f, model_discover(f->model, &found)->socket, STATE_CONNECTED);
    found.fd = 8;
    found.inode = 78;
    found.peer_closed = true;
    assert_state(f, model_discover(f->model, &found)->socket, STATE_PEER_CLOSED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_child_has_a_copy_of_the_table),
        TEST(a_child_may_write_before_its_fork_returns),
        TEST(a_pid_that_comes_back_is_another_process),
        TEST(exec_keeps_what_it_inherits),
        TEST(a_child_of_vfork_has_a_table_of_its_own),
        TEST(exit_closes_a_moment_later),
        TEST(who_lets_go_last_ends_the_socket),
        TEST(a_daemon_leaves_its_parent),
        TEST(a_child_may_be_gone_before_its_fork_returns),
        TEST(a_child_is_not_taken_for_its_sibling),
        TEST(a_child_of_vfork_may_run_its_program_before),
        TEST(a_spawned_program_may_hold_what_its_parent_has_closed),
        TEST(who_leaves_our_sight_may_hold_on),
        TEST(an_exec_that_fails_changes_nothing),
        TEST(another_process_with_the_same_pid_was_not_its_past),
        TEST(who_left_no_record_is_met),
        TEST(what_waits_for_our_close_is_known_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
