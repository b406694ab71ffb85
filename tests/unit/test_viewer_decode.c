/* test_viewer_decode.c - records as JSON, text and CSV: the keys that are
 * promised, and that nothing is said that is not known. */
#include "viewer_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/time.h>

static struct record tcp_record(const struct fixture *f, enum call call)
{
    struct record record = plain_record(f, call);
    record.fd = 5;
    record.family = AF_INET;
    record.type = SOCK_STREAM;
    record.inode = 4242;
    memcpy(record.local_ip, (uint8_t[]){127, 0, 0, 1}, 4);
    record.local_port = 45678;
    memcpy(record.peer_ip, (uint8_t[]){127, 0, 0, 1}, 4);
    record.peer_port = 8080;
    return record;
}

static struct ring_part part(enum item_kind kind, const void *bytes, size_t size)
{
    return (struct ring_part){bytes, (uint32_t)size, (uint16_t)size, (uint16_t)kind};
}

static void a_send_has_all_its_keys(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_send);
    record.ret = 78;
    record.marks = MARK_OUT | PLACE_STACK;
    record.arg[0] = 78;
    record.arg[1] = MSG_NOSIGNAL;
    const struct ring_part parts[] = {{"GET /\r\n\xff\"", 78, 9, ITEM_PAYLOAD}};
    write_record(f, 0, record, parts, 1);
    const char *const json = first_json(f);
    assert_has(json, "\"pid\":811,\"tid\":811,\"comm\":\"curl\",\"call\":\"send\",\"fd\":5,\"ret\":78,");
    assert_has(json, "\"family\":\"inet\",\"type\":\"stream\",\"inode\":4242,");
    assert_has(json, "\"local\":\"127.0.0.1:45678\",\"peer\":\"127.0.0.1:8080\",\"bytes\":78,");
    assert_has(json, "\"data\":\"GET /\\u000d\\u000a\\u00ff\\\"\",");
    assert_has(json, "\"args\":{\"len\":78,\"flags\":\"MSG_NOSIGNAL\",\"buf\":\"stack\"}}\n");
    assert_has_not(json, "errno");
    assert_has_not(json, "\"fds\"");
    assert_has_not(json, "\"cut\"");

    const char *const text = first_text(f);
    assert_has(text, "curl[811]");
    assert_has(text, "fd 5  send");
    assert_has(text, "\"GET /\\r\\n\\xff\\\"\"");
    assert_has(text, "MSG_NOSIGNAL");
    assert_has(text, "= 78");
    assert_has(text, "127.0.0.1:45678 -> 127.0.0.1:8080\n");
    fixture_free(f);
}

static void a_failure_has_its_name_and_no_bytes(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_connect);
    record.ret = -1;
    record.error = ECONNREFUSED;
    record.local_port = 0;
    memset(record.local_ip, 0, 4);
    write_record(f, 0, record, NULL, 0);
    const char *json = first_json(f);
    assert_has(json, "\"ret\":-1,\"errno\":\"ECONNREFUSED\"");
    assert_has_not(json, "local");
    assert_has_not(json, "bytes");
    assert_has_not(json, "args");
    assert_has(first_text(f), "ECONNREFUSED  -> 127.0.0.1:8080");

    struct fixture *const g = fixture_new(1 << 20, 1);
    record.error = 4095; /* no such errno */
    write_record(g, 0, record, NULL, 0);
    assert_has(first_json(g), "\"errno\":\"0xfff\"");
    fixture_free(g);
    fixture_free(f);
}

static void new_descriptors_are_listed_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_accept4);
    record.ret = 9;
    record.marks = MARK_CREATES;
    record.arg[0] = SOCK_CLOEXEC;
    const struct created created = {9, AF_INET | SOCK_STREAM << 8, 777};
    const struct ring_part parts[] = {part(ITEM_CREATED, &created, sizeof created)};
    write_record(f, 0, record, parts, 1);
    const char *json = first_json(f);
    assert_has(json, "\"fd\":5,\"fds\":[9],\"inodes\":[777],\"ret\":9");
    assert_has(json, "\"args\":{\"flags\":\"SOCK_CLOEXEC\"}");
    fixture_free(f);

    f = fixture_new(1 << 20, 1);
    record = tcp_record(f, CALL_recvmsg);
    record.marks = MARK_IN;
    record.ret = 1;
    const struct created two[] = {{4, 0, 0}, {6, AF_UNIX, 99}};
    const struct ring_part passed[] = {part(ITEM_CREATED, two, sizeof two)};
    write_record(f, 0, record, passed, 1);
    assert_has(first_json(f), "\"fds\":[4,6],\"inodes\":[null,99]");
    assert_has(first_text(f), "brings fd 4 6");
    fixture_free(f);

    f = fixture_new(1 << 20, 1);
    record = tcp_record(f, CALL_dup);
    record.ret = 12;
    record.marks = MARK_CREATES;
    write_record(f, 0, record, NULL, 0);
    json = first_json(f);
    assert_has(json, "\"fds\":[12],\"ret\":12");
    assert_has_not(json, "inodes");
    fixture_free(f);
}

