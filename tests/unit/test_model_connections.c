/* test_model_connections.c - which ends belong together: by names, by order, over
 * reused ports, after losses. Datagrams have test_model_flows.c. */
#include "model_fixture.h"

/* --- streams --------------------------------------------------------------------- */

static void each_names_the_other(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    struct socket *const client = say_socket(f, 1, 5, 10);
    assert_true(has_change(say_connect(f, 5, 10, 4000, 80, 0), CONNECTION_OPENED));
    const struct step *const step = say_accept(f, 7, 11, 80, 4000);
    assert_true(has_change(step, CONNECTION_MATCHED));
    assert_int_equal(step->end, SERVER_END);
    assert_pipe(step->connection, client, step->created);
    assert_int_equal(step->connection->match, MATCH_NAMES);
    struct connection *const pipe = step->connection;
    say_send(f, 1, 5, 10, 30);
    assert_true(connection_agrees(pipe, CLIENT_END)); /* on its way */
    say_recv(f, 2, 7, 11, 30);
    say_send(f, 2, 7, 11, 9);
    assert_int_equal(pipe->ends[CLIENT_END].out.bytes, 30);
    assert_int_equal(pipe->ends[SERVER_END].in.bytes, 30);
    connection_hold(pipe);
    assert_false(has_change(say_close(f, 1, 5, 10), CONNECTION_ENDED));
    assert_state(f, pipe->ends[SERVER_END].socket, STATE_PEER_CLOSED);
    assert_true(has_change(say_close(f, 2, 7, 11), CONNECTION_ENDED));
    assert_true(connection_agrees(pipe, CLIENT_END));
    assert_false(connection_agrees(pipe, SERVER_END)); /* nine bytes were never read */
    connection_release(f->model, pipe);
}

static void accept_may_be_told_first(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    struct socket *const client = say_socket(f, 1, 5, 10);
    const int64_t began = f->now + 1;
    say(f, (struct said){.call = CALL_accept,
                         .fd = 3,
                         .ret = 7,
                         .number = 2,
                         .pid = 200,
                         .inode = 1,
                         .local = 80,
                         .peer = 4000,
                         .marks = MARK_CREATES,
                         .created = {{7, AF_INET | SOCK_STREAM << 8, 11}},
                         .created_count = 1,
                         .at = began + 5});
    say_close(f, 2, 7, 11); /* and even closed */
    const struct step *const step = say(
        f,
        (struct said){.call = CALL_connect, .fd = 5, .inode = 10, .local = 4000, .peer = 80, .at = began, .took = 20});
    assert_pipe(step->connection, client, step->connection->ends[SERVER_END].socket);
    assert_non_null(step->connection->ends[SERVER_END].socket);
    assert_int_equal(step->connection->match, MATCH_NAMES);
}

static void nobody_is_accepted_before_his_connect_began(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    say_accept(f, 7, 11, 80, 4000); /* of a client that was not recorded */
    struct socket *const client = say_socket(f, 1, 5, 10);
    const struct step *const step = say_connect(f, 5, 10, 4000, 80, 0); /* later, from the same port */
    assert_pipe(step->connection, client, NULL);
}

static void ports_are_used_again(void **state)
{
    struct model_fixture *const f = *state;
    struct connection *pipes[3];
    say_listen(f, 80);
    for (uint64_t i = 0; i < 3; i++) { /* three clients have come and gone before any is accepted */
        say_socket(f, 1, 5, 10 + i);
        pipes[i] = say_connect(f, 5, 10 + i, 4000, 80, 0)->connection;
        connection_hold(pipes[i]);
        say_close(f, 1, 5, 10 + i);
    }
    for (uint64_t i = 0; i < 3; i++)
        assert_ptr_equal(say_accept(f, 7 + (int)i, 20 + i, 80, 4000)->connection, pipes[i]);
    for (int i = 0; i < 3; i++)
        connection_release(f->model, pipes[i]);
}

static void who_was_answered_is_not_waiting(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    say_socket(f, 1, 5, 10);
    say_connect(f, 5, 10, 4000, 80, 0);
    say_recv(f, 1, 5, 10, 9); /* by a server that was not recorded */
    say_close(f, 1, 5, 10);
    struct socket *const second = say_socket(f, 1, 5, 12);
    say_connect(f, 5, 12, 4000, 80, 0);
    assert_ptr_equal(say_accept(f, 7, 20, 80, 4000)->connection->ends[CLIENT_END].socket, second);
}

