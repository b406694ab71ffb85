/* ring_make.h - what lies in a fuzzed ring, by the bytes of the input: processes and
 * records that are likely, so that they reach the model and the renderers, with any
 * words in between.
 */
#ifndef SOCKSPY_TESTS_FUZZ_RING_MAKE_H
#define SOCKSPY_TESTS_FUZZ_RING_MAKE_H

#include "input.h"

#include "../../preload/ring.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ITEMS_MAX = 7, ITEM_ROOM = 4096 };

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static void make_text(struct input *input, char *text, size_t room)
{
    static const char *const words[] = {"",
                                        "curl",
                                        "nginx: worker",
                                        "/usr/bin/\nx",
                                        "=1+1",
                                        "\033]0;x\a",
                                        "a\u202eexe.b\u2028\u3164",
                                        "한글",
                                        "SOCKSPY_DATA=x SOCKSPY_SIZE=1"};
    const uint8_t byte = take(input);
    const char *const word = words[byte % COUNT(words)];
    memset(text, 0, room);
    if (byte >= 240)
        take_bytes(input, text, room);
    else
        memcpy(text, word, strnlen(word, room));
}

static void make_processes(struct input *input, const struct ring *ring, bool this_boot)
{
    struct stat space = {0};
    if (this_boot)
        stat("/proc/self/ns/pid", &space);
    for (unsigned left = take(input) % 16; left != 0; left--) {
        struct ring_process process = {.number = (uint32_t)take_number(input), .parent = (uint32_t)take_number(input)};
        process.pid = this_boot ? (uint32_t)getpid() : 100 + process.number % 8;
        process.pid_namespace = this_boot ? space.st_ino : take(input);
        process.flags = take(input);
        process.start_time = this_boot ? 0 : take_number(input);
        process.moment.ticks = ring->header->created.ticks + take_number(input);
        process.moment.unix_ns = ring->header->created.unix_ns + (int64_t)take(input) * 1000000;
        if (take(input) >= 240)
            process.moment.unix_ns = (int64_t)take_word(input);
        make_text(input, process.comm, sizeof process.comm);
        make_text(input, process.path, sizeof process.path);
        make_text(input, process.args, sizeof process.args);
        make_text(input, process.refused, sizeof process.refused);
        ring_process_put(ring, &process);
    }
}

static size_t make_sockaddr(struct input *input, void *bytes)
{
    const uint8_t form = take(input);
    struct sockaddr_un *const path = bytes;
    struct sockaddr_in6 *const in6 = bytes;
    switch (form % 4) {
    case 0:
        *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(form / 16 != 0 ? 40000 + form : 80)};
        in6->sin6_addr.s6_addr[15] = form / 4 % 4;
        return sizeof *in6;
    case 1:
        *in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(form)};
        memcpy(&in6->sin6_addr, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1", 16);
        return sizeof *in6;
    case 2:
        *path = (struct sockaddr_un){.sun_family = AF_UNIX};
        make_text(input, path->sun_path + (form / 4 % 2), 64);
        return sizeof path->sun_family + (form >= 240 ? sizeof path->sun_path : strlen(path->sun_path + 1) + 2);
    default:
        *(sa_family_t *)bytes = (sa_family_t)(form / 4);
        take_bytes(input, (char *)bytes + sizeof(sa_family_t), 24);
        return form % 27;
    }
}

/* An item's bytes, as its kind has them or not. Returns how many. */
static size_t make_item(struct input *input, unsigned kind, char *bytes)
{
    struct created created[3];
    if (kind >= ITEM_KINDS || take(input) >= 200) {
        const size_t size = take_number(input) % ITEM_ROOM;
        take_bytes(input, bytes, size);
        return size;
    }
    switch (kind) {
    case ITEM_LOCAL:
    case ITEM_PEER:
    case ITEM_ANSWER: return make_sockaddr(input, bytes);
    case ITEM_CREATED:
        for (unsigned i = 0; i < COUNT(created); i++)
            created[i] = (struct created){take(input) % 16, AF_INET | SOCK_STREAM << 8, take(input) % 16};
        memcpy(bytes, created, sizeof created);
        return sizeof created[0] * (take(input) % 4);
    case ITEM_PASSED:
    case ITEM_VALUE: memcpy(bytes, &(int32_t){take(input) % 16}, 4); return 4;
    case ITEM_TEXT: make_text(input, bytes, 64); return strnlen(bytes, 64);
    default: {
        static const char *const payloads[] = {
            "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
            "\x16\x03\x01\x00\x10\x01\x00\x00\x0c\x03\x03",
            "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01\x61\x07\x65xample\x00\x00\x01\x00\x01",
            "*1\r\n$4\r\nPING\r\n",
            "\x1b[2J\xe2\x80\xae=cmd",
        };
        const char *const payload = payloads[take(input) % COUNT(payloads)];
        const size_t fixed = 40, more = take(input) % 64;
        memset(bytes, 0, fixed);
        memcpy(bytes, payload, strnlen(payload, fixed));
        take_bytes(input, bytes + fixed, more);
        return fixed - 8 + more;
    }
    }
}

