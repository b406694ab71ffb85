/* test_model.c - sockets and descriptors over time: who holds what, when it ends,
 * and what is not known. Processes have test_model_processes.c, connections
 * test_model_connections.c. */
#include "model_fixture.h"

/* --- one process ----------------------------------------------------------------- */

static void a_socket_lives_until_its_last_descriptor(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    assert_true(socket->born);
    assert_state(f, socket, STATE_CREATED);
    say(f, (struct said){.call = CALL_dup, .fd = 3, .ret = 4, .inode = 10, .marks = MARK_CREATES});
    say(f, (struct said){
               .call = CALL_fcntl, .fd = 3, .ret = 9, .inode = 10, .marks = MARK_CREATES, .arg = {0 /* F_DUPFD */}});
    assert_int_equal(socket->open_holders, 3);
    assert_false(has_change(say_close(f, 1, 3, 10), SOCKET_ENDED));
    assert_false(has_change(say_close(f, 1, 9, 10), SOCKET_ENDED));
    const struct step *const step = say_close(f, 1, 4, 10);
    assert_true(has_change(step, SOCKET_ENDED));
    assert_ptr_equal(step->socket, socket);
    assert_state(f, socket, STATE_CLOSED);
    assert_true(socket->closed > socket->opened);
    say_socket(f, 1, 3, 11);
    assert_int_equal(count_open_sockets(f), 1);
}

static void dup2_closes_what_the_number_named(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const first = say_socket(f, 1, 3, 10), *const second = say_socket(f, 1, 4, 11);
    const struct step *step =
        say(f, (struct said){.call = CALL_dup2, .fd = 3, .ret = 4, .inode = 10, .marks = MARK_CREATES, .arg = {4}});
    assert_true(has_change(step, SOCKET_ENDED));
    assert_true(second->ended);
    assert_int_equal(first->open_holders, 2);
    /* a file takes the place of a socket */
    step =
        say(f, (struct said){
                   .call = CALL_dup2, .fd = 7, .ret = 4, .family = -1, .type = -1, .marks = MARK_CREATES, .arg = {4}});
    assert_int_equal(first->open_holders, 1);
    /* a failed one, and one onto itself, change nothing */
    say(f, (struct said){.call = CALL_dup2, .fd = 9, .error = EBADF, .family = -1, .type = -1, .arg = {3}});
    say(f, (struct said){.call = CALL_dup2, .fd = 3, .ret = 3, .inode = 10, .marks = MARK_CREATES, .arg = {3}});
    assert_int_equal(first->open_holders, 1);
}

static void ranges_are_closed(void **state)
{
    struct model_fixture *const f = *state;
    for (int fd = 3; fd < 13; fd++)
        say_socket(f, 1, fd, (uint64_t)fd);
    say(f, (struct said){.call = CALL_close_range, .arg = {5, 7, 4 /* CLOEXEC */}});
    assert_int_equal(count_open_sockets(f), 10);
    say(f, (struct said){.call = CALL_close_range, .arg = {5, 7, 0}});
    assert_null(process_descriptor(model_processes(f->model), 6));
    say(f, (struct said){.call = CALL_closefrom, .arg = {9}});
    assert_null(process_descriptor(model_processes(f->model), 12));
    assert_non_null(process_descriptor(model_processes(f->model), 8));
    say_socket(f, 1, 20, 20);
    assert_int_equal(count_open_sockets(f), 4); /* 3, 4, 8, 20 */
}

static void a_number_that_comes_back_was_closed_unseen(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const old = say_socket(f, 1, 3, 10);
    socket_hold(old);
    say(f, (struct said){.call = CALL_hidden, .fd = 3, .inode = 10, .arg = {2 /* closed */}});
    assert_true(old->ended);
    assert_int_equal(old->closed, 0);
    assert_state(f, old, STATE_CLOSED);
    struct socket *const next = say_socket(f, 1, 3, 11);
    socket_hold(next);
    say_socket(f, 1, 3, 12); /* and once without a word */
    assert_true(next->ended);
    socket_release(f->model, old);
    socket_release(f->model, next);
}

static void a_failed_close_of_nothing_closes_nothing(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    say(f, (struct said){.call = CALL_close, .fd = 3, .error = EBADF, .family = -1, .type = -1});
    assert_false(socket->ended);
    say(f, (struct said){.call = CALL_close, .fd = 3, .error = EIO, .inode = 10}); /* Linux closes all the same */
    assert_true(socket->ended);
}