static void clients_with_the_same_descriptor_differ(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *clients[20];
    say_listen(f, 80);
    for (unsigned i = 0; i < 20; i++) {
        const struct said who = {.fd = 3, .number = 10 + i, .pid = 1000 + i, .inode = 100 + i};
        struct said said = who;
        said.call = CALL_socket;
        said.ret = 3;
        said.marks = MARK_CREATES;
        clients[i] = say(f, said)->created;
        said = who;
        said.call = CALL_connect;
        said.local = (uint16_t)(4000 + i);
        said.peer = 80;
        say(f, said);
    }
    for (unsigned i = 20; i-- != 0;) /* in another order than they came */
        assert_ptr_equal(
            say_accept(f, 7 + (int)i, 200 + i, 80, (uint16_t)(4000 + i))->connection->ends[CLIENT_END].socket,
            clients[i]);
}

static void mapped_addresses_are_the_same(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const client = say_socket(f, 1, 5, 10);
    say_connect(f, 5, 10, 4000, 80, 0);
    struct said accept = {.call = CALL_accept,
                          .fd = 3,
                          .ret = 7,
                          .number = 2,
                          .pid = 200,
                          .inode = 1,
                          .family = AF_INET6,
                          .local = 80,
                          .peer = 4000,
                          .local_ip = "::ffff:127.0.0.1",
                          .peer_ip = "::ffff:127.0.0.1",
                          .marks = MARK_CREATES,
                          .created = {{7, AF_INET6 | SOCK_STREAM << 8, 11}},
                          .created_count = 1};
    const struct step *step = say(f, accept);
    assert_ptr_equal(step->connection->ends[CLIENT_END].socket, client);
    /* another host with the same ports is another pipe */
    accept.peer_ip = "2001:db8::1";
    accept.created[0].fd = 8;
    accept.created[0].inode = 12;
    step = say(f, accept);
    assert_pipe(step->connection, NULL, step->created);
}

static void a_proxy_has_both_roles(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80); /* process 2 is the proxy */
    struct socket *const client = say_socket(f, 1, 5, 10);
    say_connect(f, 5, 10, 4000, 80, 0);
    struct connection *const first = say_accept(f, 7, 11, 80, 4000)->connection;
    struct socket *const out = say_socket(f, 2, 8, 12);
    struct connection *const second =
        say(f,
            (struct said){
                .call = CALL_connect, .fd = 8, .number = 2, .pid = 200, .inode = 12, .local = 4001, .peer = 81})
            ->connection;
    assert_pipe(first, client, first->ends[SERVER_END].socket);
    assert_pipe(second, out, NULL);
    assert_int_equal(socket_holder(first->ends[SERVER_END].socket)->process->pid, socket_holder(out)->process->pid);
}

static void a_pair_is_one_pipe_over_a_fork(void **state)
{
    struct model_fixture *const f = *state;
    say(f, (struct said){.call = CALL_socketpair,
                         .family = AF_UNIX,
                         .created = {{3, AF_UNIX | SOCK_STREAM << 8, 10}, {4, AF_UNIX | SOCK_STREAM << 8, 11}},
                         .created_count = 2});
    struct connection *const pipe = model_connections(f->model);
    assert_int_equal(pipe->match, MATCH_PAIR);
    say(f, (struct said){.call = CALL_fork, .ret = 200});
    enrol(f, 2, 200, 1);
    say_close(f, 1, 4, 11);
    say_close(f, 2, 3, 10);
    assert_false(pipe->ended);
    say(f, (struct said){.call = CALL_write,
                         .fd = 4,
                         .ret = 14,
                         .number = 2,
                         .pid = 200,
                         .inode = 11,
                         .family = AF_UNIX,
                         .marks = MARK_OUT,
                         .arg = {14}});
    assert_int_equal(pipe->ends[SERVER_END].out.bytes, 14);
    assert_int_equal(socket_holder(pipe->ends[CLIENT_END].socket)->process->pid, 100);
    assert_int_equal(socket_holder(pipe->ends[SERVER_END].socket)->process->pid, 200);
}

/* --- AF_UNIX --------------------------------------------------------------------- */

static void say_unix_server(struct model_fixture *f)
{
    const struct said server = {.fd = 3, .number = 2, .pid = 200, .inode = 1, .family = AF_UNIX, .local_path = "/s"};
    struct said said = server;
    said.call = CALL_listen;
    say(f, said);
}