static unsigned make_items(struct input *input, struct ring_part parts[ITEMS_MAX])
{
    static char bytes[ITEMS_MAX][ITEM_ROOM];
    const unsigned count = take(input) % (ITEMS_MAX + 1);
    for (unsigned i = 0; i < count; i++) {
        const unsigned kind = take(input) % (ITEM_KINDS + 1);
        const size_t size = make_item(input, kind, bytes[i]);
        const uint8_t more = take(input);
        parts[i] = (struct ring_part){bytes[i], (uint32_t)size + (more >= 200 ? more * more : 0), (uint16_t)size,
                                      (uint16_t)kind};
    }
    return count;
}

static uint16_t make_call(struct input *input)
{
    static const uint16_t usual[] = {
        CALL_socket, CALL_connect, CALL_accept,  CALL_bind,        CALL_listen,   CALL_send,
        CALL_recv,   CALL_close,   CALL_sendto,  CALL_getaddrinfo, CALL_fork,     CALL_exec,
        CALL_exit,   CALL_inherit, CALL_sendmsg, CALL_recvmsg,     CALL_recvfrom, CALL_shutdown,
        CALL_dup2,   CALL_poll,    CALL_write,   CALL_read,        CALL_hidden,   CALL_socketpair,
    };
    const uint8_t byte = take(input);
    return byte < CALL_COUNT ? byte : byte == 255 ? (uint16_t)take_word(input) : usual[byte % COUNT(usual)];
}

static struct record make_record(struct input *input, uint64_t *now)
{
    static const uint16_t families[] = {AF_INET, AF_INET, AF_INET6, AF_UNIX, 0, AF_NETLINK, AF_PACKET};
    static const uint16_t types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, 0, SOCK_RAW, SOCK_SEQPACKET};
    static const uint16_t ports[] = {80, 40000, 40001, 0, 53, 443};
    static const uint8_t addresses[][4] = {{127, 0, 0, 1}, {0, 0, 0, 0}, {10, 0, 0, 1}, {255, 255, 255, 255}};
    struct record record = {.call = make_call(input)};
    const uint8_t who = take(input), where = take(input);
    record.process = who % 8;
    record.pid = 100 + (who >= 128 ? who / 16 % 8 : record.process);
    record.tid = record.pid + who / 64;
    record.fd = (int32_t)(take_number(input) - 1);
    record.ret = (int64_t)(take_number(input) - 1);
    record.inode = take_number(input) % 64;
    record.family = (uint8_t)TAKE_ONE_OF(input, families);
    record.type = (uint8_t)TAKE_ONE_OF(input, types);
    record.marks = take(input);
    record.local_port = (uint16_t)TAKE_ONE_OF(input, ports);
    record.peer_port = (uint16_t)TAKE_ONE_OF(input, ports);
    memcpy(record.local_ip, addresses[where % 4], 4);
    memcpy(record.peer_ip, addresses[where / 4 % 4], 4);
    if (where >= 128)
        record.error = (uint16_t)take_number(input);
    for (unsigned i = 0; i < 3; i++)
        record.arg[i] = take_number(input);
    *now += take_number(input) * 100000;
    record.start = *now;
    record.end = *now + take_number(input) * 1000;
    make_text(input, record.comm, sizeof record.comm);
    return record;
}

/* Puts other words into a record that was written, and makes its check right. */
static void damage_record(struct input *input, const struct ring *ring, const struct record *written)
{
    const uint64_t slot = written->id & ((uint64_t)ring->chunk_mask * CHUNK_SLOTS + CHUNK_SLOTS - 1);
    struct record *const record = (struct record *)(void *)(ring->slots + slot * (SLOT_SIZE / 8));
    ring_word *const words = (ring_word *)record;
    const size_t count = record->slots * (size_t)(SLOT_SIZE / 8), sequence = record->sequence;
    for (unsigned left = take(input) % 4 + 1; left != 0; left--)
        words[2 + take_number(input) % (count - 2)] = take_word(input);
    record->slots = (uint8_t)(count / (SLOT_SIZE / 8));
    record->sequence = (uint32_t)sequence;
    record->check = record_check(words, count);
}

static void make_records(struct input *input, const struct ring *ring)
{
    uint64_t now = ring->header->created.ticks;
    while (input->at < input->end) {
        struct ring_part parts[ITEMS_MAX];
        const uint8_t form = take(input);
        struct record record = make_record(input, &now);
        const unsigned count = form % 4 != 0 ? make_items(input, parts) : 0;
        ring_write(ring, form / 4 % 4, &record, parts, count);
        if (form >= 240 && record.id != 0)
            damage_record(input, ring, &record);
    }
}

/* Any words anywhere: most of them where the ring says what lies where. */
static void damage_ring(struct input *input, const struct ring *ring)
{
    struct ring_header *const header = ring->header;
    const size_t words = header->file_size / 8, lanes = header->lanes_at / 8, owners = header->owners_at / 8;
    for (unsigned left = take(input) % 8; left != 0; left--) {
        const uint8_t where = take(input);
        const size_t at = take_number(input);
        const size_t word = where < 64    ? at % (sizeof *header / 8)
                            : where < 128 ? lanes + at % (ring->lane_mask * 8 + 8)
                            : where < 192 ? owners + at % (ring->chunk_mask + 1)
                                          : at % words;
        ((uint64_t *)header)[word] = where % 2 != 0 ? take_word(input) : take_number(input);
    }
    for (unsigned i = 0; i < COUNT_KINDS; i++)
        header->count[i] = take_number(input);
}

#endif