static void states_follow_the_calls(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    say(f, (struct said){.call = CALL_bind, .fd = 3, .inode = 10, .local = 1, .error = EACCES});
    assert_state(f, socket, STATE_FAILED);
    say(f, (struct said){.call = CALL_bind, .fd = 3, .inode = 10, .local = 4000});
    assert_state(f, socket, STATE_BOUND);
    say_connect(f, 3, 10, 4000, 80, EINPROGRESS);
    assert_state(f, socket, STATE_CONNECTING);
    say(f, (struct said){.call = CALL_getsockopt,
                         .fd = 3,
                         .inode = 10,
                         .arg = {SOL_SOCKET, SO_ERROR},
                         .value = &(const int32_t){0}});
    assert_state(f, socket, STATE_CONNECTED);
    say(f, (struct said){.call = CALL_shutdown, .fd = 3, .inode = 10, .arg = {SHUT_WR}});
    assert_state(f, socket, STATE_HALF_CLOSED);
    say_recv(f, 1, 3, 10, 0);
    assert_state(f, socket, STATE_PEER_CLOSED);
    assert_int_equal(socket->role, ROLE_CLIENT);
}

static void a_connect_may_fail_later(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    say_connect(f, 3, 10, 4000, 80, EINPROGRESS);
    const struct step *const step = say(f, (struct said){.call = CALL_getsockopt,
                                                         .fd = 3,
                                                         .inode = 10,
                                                         .arg = {SOL_SOCKET, SO_ERROR},
                                                         .value = &(const int32_t){ECONNREFUSED}});
    assert_state(f, socket, STATE_FAILED);
    assert_int_equal(socket->error, ECONNREFUSED);
    assert_true(has_change(step, CONNECTION_ENDED));
    say_connect(f, 3, 10, 4001, 80, 0); /* another try */
    assert_state(f, socket, STATE_CONNECTED);
    assert_int_equal(socket->error, 0);
}

/* A close that took long, while another thread got the number anew, may be told
 * late when one follows. */
static void a_close_that_is_told_late_closes_no_other(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const first = say_socket(f, 1, 3, 10);
    socket_hold(first);
    const int64_t began = f->now + 1;
    f->now += 10;
    struct socket *const second = say_socket(f, 1, 3, 11);
    assert_true(first->ended);
    say(f, (struct said){.call = CALL_close, .fd = 3, .inode = 10, .at = began, .took = 60});
    assert_false(second->ended);
    f->now += 100;
    assert_ptr_equal(say_send(f, 1, 3, 11, 5)->socket, second);
    assert_int_equal(count_sockets(f), 2); /* and none was invented */
    socket_release(f->model, first);
}

/* What a thread sends while another one closes the descriptor went through the
 * socket that it named before. */
static void a_call_under_way_at_the_close_counts(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    say_connect(f, 3, 10, 4000, 80, 0);
    struct connection *const pipe = socket->connection;
    socket_hold(socket);
    connection_hold(pipe);
    struct said send = {
        .call = CALL_send, .fd = 3, .ret = 7, .inode = 10, .local = 4000, .peer = 80, .marks = MARK_OUT};
    send.at = f->now + 1;
    send.took = 20;
    f->now += 5;
    assert_true(has_change(say_close(f, 1, 3, 10), SOCKET_ENDED));
    const struct step *step = say(f, send);
    assert_ptr_equal(step->socket, socket);
    assert_int_equal(step->change_count, 0);
    assert_null(process_descriptor(step->process, 3));
    assert_int_equal(socket->out.bytes, 7);
    assert_int_equal(pipe->ends[CLIENT_END].out.bytes, 7);
    /* even where the number has another meaning by now */
    f->now += 30;
    struct socket *const next = say_socket(f, 1, 3, 11);
    step = say(f, send);
    assert_ptr_equal(step->socket, socket);
    assert_int_equal(next->out.bytes, 0);
    /* and a connect that was under way begins nothing */
    send.call = CALL_connect;
    send.ret = 0;
    send.marks = 0;
    assert_int_equal(say(f, send)->change_count, 0);
    assert_false(next->ended);
    assert_int_equal(count_connections(f), 1);
    connection_release(f->model, pipe);
    socket_release(f->model, socket);
}

/* --- messages -------------------------------------------------------------------- */

static void pass(struct model_fixture *f, int fd, int64_t at, int64_t took)
{
    say(f, (struct said){.call = CALL_sendmsg,
                         .fd = 8,
                         .ret = 1,
                         .inode = 80,
                         .family = AF_UNIX,
                         .marks = MARK_OUT,
                         .arg = {1},
                         .passed = fd,
                         .at = at,
                         .took = took});
}

static const struct step *receive(struct model_fixture *f, int fd, uint64_t inode, int64_t at)
{
    return say(f, (struct said){.call = CALL_recvmsg,
                                .fd = 9,
                                .ret = 1,
                                .number = 2,
                                .pid = 200,
                                .inode = 81,
                                .family = AF_UNIX,
                                .marks = MARK_IN,
                                .arg = {1},
                                .created = {{fd, AF_INET | SOCK_STREAM << 8, inode}},
                                .created_count = 1,
                                .at = at});
}

