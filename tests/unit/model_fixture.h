/* model_fixture.h - what the tests of the model share: records that are told one
 * after the other, and what the model makes of them.
 *
 *     struct said r = {.call = CALL_connect, .fd = 3, .inode = 10, .local = 40000, .peer = 80};
 *     const struct step *step = say(f, r);
 */
#ifndef SOCKSPY_TESTS_MODEL_FIXTURE_H
#define SOCKSPY_TESTS_MODEL_FIXTURE_H

#include "viewer_fixture.h"

#include "../../viewer/model.h"

#include <errno.h>

#define MILLI INT64_C(1000000)
#define START INT64_C(1700000000000000000) /* Unix ns of the first record */

enum { TOLD_MAX = 4096 };

/* A record in short. What is left out is a client's, pid 100, that succeeds. */
struct said {
    enum call call;
    int fd; /* 0: none, for nobody here uses it */
    int64_t ret;
    int error;
    uint32_t number; /* of the process in the ring's table; 0: 1 */
    uint32_t pid;    /* 0: 100 */
    uint64_t inode;
    int family, type;                   /* 0: AF_INET, SOCK_STREAM; -1: unknown */
    uint16_t local, peer;               /* ports of 127.0.0.1; 0: unknown */
    const char *local_path, *peer_path; /* AF_UNIX */
    const char *peer_ip;                /* IPv6, with `peer` */
    const char *local_ip;
    unsigned marks;
    uint64_t arg[3];
    struct created created[4];
    unsigned created_count;
    int passed;           /* a descriptor that left by SCM_RIGHTS; 0: none */
    const int32_t *value; /* ITEM_VALUE */
    const char *text;     /* ITEM_TEXT */
    const char *payload;
    int64_t at;   /* ms since the start; 0: one more than the last */
    int64_t took; /* ms */
};

struct model_fixture {
    struct fixture *ring;
    struct decoder *decoder;
    struct model *model;
    int64_t now; /* ms */
    union {
        uint64_t words[TOLD_MAX / 8];
        struct record record;
    } told;
};

static inline struct model_fixture *model_fixture_new(bool keep)
{
    struct model_fixture *const f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->ring = fixture_new(RING_SIZE_MIN, 1);
    f->ring->ring.header->created = (struct moment){1000000000, START};
    f->ring->ring.header->ticks_per_second = 1000000000;
    f->ring->ring.header->boot_id[0] = '\0'; /* not of this boot: only its own moments count */
    f->decoder = decoder_new(&f->ring->ring);
    f->model = model_new(&f->decoder->processes, keep);
    return f;
}

static inline void model_fixture_free(struct model_fixture *f)
{
    model_free(f->model);
    decoder_free(f->decoder);
    fixture_free(f->ring);
    free(f);
}

/* A row of the ring's table: the process `number` with that pid, forked by `parent`. */
static inline void enrol(struct model_fixture *f, uint32_t number, uint32_t pid, uint32_t parent)
{
    f->decoder->processes.rows[number % RING_PROCESSES] =
        (struct ring_process){.number = number, .pid = pid, .parent = parent, .pid_namespace = 7, .start_time = pid};
}

static inline size_t add_item(struct model_fixture *f, size_t at, enum item_kind kind, const void *bytes, size_t size)
{
    const struct item item = {(uint16_t)kind, (uint16_t)size, (uint32_t)size};
    char *const to = (char *)f->told.words + at;
    assert_true(at + sizeof item + size + 8 < TOLD_MAX);
    memcpy(to, &item, sizeof item);
    memcpy(to + sizeof item, bytes, size);
    return at + sizeof item + ((size + 7) & ~(size_t)7);
}

static inline size_t add_path(struct model_fixture *f, size_t at, enum item_kind kind, const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, path, strlen(path));
    return add_item(f, at, kind, &name, offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
}

static inline size_t add_ipv6(struct model_fixture *f, size_t at, enum item_kind kind, const char *ip, uint16_t port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET6, ip, &name.sin6_addr), 1);
    return add_item(f, at, kind, &name, sizeof name);
}

static inline size_t add_items(struct model_fixture *f, const struct said *said)
{
    size_t at = sizeof(struct record);
    if (said->local_path != NULL)
        at = add_path(f, at, ITEM_LOCAL, said->local_path);
    if (said->peer_path != NULL)
        at = add_path(f, at, ITEM_PEER, said->peer_path);
    if (said->local_ip != NULL)
        at = add_ipv6(f, at, ITEM_LOCAL, said->local_ip, said->local);
    if (said->peer_ip != NULL)
        at = add_ipv6(f, at, ITEM_PEER, said->peer_ip, said->peer);
    if (said->created_count != 0)
        at = add_item(f, at, ITEM_CREATED, said->created, said->created_count * sizeof said->created[0]);
    if (said->passed != 0)
        at = add_item(f, at, ITEM_PASSED, &said->passed, sizeof said->passed);
    if (said->value != NULL)
        at = add_item(f, at, ITEM_VALUE, said->value, sizeof *said->value);
    if (said->text != NULL)
        at = add_item(f, at, ITEM_TEXT, said->text, strlen(said->text));
    if (said->payload != NULL)
        at = add_item(f, at, ITEM_PAYLOAD, said->payload, strlen(said->payload));
    return at;
}

