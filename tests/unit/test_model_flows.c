/* test_model_flows.c - datagrams have no connection: which ends a flow has, by names,
 * by the server's path or port, over reused ports, after losses. */
#include "model_fixture.h"

/* --- each names the other -------------------------------------------------------- */

/* The server is bound to every address; the client's own is not known to it. */
static struct said datagram(enum call call, bool server, unsigned mark, uint16_t client_port)
{
    const struct said said = {.call = call,
                              .fd = server ? 6 : 5,
                              .ret = 4,
                              .number = server ? 2 : 1,
                              .pid = server ? 200 : 100,
                              .inode = server ? 50 : client_port,
                              .type = SOCK_DGRAM,
                              .local = server ? 53 : client_port,
                              .peer = server ? client_port : 53,
                              .marks = mark,
                              .arg = {100}};
    return said;
}

static void datagrams_make_a_flow(void **state)
{
    struct model_fixture *const f = *state;
    struct connection *const flow = say(f, datagram(CALL_sendto, false, MARK_OUT, 4000))->connection;
    const struct step *step = say(f, datagram(CALL_recvfrom, true, MARK_IN, 4000));
    assert_ptr_equal(step->connection, flow);
    assert_int_equal(step->end, SERVER_END);
    step = say(f, datagram(CALL_sendto, true, MARK_OUT, 4000));
    assert_ptr_equal(step->connection, flow);
    assert_int_equal(flow->ends[SERVER_END].out.bytes, 4);
    /* a second client of the same server */
    say_close(f, 1, 5, 4000);
    step = say(f, datagram(CALL_sendto, false, MARK_OUT, 4001));
    assert_ptr_not_equal(step->connection, flow);
    assert_ptr_equal(say(f, datagram(CALL_recvfrom, true, MARK_IN, 4001))->connection, step->connection);
    assert_int_equal(step->socket->connections, 2);
}

/* Another client has got the port of one that is gone; what that one had sent is
 * read first. */
static void a_datagram_port_comes_back(void **state)
{
    struct model_fixture *const f = *state;
    struct said sent = datagram(CALL_sendto, false, MARK_OUT, 4000);
    struct connection *const first = say(f, sent)->connection;
    say(f, datagram(CALL_recvfrom, true, MARK_IN, 4000));
    say(f, sent); /* not read yet */
    say_close(f, 1, 5, sent.inode);
    sent.inode++;
    struct connection *const second = say(f, sent)->connection;
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(say(f, datagram(CALL_recvfrom, true, MARK_IN, 4000))->connection, first);
    assert_ptr_equal(say(f, datagram(CALL_recvfrom, true, MARK_IN, 4000))->connection, second);
    assert_ptr_equal(say(f, datagram(CALL_sendto, true, MARK_OUT, 4000))->connection, second);
    assert_true(connection_agrees(second, SERVER_END));
}

static void flows_are_limited(void **state)
{
    struct model_fixture *const f = *state;
    for (unsigned i = 0; i < 20000; i++)
        say(f, datagram(CALL_recvfrom, true, MARK_IN, (uint16_t)(2000 + i)));
    assert_true(count_connections(f) <= 8193);
    assert_int_equal(model_sums(f->model).connections, 20000);
}

/* --- only the client names the other ---------------------------------------------- */

enum { PORT = 514 };

/* What a client of its own socket sends to PORT of this machine, or to `path`. */
static struct said sent_by(uint64_t inode, const char *path)
{
    return (struct said){.call = CALL_sendto,
                         .fd = (int)inode,
                         .ret = 3,
                         .inode = inode,
                         .family = path != NULL ? AF_UNIX : AF_INET,
                         .type = SOCK_DGRAM,
                         .local = path != NULL ? 0 : (uint16_t)(4000 + inode),
                         .peer = path != NULL ? 0 : PORT,
                         .peer_path = path,
                         .marks = MARK_OUT,
                         .arg = {3}};
}

/* What a server does with its socket at PORT of every address, or at `path`. */
static struct said done_by(enum call call, uint64_t inode, const char *path)
{
    return (struct said){.call = call,
                         .fd = (int)inode,
                         .ret = call == CALL_recv ? 3 : 0,
                         .number = 2,
                         .pid = 200,
                         .inode = inode,
                         .family = path != NULL ? AF_UNIX : AF_INET,
                         .type = SOCK_DGRAM,
                         .local = path != NULL ? 0 : PORT,
                         .local_ip = path != NULL ? NULL : "::",
                         .local_path = path,
                         .marks = call == CALL_recv ? MARK_IN : 0};
}

static struct connection *say_sent(struct model_fixture *f, uint64_t inode)
{
    return say(f, sent_by(inode, NULL))->connection;
}