static void a_socket_in_a_message_lives_on(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    pass(f, 3, 10, 0);
    say_close(f, 1, 3, 10);
    assert_false(socket->ended);
    assert_state(f, socket, STATE_UNKNOWN);
    const struct step *const step = receive(f, 5, 10, 20);
    assert_ptr_equal(step->created, socket);
    assert_int_equal(process_descriptor(step->process, 5)->came, CAME_PASSED);
    assert_true(has_change(say_close(f, 2, 5, 10), SOCKET_ENDED));
    assert_false(socket->unsure_end);
}

static void it_may_arrive_before_its_sender_returns(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    receive(f, 5, 10, 20);
    pass(f, 3, 19, 5);
    say_close(f, 1, 3, 10);
    assert_true(has_change(say_close(f, 2, 5, 10), SOCKET_ENDED));
    assert_false(socket->unsure_end);
}

static void a_socket_passed_out_of_sight_ends_unknown(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 10);
    socket_hold(socket);
    pass(f, 3, 10, 0);
    say_close(f, 1, 3, 10);
    model_finish(f->model);
    assert_true(socket->ended);
    assert_state(f, socket, STATE_UNKNOWN);
    socket_release(f->model, socket);
}

/* --- gaps ------------------------------------------------------------------------ */

static void lost_records_make_states_unknown(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const seen = say_socket(f, 1, 3, 10), *const unseen = say_socket(f, 1, 4, 11);
    say_connect(f, 3, 10, 4000, 80, 0);
    assert_null(say(f, (struct said){.call = (enum call)CALL_LOST, .ret = 7})->process);
    assert_int_equal(model_sums(f->model).lost, 7);
    assert_state(f, seen, STATE_UNKNOWN);
    assert_state(f, unseen, STATE_UNKNOWN);
    assert_false(seen->partial);
    say_send(f, 1, 3, 10, 5);
    assert_state(f, seen, STATE_CONNECTED);
    assert_true(seen->partial); /* what it moved meanwhile is not known */
    assert_state(f, unseen, STATE_UNKNOWN);
    /* the number is another socket's by now: whether the old one lives on, nobody knows */
    socket_hold(unseen);
    say_socket(f, 1, 4, 12);
    assert_true(unseen->ended);
    assert_true(unseen->partial);
    assert_state(f, unseen, STATE_UNKNOWN);
    socket_release(f->model, unseen);
}

/* One CPU's records reach back further than another's: until that one's begin,
 * any may be missing. */
static void until_every_lane_tells_all_is_in_doubt(void **state)
{
    struct model_fixture *const f = *state;
    say(f, (struct said){.call = (enum call)CALL_LOST, .ret = 7, .took = 100});
    struct socket *const told = say_socket(f, 1, 3, 10), *const untold = say_socket(f, 1, 4, 11);
    socket_hold(told);
    say_close(f, 1, 3, 10);
    assert_true(told->born && told->ended && told->partial);
    f->now += 200;
    struct socket *const later = say_socket(f, 1, 5, 12);
    assert_false(later->partial);
    assert_state(f, later, STATE_CREATED);
    assert_state(f, told, STATE_CLOSED);
    assert_state(f, untold, STATE_UNKNOWN);
    socket_hold(untold);
    say_socket(f, 1, 4, 13);
    assert_true(untold->ended);
    assert_state(f, untold, STATE_UNKNOWN);
    socket_release(f->model, untold);
    socket_release(f->model, told);
}

/* What is lost may have closed it. */
static void doubt_that_lasts_to_the_end_leaves_no_state(void **state)
{
    struct model_fixture *const f = *state;
    say(f, (struct said){.call = (enum call)CALL_LOST, .ret = 7, .took = 100});
    struct socket *const told = say_socket(f, 1, 3, 10);
    model_finish(f->model);
    assert_state(f, told, STATE_UNKNOWN);
}

static void a_ring_may_begin_in_mid_life(void **state)
{
    struct model_fixture *const f = *state;
    const struct step *const step = say(f, (struct said){.call = CALL_recv,
                                                         .fd = 5,
                                                         .ret = 10,
                                                         .inode = 10,
                                                         .local = 4000,
                                                         .peer = 80,
                                                         .marks = MARK_IN,
                                                         .arg = {100}});
    assert_non_null(step->socket);
    assert_false(step->socket->born);
    assert_int_equal(step->socket->opened, 0);
    assert_state(f, step->socket, STATE_CONNECTED);
    assert_int_equal(step->holder->came, CAME_FOUND);
    assert_int_equal(step->socket->in.bytes, 10);
    assert_non_null(step->connection);
}