/* What an address item becomes. */
static const char *local_as(const void *address, size_t size, uint8_t family)
{
    static char found[ADDRESS_TEXT * 2];
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_bind);
    record.family = family;
    const struct ring_part parts[] = {part(ITEM_LOCAL, address, size)};
    write_record(f, 0, record, parts, 1);
    const char *const json = first_json(f), *const at = strstr(json, "\"local\":");
    snprintf(found, sizeof found, "%s", at != NULL ? at + 8 : "none");
    found[strcspn(found, ",}")] = '\0';
    fixture_free(f);
    return found;
}

static void every_family_has_a_readable_address(void **state)
{
    (void)state;
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    inet_pton(AF_INET6, "::1", &in6.sin6_addr);
    assert_string_equal(local_as(&in6, sizeof in6, AF_INET6), "\"[::1]:80\"");
    inet_pton(AF_INET6, "::ffff:1.2.3.4", &in6.sin6_addr);
    assert_string_equal(local_as(&in6, sizeof in6, AF_INET6), "\"[::ffff:1.2.3.4]:80\"");
    inet_pton(AF_INET6, "fe80::1", &in6.sin6_addr);
    in6.sin6_scope_id = 3;
    assert_string_equal(local_as(&in6, sizeof in6, AF_INET6), "\"[fe80::1%3]:80\"");
    memset(&in6.sin6_addr, 0, 16);
    in6.sin6_port = in6.sin6_scope_id = 0;
    assert_string_equal(local_as(&in6, sizeof in6, AF_INET6), "none");

    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/x\"\n.sock"};
    assert_string_equal(local_as(&un, sizeof un, AF_UNIX), "\"unix:/run/x\\\"\\u000a.sock\"");
    assert_string_equal(local_as(&un, 2, AF_UNIX), "none");
    memcpy(un.sun_path, "\0bus", 4);
    assert_string_equal(local_as(&un, 6, AF_UNIX), "\"unix:@bus\"");
    memcpy(un.sun_path, "\0a\0b", 4); /* not the same as "@a" */
    assert_string_equal(local_as(&un, 6, AF_UNIX), "\"unix:@a@b\"");

    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {htonl(0x7f000035)}};
    assert_string_equal(local_as(&in, sizeof in, AF_INET), "\"127.0.0.53:53\"");
    assert_string_equal(local_as(&in, 5, AF_INET), "none"); /* cut short */

    const uint8_t netlink[12] = {AF_NETLINK, 0, 0, 0, 0x10, 0x27, 0, 0, 1, 0, 0, 0};
    assert_string_equal(local_as(netlink, sizeof netlink, AF_NETLINK), "\"netlink:10000/0x1\"");
    const uint8_t vsock[16] = {40, 0, 0, 0, 0xd2, 4, 0, 0, 2, 0, 0, 0};
    assert_string_equal(local_as(vsock, sizeof vsock, 40), "\"vsock:2:1234\"");
    const uint8_t any_vsock[16] = {40, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    assert_string_equal(local_as(any_vsock, sizeof any_vsock, 40), "\"vsock:*:*\"");
    const uint8_t packet[20] = {AF_PACKET, 0, 8, 0, 3, 0, 0, 0};
    assert_string_equal(local_as(packet, sizeof packet, AF_PACKET), "\"packet:3/0x0800\"");
    const uint8_t unknown[6] = {99, 0, 0xde, 0xad, 0xbe, 0xef};
    assert_string_equal(local_as(unknown, sizeof unknown, 99), "\"family99:deadbeef\"");
}

/* The value of a socket option in JSON. */
static const char *value_as(int level, int option, const void *value, size_t size)
{
    static char found[256];
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_getsockopt);
    record.arg[0] = (uint64_t)level;
    record.arg[1] = (uint64_t)option;
    const struct ring_part parts[] = {part(ITEM_VALUE, value, size)};
    write_record(f, 0, record, parts, 1);
    const char *const at = strstr(first_json(f), "\"value\":");
    snprintf(found, sizeof found, "%s", at != NULL ? at + 8 : "none");
    found[strcspn(found, "\n") - 2] = '\0';
    fixture_free(f);
    return found;
}