static struct socket *say_bound(struct model_fixture *f, uint64_t inode)
{
    return say(f, done_by(CALL_bind, inode, NULL))->socket;
}

/* It does not ask who has sent. */
static const struct step *say_heard(struct model_fixture *f, uint64_t inode)
{
    return say(f, done_by(CALL_recv, inode, NULL));
}

static void the_path_tells_the_server(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const server = say(f, done_by(CALL_bind, 1, "/log"))->socket;
    const struct step *const step = say(f, sent_by(10, "/log"));
    assert_pipe(step->connection, step->socket, server);
    assert_int_equal(step->connection->match, MATCH_PATH);
    assert_true(connection_agrees(step->connection, CLIENT_END)); /* who reads what cannot be told */
}

static void a_bind_may_be_told_after_what_was_sent_there(void **state)
{
    struct model_fixture *const f = *state;
    const int64_t began = f->now + 1;
    struct said sent = sent_by(10, "/log"), bound = done_by(CALL_bind, 1, "/log");
    sent.at = began + 5;
    struct connection *const pipe = say(f, sent)->connection;
    bound.at = began, bound.took = 20;
    struct socket *const server = say(f, bound)->socket;
    assert_ptr_equal(pipe->ends[SERVER_END].socket, server);
    assert_int_equal(pipe->match, MATCH_PATH);

    struct connection *const earlier = say(f, sent_by(11, "/other"))->connection; /* was for somebody before */
    say(f, done_by(CALL_bind, 2, "/other"));
    assert_null(earlier->ends[SERVER_END].socket);
}

/* Where the port is its own, and the datagram surely comes here. */
static void the_port_tells_a_server_that_never_asks(void **state)
{
    struct model_fixture *const f = *state;
    struct said away = sent_by(10, NULL);
    away.peer_ip = "2001:db8::1"; /* to another machine */
    struct socket *const server = say_bound(f, 1);
    struct connection *const elsewhere = say(f, away)->connection, *const here = say_sent(f, 10);
    assert_null(here->ends[SERVER_END].socket);
    assert_ptr_equal(say_heard(f, 1)->connection, here);
    assert_pipe(here, here->ends[CLIENT_END].socket, server);
    assert_int_equal(here->match, MATCH_PORT);
    assert_null(elsewhere->ends[SERVER_END].socket);

    say_bound(f, 2); /* of two at one port nobody knows which gets it */
    struct connection *const open = say_sent(f, 11);
    say_heard(f, 1);
    assert_null(open->ends[SERVER_END].socket);
}

/* A client tried before the server was there: what it sent was for nobody, or for
 * somebody else. */
static void a_server_hears_nothing_of_before_its_bind(void **state)
{
    struct model_fixture *const f = *state;
    struct connection *const before = say_sent(f, 10);
    struct socket *const server = say_bound(f, 1);
    struct connection *const since = say_sent(f, 11);
    say_heard(f, 1);
    assert_null(before->ends[SERVER_END].socket);
    assert_ptr_equal(since->ends[SERVER_END].socket, server);

    assert_ptr_equal(say_sent(f, 10), before); /* but now it is for that one */
    say_heard(f, 1);
    assert_ptr_equal(before->ends[SERVER_END].socket, server);
}

/* Of two at one port the later one goes, and a third one comes. */
static void a_shared_port_stays_shared(void **state)
{
    struct model_fixture *const f = *state;
    say_bound(f, 1);
    say_bound(f, 2);
    say_close(f, 2, 2, 2);
    say_bound(f, 3);
    struct connection *const open = say_sent(f, 10);
    say_heard(f, 3);
    assert_null(open->ends[SERVER_END].socket);
}

/* Nobody knows whether the server is still there. */
static void after_losses_a_server_must_hear_again(void **state)
{
    struct model_fixture *const f = *state;
    struct socket *const server = say_bound(f, 1);
    say_heard(f, 1);
    say(f, (struct said){.call = (enum call)CALL_LOST, .ret = 7});
    struct connection *const flow = say_sent(f, 10);
    assert_null(flow->ends[SERVER_END].socket);
    say_heard(f, 1);
    assert_ptr_equal(flow->ends[SERVER_END].socket, server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(datagrams_make_a_flow),
        TEST(a_datagram_port_comes_back),
        TEST(flows_are_limited),
        TEST(the_path_tells_the_server),
        TEST(a_bind_may_be_told_after_what_was_sent_there),
        TEST(the_port_tells_a_server_that_never_asks),
        TEST(a_server_hears_nothing_of_before_its_bind),
        TEST(a_shared_port_stays_shared),
        TEST(after_losses_a_server_must_hear_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