static inline const struct step *say(struct model_fixture *f, struct said said)
{
    static const uint8_t loopback[4] = {127, 0, 0, 1};
    struct record *const record = &f->told.record;
    memset(&f->told, 0, sizeof f->told);
    f->now = said.at != 0 ? said.at : f->now + 1;
    record->start = (uint64_t)(1000000000 + f->now * MILLI);
    record->end = record->start + (uint64_t)(said.took * MILLI);
    record->pid = record->tid = said.pid != 0 ? said.pid : 100;
    record->process = said.number != 0 ? said.number : 1;
    memcpy(record->comm, "program", 8);
    record->call = (uint16_t)said.call;
    record->ret = said.error != 0 ? -1 : said.ret;
    record->error = (uint16_t)said.error;
    record->fd = said.fd != 0 ? said.fd : -1;
    record->inode = said.inode;
    record->family = (uint8_t)(said.family == 0 ? AF_INET : said.family < 0 ? 0 : said.family);
    record->type = (uint8_t)(said.type == 0 ? SOCK_STREAM : said.type < 0 ? 0 : said.type);
    record->marks = (uint8_t)said.marks;
    record->local_port = said.local;
    record->peer_port = said.peer;
    if (said.local != 0)
        memcpy(record->local_ip, loopback, 4);
    if (said.peer != 0)
        memcpy(record->peer_ip, loopback, 4);
    memcpy(record->arg, said.arg, sizeof record->arg);
    record->slots = (uint8_t)((add_items(f, &said) + SLOT_SIZE - 1) / SLOT_SIZE);
    if (record->call == CALL_LOST)
        record->ret = said.ret;
    return model_take(f->model, decoder_view(f->decoder, record));
}

/* --- the usual calls ------------------------------------------------------------- */

static inline struct socket *say_socket(struct model_fixture *f, uint32_t number, int fd, uint64_t inode)
{
    const struct step *const step = say(f, (struct said){.call = CALL_socket,
                                                         .fd = fd,
                                                         .ret = fd,
                                                         .number = number,
                                                         .pid = 100 * number,
                                                         .inode = inode,
                                                         .marks = MARK_CREATES});
    assert_non_null(step->created);
    return step->created;
}

static inline const struct step *say_close(struct model_fixture *f, uint32_t number, int fd, uint64_t inode)
{
    return say(f, (struct said){.call = CALL_close, .fd = fd, .number = number, .pid = 100 * number, .inode = inode});
}

static inline const struct step *say_connect(struct model_fixture *f, int fd, uint64_t inode, uint16_t local,
                                             uint16_t peer, int error)
{
    return say(
        f, (struct said){.call = CALL_connect, .fd = fd, .inode = inode, .local = local, .peer = peer, .error = error});
}

/* The server is number 2, pid 200; its listening socket is descriptor 3 with inode 1. */
static inline void say_listen(struct model_fixture *f, uint16_t port)
{
    const struct said server = {.number = 2, .pid = 200, .fd = 3, .inode = 1, .local = port};
    struct said said = server;
    say_socket(f, 2, 3, 1);
    said.call = CALL_bind;
    say(f, said);
    said.call = CALL_listen;
    say(f, said);
}

static inline const struct step *say_accept(struct model_fixture *f, int fd, uint64_t inode, uint16_t port,
                                            uint16_t peer)
{
    return say(f, (struct said){.call = CALL_accept,
                                .fd = 3,
                                .ret = fd,
                                .number = 2,
                                .pid = 200,
                                .inode = 1,
                                .local = port,
                                .peer = peer,
                                .marks = MARK_CREATES,
                                .created = {{fd, AF_INET | SOCK_STREAM << 8, inode}},
                                .created_count = 1});
}

static inline const struct step *say_send(struct model_fixture *f, uint32_t number, int fd, uint64_t inode, int bytes)
{
    return say(f, (struct said){.call = CALL_send,
                                .fd = fd,
                                .ret = bytes,
                                .number = number,
                                .pid = 100 * number,
                                .inode = inode,
                                .marks = MARK_OUT,
                                .arg = {(uint64_t)bytes}});
}

static inline const struct step *say_recv(struct model_fixture *f, uint32_t number, int fd, uint64_t inode, int bytes)
{
    return say(f, (struct said){.call = CALL_recv,
                                .fd = fd,
                                .ret = bytes,
                                .number = number,
                                .pid = 100 * number,
                                .inode = inode,
                                .marks = MARK_IN,
                                .arg = {100}});
}

/* --- looking --------------------------------------------------------------------- */

static inline void assert_pipe(const struct connection *connection, const struct socket *client,
                               const struct socket *server)
{
    assert_non_null(connection);
    assert_ptr_equal(connection->ends[CLIENT_END].socket, client);
    assert_ptr_equal(connection->ends[SERVER_END].socket, server);
}

static inline bool has_change(const struct step *step, enum change_kind kind)
{
    for (size_t i = 0; i < step->change_count; i++) {
        if (step->changes[i].kind == kind)
            return true;
    }
    return false;
}

static inline size_t count_open_sockets(const struct model_fixture *f)
{
    size_t count = 0;
    for (const struct socket *socket = model_sockets(f->model); socket != NULL; socket = socket->next)
        count += !socket->ended;
    return count;
}

static inline size_t count_sockets(const struct model_fixture *f)
{
    size_t count = 0;
    for (const struct socket *socket = model_sockets(f->model); socket != NULL; socket = socket->next)
        count++;
    return count;
}

static inline size_t count_connections(const struct model_fixture *f)
{
    size_t count = 0;
    for (const struct connection *c = model_connections(f->model); c != NULL; c = c->next)
        count++;
    return count;
}

static inline void assert_state(const struct model_fixture *f, const struct socket *socket, enum socket_state state)
{
    assert_string_equal(state_word(socket_state(f->model, socket)), state_word(state));
}

static inline int setup(void **state)
{
    *state = model_fixture_new(false);
    return 0;
}

static inline int setup_keeping(void **state)
{
    *state = model_fixture_new(true);
    return 0;
}

static inline int teardown(void **state)
{
    model_fixture_free(*state);
    return 0;
}

#endif