static void option_values_are_read_by_their_option(void **state)
{
    (void)state;
    const int one = 1, refused = ECONNREFUSED, none = 0, stream = SOCK_STREAM;
    const struct linger linger = {1, 5};
    const struct timeval time = {2, 500000};
    const struct ucred who = {.pid = 7, .uid = 8, .gid = 9};
    assert_string_equal(value_as(SOL_SOCKET, SO_REUSEADDR, &one, 4), "1");
    assert_string_equal(value_as(SOL_SOCKET, SO_ERROR, &refused, 4), "\"ECONNREFUSED\"");
    assert_string_equal(value_as(SOL_SOCKET, SO_ERROR, &none, 4), "0");
    assert_string_equal(value_as(SOL_SOCKET, SO_TYPE, &stream, 4), "\"SOCK_STREAM\"");
    assert_string_equal(value_as(SOL_SOCKET, SO_LINGER, &linger, sizeof linger), "{\"onoff\":1,\"linger\":5}");
    assert_string_equal(value_as(SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), "2.500000");
    assert_string_equal(value_as(SOL_SOCKET, SO_PEERCRED, &who, sizeof who), "{\"pid\":7,\"uid\":8,\"gid\":9}");
    assert_string_equal(value_as(SOL_SOCKET, SO_BINDTODEVICE, "lo\0", 4), "\"lo\"");
    assert_string_equal(value_as(IPPROTO_TCP, 13, "cubic\0\0", 8), "\"cubic\"");
    assert_string_equal(value_as(SOL_SOCKET, SO_PEERGROUPS, "\1\2\3\4\5", 5), "\"0x0102030405\"");
    assert_string_equal(value_as(IPPROTO_IP, IP_MULTICAST_TTL, "\4", 1), "4");
}

static void a_peer_has_the_name_that_was_asked_for(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_getaddrinfo);
    const struct sockaddr_in answer = {.sin_family = AF_INET, .sin_addr = {htonl(0x0a000007)}};
    const struct ring_part parts[] = {part(ITEM_TEXT, "db.example", 10), part(ITEM_ANSWER, &answer, sizeof answer)};
    write_record(f, 0, record, parts, 2);
    record = tcp_record(f, CALL_connect);
    memcpy(record.peer_ip, (uint8_t[]){10, 0, 0, 7}, 4);
    record.start += 600; /* after the look-up */
    record.end += 1000;
    write_record(f, 0, record, NULL, 0);
    record.process = 2; /* another program, that asked for nothing */
    record.end += 1000;
    write_record(f, 0, record, NULL, 0);

    assert_has(first_json(f), "\"args\":{\"name\":\"db.example\",\"answers\":[\"10.0.0.7\"]}");
    const struct view *view = decoder_view(f->decoder, source_next(&f->source));
    assert_string_equal(view->host, "db.example");
    render_text(out_to_memory(f), &(struct text){.widths = {1, 1, 1, 1, 1, 1}}, view);
    assert_has(out_printed(f), "-> 10.0.0.7:8080 (db.example)\n");
    view = decoder_view(f->decoder, source_next(&f->source));
    assert_null(view->host);
    fixture_free(f);
}

static void a_failed_look_up_has_its_own_errors(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_getaddrinfo);
    record.ret = -2;
    record.arg[0] = (uint64_t)-2;
    const struct ring_part parts[] = {part(ITEM_TEXT, "no.such", 7)};
    write_record(f, 0, record, parts, 1);
    assert_has(first_json(f), "\"args\":{\"error\":\"EAI_NONAME\",\"name\":\"no.such\"}");
    assert_has(first_text(f), "\"no.such\"");
    assert_has(first_text(f), "EAI_NONAME");
    assert_true(first_view(f)->failed);
    fixture_free(f);
}

static void vectors_say_how_much_they_moved(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_sendmmsg);
    record.ret = 3;
    record.marks = MARK_OUT;
    record.arg[0] = 4;
    record.arg[2] = 300;
    const int32_t fds[] = {7, 8};
    const struct ring_part parts[] = {part(ITEM_PASSED, fds, sizeof fds)};
    write_record(f, 0, record, parts, 1);
    const char *const json = first_json(f);
    assert_has(json, "\"bytes\":300,\"args\":{\"vlen\":4,\"passed\":[7,8]}");
    const char *const text = first_text(f);
    assert_has(text, "4 messages 300 bytes passes fd 7 8");
    fixture_free(f);
}