static struct socket *say_unix_connect(struct model_fixture *f, int fd, uint64_t inode)
{
    return say(f, (struct said){.call = CALL_connect, .fd = fd, .inode = inode, .family = AF_UNIX, .peer_path = "/s"})
        ->socket;
}

static struct socket *say_unix_accept(struct model_fixture *f, int fd, uint64_t inode)
{
    return say(f, (struct said){.call = CALL_accept,
                                .fd = 3,
                                .ret = fd,
                                .number = 2,
                                .pid = 200,
                                .inode = 1,
                                .family = AF_UNIX,
                                .local_path = "/s",
                                .marks = MARK_CREATES,
                                .created = {{fd, AF_UNIX | SOCK_STREAM << 8, inode}},
                                .created_count = 1})
        ->created;
}

static void unix_clients_are_accepted_in_their_order(void **state)
{
    struct model_fixture *const f = *state;
    say_unix_server(f);
    struct socket *const first = say_unix_connect(f, 5, 10), *const second = say_unix_connect(f, 6, 11);
    struct socket *const a = say_unix_accept(f, 7, 20), *const b = say_unix_accept(f, 8, 21);
    assert_pipe(a->connection, first, a);
    assert_pipe(b->connection, second, b);
    assert_int_equal(a->connection->match, MATCH_ORDER);
    say_send(f, 2, 7, 20, 5);
    say_send(f, 2, 8, 21, 6);
    /* the kernel knows better */
    model_join(f->model, first, b);
    assert_pipe(b->connection, first, b);
    assert_pipe(a->connection, second, a);
    assert_int_equal(b->connection->match, MATCH_KERNEL);
    assert_int_equal(b->connection->ends[SERVER_END].out.bytes, 6);
    assert_int_equal(a->connection->ends[SERVER_END].out.bytes, 5);
}

static void the_kernel_brings_lone_ends_together(void **state)
{
    struct model_fixture *const f = *state;
    say_unix_server(f);
    struct socket *const accepted = say_unix_accept(f, 7, 20);
    /* its client is met in mid-life: it has no name */
    struct socket *const client =
        say(f,
            (struct said){
                .call = CALL_write, .fd = 5, .ret = 1, .inode = 10, .family = AF_UNIX, .marks = MARK_OUT, .arg = {1}})
            ->socket;
    assert_ptr_not_equal(client->connection, accepted->connection);
    model_join(f->model, client, accepted);
    assert_pipe(client->connection, client, accepted);
}

/* --- gaps ------------------------------------------------------------------------ */

static void after_losses_only_who_was_seen_again_matches(void **state)
{
    struct model_fixture *const f = *state;
    say_listen(f, 80);
    say_socket(f, 1, 5, 10);
    say_connect(f, 5, 10, 4000, 80, 0);
    struct socket *const second = say_socket(f, 1, 6, 11);
    say_connect(f, 6, 11, 4001, 80, 0);
    say(f, (struct said){.call = (enum call)CALL_LOST, .ret = 1});
    say_send(f, 1, 6, 11, 5);
    assert_null(say_accept(f, 7, 20, 80, 4000)->connection->ends[CLIENT_END].socket);
    assert_ptr_equal(say_accept(f, 8, 21, 80, 4001)->connection->ends[CLIENT_END].socket, second);
}

static void ends_met_in_mid_life_find_each_other(void **state)
{
    struct model_fixture *const f = *state;
    const struct step *step = say(f, (struct said){.call = CALL_send,
                                                   .fd = 7,
                                                   .ret = 1,
                                                   .number = 2,
                                                   .pid = 200,
                                                   .inode = 20,
                                                   .local = 80,
                                                   .peer = 4000,
                                                   .marks = MARK_OUT});
    struct socket *const server = step->socket;
    step = say(f, (struct said){.call = CALL_recv,
                                .fd = 5,
                                .ret = 1,
                                .inode = 10,
                                .local = 4000,
                                .peer = 80,
                                .marks = MARK_IN,
                                .arg = {100}});
    assert_pipe(step->connection, step->socket, server);
}

