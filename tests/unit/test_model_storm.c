/* test_model_storm.c - records that make no sense, by the hundred thousand: after
 * each, what the model holds must still fit together. */
#include "model_fixture.h"

static uint64_t seed = 20240229;

/* A number below `limit`. */
static unsigned any(unsigned limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % limit;
}

/* A record about few processes, descriptors, inodes and ports, so that they meet. */
static struct said any_record(struct model_fixture *f)
{
    static const enum call calls[] = {
        CALL_socket,      CALL_socket,      CALL_socketpair, CALL_accept,   CALL_accept4,     CALL_dup,
        CALL_dup2,        CALL_fcntl,       CALL_close,      CALL_close,    CALL_close_range, CALL_connect,
        CALL_bind,        CALL_listen,      CALL_send,       CALL_recv,     CALL_sendmsg,     CALL_recvmsg,
        CALL_shutdown,    CALL_fork,        CALL_vfork,      CALL_exec,     CALL_inherit,     CALL_exit,
        CALL__exit,       CALL_hidden,      CALL_sendto,     CALL_recvfrom, CALL_getsockopt,  CALL_posix_spawn,
        CALL_getsockname, CALL_clone,       CALL_daemon,     CALL_fclose,   CALL_splice,      CALL_execve,
        CALL_pidfd_getfd, CALL_getpeername, CALL_read,       CALL_write,
    };
    static const char *const paths[] = {NULL, "/a", "/b"};
    static const int families[] = {AF_INET, AF_INET, AF_UNIX, AF_INET6, AF_NETLINK, -1};
    static const int errors[] = {EINPROGRESS, ECONNREFUSED, EBADF, EAGAIN, EPIPE};
    const unsigned number = 1 + any(5), ret = any(8);
    const int family = families[any(6)];
    struct said said = {
        .call = any(60) == 0 ? (enum call)CALL_LOST : calls[any(sizeof calls / sizeof calls[0])],
        .fd = (int)any(9) - 1,
        .ret = ret,
        .error = any(5) == 0 ? errors[any(5)] : 0,
        .number = number,
        .pid = any(10) == 0 ? 100 + any(6) : 100 + number,
        .inode = any(3) == 0 ? 0 : 1 + any(7),
        .family = family,
        .type = any(3) == 0   ? SOCK_DGRAM
                : any(8) == 0 ? -1
                              : SOCK_STREAM,
        .marks = any(2) * MARK_OUT + any(2) * MARK_IN + any(2) * MARK_CREATES,
        .arg = {any(8), any(8), any(3)},
        .passed = any(4) == 0 ? (int)any(7) : 0,
        .created_count = any(3),
        .at = f->now + (int64_t)any(40) - (any(4) == 0 ? 30 : 0),
        .took = any(3) == 0 ? any(50) : 0,
    };
    if (said.call == CALL_fork || said.call == CALL_vfork || said.call == CALL_clone)
        said.ret = 100 + any(8);
    if (family == AF_INET) {
        said.local = (uint16_t)(any(2) * (1000 + any(3)));
        said.peer = (uint16_t)(any(2) * (1000 + any(3)));
    } else if (family == AF_UNIX) {
        said.local_path = paths[any(3)];
        said.peer_path = paths[any(3)];
    }
    for (unsigned i = 0; i < said.created_count; i++)
        said.created[i] = (struct created){(int)any(8), any(3) == 0 ? 0 : AF_UNIX | SOCK_STREAM << 8, any(8)};
    return said;
}

static void check_socket(const struct socket *socket)
{
    uint64_t open = 0;
    for (const struct holder *holder = socket->holders; holder != NULL; holder = holder->next) {
        assert_ptr_equal(holder->socket, socket);
        if (!holder->open)
            continue;
        open++;
        assert_ptr_equal(process_descriptor(holder->process, holder->fd), holder);
    }
    assert_int_equal(open, socket->open_holders);
    assert_true(!socket->ended || open == 0);
    const struct connection *const pipe = socket->connection;
    assert_true(pipe == NULL || pipe->merged || pipe->ends[0].socket == socket || pipe->ends[1].socket == socket);
}

/* What lives is found under its inode, its descriptors and its ends. */
static void check_all(const struct model *model)
{
    for (const struct process *process = model_processes(model); process != NULL; process = process->next) {
        int64_t fd = 0;
        for (const struct holder *holder; (holder = fd_table_next(&process->table, &fd)) != NULL; fd++) {
            assert_true(holder->open && holder->fd == fd && holder->process == process);
            assert_true(!process->gone && !holder->socket->ended);
        }
    }
    for (const struct socket *socket = model_sockets(model); socket != NULL; socket = socket->next) {
        check_socket(socket);
        assert_true(socket->ended || socket->inode == 0 || model_socket(model, socket->inode) == socket);
    }
    for (const struct connection *pipe = model_connections(model); pipe != NULL; pipe = pipe->next) {
        const bool datagrams = pipe->type == SOCK_DGRAM;                             /* may be sent to oneself */
        const bool itself = address_equal(&pipe->addresses[0], &pipe->addresses[1]); /* so may a stream */
        assert_true(datagrams || itself || pipe->ends[0].socket != pipe->ends[1].socket ||
                    pipe->ends[0].socket == NULL);
    }
}

/* The first living one behind `socket`. */
static struct socket *living(struct socket *socket)
{
    while (socket != NULL && socket->ended)
        socket = socket->next;
    return socket;
}

/* What /proc and the kernel may say between two records. */
static void tell_from_elsewhere(struct model_fixture *f)
{
    struct socket *const first = living(model_sockets(f->model));
    struct socket *const second = first != NULL ? living(first->next) : NULL;
    struct process *const process = model_processes(f->model);
    struct address local;
    address_from_ipv4(&local, (const uint8_t[]){127, 0, 0, 1}, (uint16_t)(1000 + any(3)));
    switch (any(300)) {
    case 0:
        if (first != NULL)
            model_tell(f->model, first, 1 + any(7), &local, &local);
        break;
    case 1:
        if (second != NULL)
            model_join(f->model, first, second);
        break;
    case 2:
        if (process != NULL && !process->gone)
            model_gone(f->model, process);
        break;
    case 3: model_settle(f->model, START + f->now * MILLI + 5000 * MILLI); break;
    default: break;
    }
}

static void storm(struct model_fixture *f, unsigned rounds)
{
    for (unsigned round = 0; round < rounds; round++) {
        if (any(20) == 0)
            enrol(f, 1 + any(5), 100 + any(6), any(6));
        const struct said said = any_record(f);
        say(f, said);
        f->now = said.at > f->now ? said.at : f->now;
        tell_from_elsewhere(f);
        check_all(f->model);
    }
    model_finish(f->model);
    check_all(f->model);
}

static void nothing_is_too_odd(void **state)
{
    storm(*state, 30000);
}

static void nor_where_all_is_kept(void **state)
{
    storm(*state, 2000);
}

/* SEED=N in the environment makes another storm of it. */
int main(void)
{
    const char *const other = getenv("SEED");
    if (other != NULL)
        seed = strtoull(other, NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_too_odd, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_where_all_is_kept, setup_keeping, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