static void events_have_no_result(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = plain_record(f, CALL_exec);
    record.arg[0] = BLIND_ENVIRONMENT;
    const struct ring_part parts[] = {part(ITEM_TEXT, "/bin/x", 6), part(ITEM_TEXT, "x -v", 4)};
    write_record(f, 0, record, parts, 2);
    const char *const json = first_json(f);
    assert_has(json, "\"args\":{\"path\":\"/bin/x\",\"args\":\"x -v\","
                     "\"blind\":\"the environment leaves the library out\"}");
    assert_has_not(json, "\"ret\"");
    assert_has(first_text(f), "not recorded: the environment leaves the library out");
    fixture_free(f);
}

static void hostile_strings_stay_strings(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    struct record record = tcp_record(f, CALL_send);
    memcpy(record.comm, "=\033[2J\"</script>x", 16); /* no NUL at its end */
    record.ret = 4;
    record.marks = MARK_OUT;
    const struct ring_part parts[] = {part(ITEM_PAYLOAD, "\033]0;\a", 5)};
    write_record(f, 0, record, parts, 1);
    assert_has(first_json(f), "\"comm\":\"=\\u001b[2J\\\"</script>x\"");
    assert_has(first_text(f), "=\\x1b[2J\"</script>x[811]");
    const char *const csv = first_csv(f);
    assert_has(csv, ",\"'=\\x1b[2J\"\"</script>x\",send,");
    assert_has(csv, ",\\x1b]0;\\a,");
    assert_null(strchr(csv, '\033'));
    fixture_free(f);
}

static void csv_has_a_field_for_every_column(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    render_csv_header(out_to_memory(f));
    size_t columns = 0;
    for (const char *at = out_printed(f); *at != '\0'; at++)
        columns += *at == ',';
    write_record(f, 0, tcp_record(f, CALL_listen), NULL, 0);
    size_t commas = 0;
    const char *csv = first_csv(f);
    for (const char *at = csv; *at != '\0'; at++)
        commas += *at == ',';
    assert_int_equal(commas, columns);

    const struct record lost = {.call = CALL_LOST, .ret = 12, .slots = 2};
    render_csv(out_to_memory(f), decoder_view(f->decoder, &lost));
    commas = 0;
    csv = out_printed(f);
    for (const char *at = csv; *at != '\0'; at++)
        commas += *at == ',';
    assert_int_equal(commas, columns);
    assert_has(csv, ",12,\n");
    fixture_free(f);
}

static void lost_ones_are_an_object_of_their_own(void **state)
{
    (void)state;
    struct fixture *const f = fixture_new(1 << 20, 1);
    fixture_open_source(f);
    struct record lost = {.call = CALL_LOST, .ret = 12, .slots = 2};
    render_jsonl(out_to_memory(f), decoder_view(f->decoder, &lost));
    assert_string_equal(out_printed(f), "{\"call\":\"lost\",\"count\":12}\n");
    lost.start = lost.end = f->ring.header->created.ticks;
    render_jsonl(out_to_memory(f), decoder_view(f->decoder, &lost));
    assert_has(out_printed(f), ",\"call\":\"lost\",\"count\":12}\n");
    assert_null(strstr(out_printed(f), "dur_ns"));
    lost.end += f->ring.header->ticks_per_second; /* some of them later, up to a second */
    render_jsonl(out_to_memory(f), decoder_view(f->decoder, &lost));
    assert_has(out_printed(f), ",\"dur_ns\":");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_send_has_all_its_keys),
        cmocka_unit_test(a_failure_has_its_name_and_no_bytes),
        cmocka_unit_test(new_descriptors_are_listed_once),
        cmocka_unit_test(every_family_has_a_readable_address),
        cmocka_unit_test(option_values_are_read_by_their_option),
        cmocka_unit_test(a_peer_has_the_name_that_was_asked_for),
        cmocka_unit_test(a_failed_look_up_has_its_own_errors),
        cmocka_unit_test(vectors_say_how_much_they_moved),
        cmocka_unit_test(events_have_no_result),
        cmocka_unit_test(hostile_strings_stay_strings),
        cmocka_unit_test(csv_has_a_field_for_every_column),
        cmocka_unit_test(lost_ones_are_an_object_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