/* The client has sent all and gone, and the server comes to read it only later. */
static void an_end_met_in_mid_life_waits_for_a_slow_one(void **state)
{
    struct model_fixture *const f = *state;
    const struct said sent = {
        .call = CALL_send, .fd = 5, .ret = 9, .inode = 10, .local = 4000, .peer = 80, .marks = MARK_OUT, .arg = {9}};
    struct socket *const client = say(f, sent)->socket;
    say_close(f, 1, 5, 10);
    f->now += 5000;
    const struct step *const step = say(f, (struct said){.call = CALL_recv,
                                                         .fd = 7,
                                                         .ret = 9,
                                                         .number = 2,
                                                         .pid = 200,
                                                         .inode = 20,
                                                         .local = 80,
                                                         .peer = 4000,
                                                         .marks = MARK_IN,
                                                         .arg = {100}});
    assert_pipe(step->connection, client, step->socket);
}

static void a_name_that_comes_late_makes_the_match(void **state)
{
    struct model_fixture *const f = *state;
    struct address local, none = {0};
    say_listen(f, 80);
    struct socket *const client = say_socket(f, 1, 5, 0); /* sandboxed: no look-ups */
    say_connect(f, 5, 0, 0, 80, 0);
    struct socket *const server = say_accept(f, 7, 20, 80, 4000)->created;
    assert_ptr_not_equal(client->connection, server->connection);
    address_from_ipv4(&local, (const uint8_t[]){127, 0, 0, 1}, 4000);
    const struct step *const step = model_tell(f->model, client, 10, &local, &none);
    assert_true(has_change(step, CONNECTION_MATCHED));
    assert_pipe(client->connection, client, server);
    size_t shown = 0;
    for (const struct connection *c = model_connections(f->model); c != NULL; c = c->next)
        shown += !c->merged;
    assert_int_equal(shown, 1);
}

/* --- names and times ------------------------------------------------------------- */

/* A look-up that was answered with 127.0.0.1. */
static void say_look_up(struct model_fixture *f, const char *name)
{
    const struct sockaddr_in answer = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct record *const record = &f->told.record;
    say(f, (struct said){.call = CALL_getaddrinfo, .text = name, .took = 30, .family = -1, .type = -1});
    /* the answer as an item of its own */
    size_t at = sizeof *record + sizeof(struct item) + ((strlen(name) + 7) & ~(size_t)7);
    at = add_item(f, at, ITEM_ANSWER, &answer, sizeof answer);
    record->slots = (uint8_t)((at + SLOT_SIZE - 1) / SLOT_SIZE);
    model_take(f->model, decoder_view(f->decoder, record));
}

static void the_look_up_belongs_to_the_connect(void **state)
{
    struct model_fixture *const f = *state;
    say_look_up(f, "example.test");
    say_socket(f, 1, 5, 10);
    const struct step *const step =
        say(f, (struct said){.call = CALL_connect, .fd = 5, .inode = 10, .local = 4000, .peer = 80, .took = 7});
    assert_string_equal(step->socket->host, "example.test");
    assert_int_equal(step->socket->lookup_ns, 30 * MILLI);
    assert_int_equal(step->socket->connected_at - step->socket->connect_began, 7 * MILLI);
    f->now += 20;
    say_recv(f, 1, 5, 10, 9);
    assert_true(step->socket->first_in > step->socket->connected_at);
}

static void an_address_is_no_name(void **state)
{
    struct model_fixture *const f = *state;
    static const char *const addresses[] = {"127.0.0.1", "127.1", "2130706433", "::ffff:127.0.0.1", "fe80::1%lo"};
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        say_look_up(f, addresses[i]);
        struct socket *const socket = say_socket(f, 1, 5, 10 + i);
        say_connect(f, 5, 10 + i, 4000, 80, 0);
        assert_null(socket->host);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_names_the_other),
        TEST(accept_may_be_told_first),
        TEST(nobody_is_accepted_before_his_connect_began),
        TEST(ports_are_used_again),
        TEST(who_was_answered_is_not_waiting),
        TEST(clients_with_the_same_descriptor_differ),
        TEST(mapped_addresses_are_the_same),
        TEST(a_proxy_has_both_roles),
        TEST(a_pair_is_one_pipe_over_a_fork),
        TEST(unix_clients_are_accepted_in_their_order),
        TEST(the_kernel_brings_lone_ends_together),
        TEST(after_losses_only_who_was_seen_again_matches),
        TEST(ends_met_in_mid_life_find_each_other),
        TEST(an_end_met_in_mid_life_waits_for_a_slow_one),
        TEST(a_name_that_comes_late_makes_the_match),
        TEST(the_look_up_belongs_to_the_connect),
        TEST(an_address_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