static void an_inode_proves_which_socket_it_is(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const old = say_socket(f, 1, 3, 10);
    socket_hold(old);
    const struct step *const step = say_send(f, 1, 3, 99, 5); /* another one, that nobody saw come */
    assert_true(old->ended);
    assert_ptr_not_equal(step->socket, old);
    assert_int_equal(step->socket->inode, 99);
    socket_release(f->model, old);
}

static void without_inodes_the_descriptor_tells(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 0); /* sandboxed */
    socket_hold(socket);
    assert_ptr_equal(say_send(f, 1, 3, 0, 5)->socket, socket);
    assert_true(has_change(say_close(f, 1, 3, 0), SOCKET_ENDED));
    assert_ptr_not_equal(say_socket(f, 1, 3, 0), socket);
    socket_release(f->model, socket);
}

static void one_socket_met_twice_is_one(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const nameless = say_socket(f, 1, 3, 0);
    socket_hold(nameless);
    struct socket *const socket = say_send(f, 2, 5, 10, 1)->socket; /* in another process, which knows its inode */
    assert_ptr_not_equal(socket, nameless);
    assert_ptr_equal(say_send(f, 1, 3, 10, 1)->socket, socket);
    assert_int_equal(socket->open_holders, 2);
    assert_ptr_equal(model_socket(f->model, 10), socket);
    assert_state(f, nameless, STATE_UNKNOWN);
    socket_release(f->model, nameless);
}

static void what_is_told_from_elsewhere_is_taken_in(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const socket = say_socket(f, 1, 3, 0);
    struct address local, peer;
    address_from_ipv4(&local, (const uint8_t[]){127, 0, 0, 1}, 4000);
    address_from_ipv4(&peer, (const uint8_t[]){127, 0, 0, 1}, 80);
    model_tell(f->model, socket, 10, &local, &peer);
    assert_int_equal(socket->local.port, 4000);
    assert_ptr_equal(model_socket(f->model, 10), socket);
    model_gone(f->model, model_processes(f->model));
    assert_true(socket->ended && socket->by_exit);
}

/* --- memory ---------------------------------------------------------------------- */

static void memory_follows_what_lives(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    for (unsigned i = 0; i < 20000; i++) {
        const uint16_t port = (uint16_t)(1024 + i % 50000);
        say_socket(f, 1, 3, 1000 + 2 * i);
        say_connect(f, 3, 1000 + 2 * i, port, 80, 0);
        say_accept(f, 4, 1001 + 2 * i, 80, port);
        say_close(f, 1, 3, 1000 + 2 * i);
        say_close(f, 2, 4, 1001 + 2 * i);
        assert_true(count_sockets(f) <= 3); /* what ended is given back, but for the last of each descriptor */
        assert_true(count_connections(f) <= 1);
    }
    assert_int_equal(model_sums(f->model).connections, 20000);
}

static void all_is_kept_where_it_is_asked_for(void **state)
{
    struct model_fixture *const f = *state;
    for (unsigned i = 0; i < 100; i++) {
        say_socket(f, 1, 3, 1000 + i);
        say_close(f, 1, 3, 1000 + i);
    }
    assert_int_equal(count_sockets(f), 100);
    uint64_t id = 0;
    for (const struct socket *socket = model_sockets(f->model); socket != NULL; socket = socket->next)
        assert_int_equal(socket->id, ++id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_socket_lives_until_its_last_descriptor),
        TEST(dup2_closes_what_the_number_named),
        TEST(ranges_are_closed),
        TEST(a_number_that_comes_back_was_closed_unseen),
        TEST(a_failed_close_of_nothing_closes_nothing),
        TEST(states_follow_the_calls),
        TEST(a_connect_may_fail_later),
        TEST(a_close_that_is_told_late_closes_no_other),
        TEST(a_call_under_way_at_the_close_counts),
        TEST(a_socket_in_a_message_lives_on),
        TEST(it_may_arrive_before_its_sender_returns),
        TEST(a_socket_passed_out_of_sight_ends_unknown),
        TEST(lost_records_make_states_unknown),
        TEST(until_every_lane_tells_all_is_in_doubt),
        TEST(doubt_that_lasts_to_the_end_leaves_no_state),
        TEST(a_ring_may_begin_in_mid_life),
        TEST(an_inode_proves_which_socket_it_is),
        TEST(without_inodes_the_descriptor_tells),
        TEST(one_socket_met_twice_is_one),
        TEST(what_is_told_from_elsewhere_is_taken_in),
        TEST(memory_follows_what_lives),
        cmocka_unit_test_setup_teardown(all_is_kept_where_it_is_asked_for, setup_keeping, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
