/* test_payload.c - what kept bytes say, whole, in pieces, cut off at every place,
 * and damaged at random: then they say less, and nothing is read beyond them. */
#include "viewer_fixture.h"

#include "../../viewer/record/payload.h"

enum { CLIENT, SERVER, HTTPS = 443, HTTP = 80, DNS = 53 };

/* A record with that payload; it lies at the very end of its memory, so that a
 * sanitizer sees a read beyond it. */
struct said {
    struct record *record;
    struct view view;
};

static struct said said_of(const void *bytes, size_t size, size_t whole)
{
    const size_t room = sizeof(struct record) + sizeof(struct item) + size;
    struct said said = {.record = malloc(room)};
    assert_non_null(said.record);
    struct item *const item = (struct item *)(said.record + 1);
    memset(said.record, 0, sizeof *said.record);
    *item = (struct item){ITEM_PAYLOAD, (uint16_t)size, (uint32_t)whole};
    memcpy(item + 1, bytes, size);
    said.view.record = said.record;
    said.view.end = (const char *)said.record + room;
    said.view.items[ITEM_PAYLOAD] = item;
    return said;
}

static void take_cut(struct payload_facts **facts, const void *bytes, size_t size, size_t whole, int from,
                     uint16_t port)
{
    const struct said said = said_of(bytes, size, whole);
    payload_take(facts, &said.view, from, from, port, port == DNS);
    free(said.record);
}

static void take(struct payload_facts **facts, const void *bytes, size_t size, int from, uint16_t port)
{
    take_cut(facts, bytes, size, size, from, port);
}

/* --- TLS ------------------------------------------------------------------------- */

static const uint8_t client_hello[] = {
    22,   3,    1,    0,  114,  1,    0,    0,  110, 3,   3, /* record, ClientHello, TLS 1.2 as all say */
    0,    1,    2,    3,  4,    5,    6,    7,  8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,
    21,   22,   23,   24, 25,   26,   27,   28, 29,  30,  31,  0, /* no session */
    0,    4,    0x13, 1,  0x13, 2,                                /* ciphers */
    1,    0,                                                      /* compressions */
    0,    65,                                                     /* extensions: */
    0x1a, 0x1a, 0,    0,                                          /* one to no purpose */
    0,    0,    0,    20, 0,    18,   0,    0,  15,  'w', 'w', 'w', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', '.',
    't',  's',  't',  0,  16,   0,    14,   0,  12,  2,   'h', '2', 8,   'h', 't', 't', 'p', '/', '1', '.', '1',
    0,    43,   0,    7,  6,    0x2a, 0x2a, 3,  4,   3,   3,   0,   10,  0,   4,   0,   2,   0,   29,
};
static_assert(sizeof client_hello == 5 + 114, "its lengths are counted by hand");

static const uint8_t server_hello[] = {
    22, 3,  3,  0,  50, 2,  0,  0,  46, 3,  3,  0,  1,  2,  3,  4, 5,    6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0, 0x13, 1, 0, 0, 6, 0,  43, 0,  2,  3,  4,
};

static void a_client_hello_names_its_host(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    take(&facts, client_hello, sizeof client_hello, CLIENT, HTTPS);
    assert_int_equal(facts->protocol, PROTOCOL_TLS);
    assert_string_equal(facts->host, "www.example.tst");
    assert_string_equal(facts->alpn, "h2,http/1.1");
    assert_string_equal(tls_version_word(facts->tls_version), "1.3");
    take(&facts, server_hello, sizeof server_hello, SERVER, HTTPS);
    assert_true(facts->chosen);
    assert_string_equal(tls_version_word(facts->tls_version), "1.3");
    payload_free(facts);
}

static void a_hello_may_come_in_pieces(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    take(&facts, client_hello, 5, CLIENT, HTTPS); /* as OpenSSL's server reads it */
    take(&facts, client_hello + 5, sizeof client_hello - 5, CLIENT, HTTPS);
    assert_string_equal(facts->host, "www.example.tst");
    payload_free(facts);
    facts = NULL;
    for (size_t i = 0; i < sizeof client_hello; i++)
        take(&facts, client_hello + i, 1, CLIENT, HTTPS);
    assert_string_equal(facts->host, "www.example.tst");
    payload_free(facts);
}

static void the_server_may_choose_less(void **state)
{
    (void)state;
    uint8_t old[sizeof server_hello];
    struct payload_facts *facts = NULL;
    memcpy(old, server_hello, sizeof old);
    old[sizeof old - 6] = 99; /* no such extension: TLS 1.2 it is */
    take(&facts, client_hello, sizeof client_hello, CLIENT, HTTPS);
    take(&facts, old, sizeof old, SERVER, HTTPS);
    assert_string_equal(tls_version_word(facts->tls_version), "1.2");
    payload_free(facts);
}

/* --- HTTP ------------------------------------------------------------------------ */

static const char request[] = "GET /basket?x=1 HTTP/1.1\r\nUser-Agent: curl\r\nhost:  shop.example:8080\r\n\r\n";
static const char response[] = "HTTP/1.1 404 Not Found\r\n\r\n";

static void http_tells_host_and_status(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    take(&facts, request, sizeof request - 1, CLIENT, HTTP);
    take(&facts, response, sizeof response - 1, SERVER, HTTP);
    assert_int_equal(facts->protocol, PROTOCOL_HTTP);
    assert_string_equal(facts->request, "GET /basket?x=1 HTTP/1.1");
    assert_string_equal(facts->host, "shop.example:8080");
    assert_int_equal(facts->status, 404);
    payload_free(facts);
}

static void a_request_that_is_cut_is_told_as_far_as_it_goes(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    take_cut(&facts, request, 12, sizeof request - 1, CLIENT, HTTP);
    assert_string_equal(facts->request, "GET /basket?");
    assert_string_equal(facts->host, "");
    payload_free(facts);
}

static void what_only_looks_like_it_says_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {
        "get / HTTP/1.1\r\n", "GET\r\n", "HELO example\r\n", "*1\r\n$4\r\nPING\r\n", "GET basket\r\n", "", "\r\n",
        "HTTP/1.1 200 OK\r\n"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct payload_facts *facts = NULL;
        take(&facts, others[i], strlen(others[i]), CLIENT, HTTP);
        assert_int_equal(facts->protocol, PROTOCOL_UNKNOWN);
        payload_free(facts);
    }
}

static void control_characters_become_harmless(void **state)
{
    (void)state;
    static const char hostile[] = "GET /\033[2J\"<script> HTTP/1.1\r\nHost: a\tb\xff\r\n\r\n";
    struct payload_facts *facts = NULL;
    take(&facts, hostile, sizeof hostile - 1, CLIENT, HTTP);
    assert_string_equal(facts->request, "GET /?[2J\"<script> HTTP/1.1");
    assert_string_equal(facts->host, "a?b?");
    payload_free(facts);
}

/* --- DNS ------------------------------------------------------------------------- */

static const uint8_t question[] = {0x12, 0x34, 1,   0,   0,   1,   0,   0, 0,   0,   0,   0, 3, 'w', 'w', 'w', 7,
                                   'e',  'x',  'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 1,   0,   1};
static const uint8_t answer[] = {0x12, 0x34, 0x81, 0x80, 0,   1,   0,   2,   0, 0,   0,   0,   3, 'w',  'w', 'w',
                                 7,    'e',  'x',  'a',  'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0,    1,   0,
                                 1,    0xc0, 12,   0,    1,   0,   1,   0,   0, 0,   60,  0,   4, 93,   184, 216,
                                 34,   0xc0, 12,   0,    5,   0,   1,   0,   0, 0,   60,  0,   2, 0xc0, 12};

static void dns_tells_question_and_answers(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    take(&facts, question, sizeof question, CLIENT, DNS);
    take(&facts, answer, sizeof answer, SERVER, DNS);
    assert_int_equal(facts->protocol, PROTOCOL_DNS);
    assert_string_equal(facts->request, "www.example.com A");
    assert_string_equal(facts->answers, "93.184.216.34");
    payload_free(facts);
}

static void dns_tells_that_there_is_no_such_name(void **state)
{
    (void)state;
    uint8_t none[sizeof question];
    struct payload_facts *facts = NULL;
    memcpy(none, question, sizeof none);
    none[2] = 0x81;
    none[3] = 0x83;
    take(&facts, none, sizeof none, SERVER, DNS);
    assert_string_equal(facts->answers, "NXDOMAIN");
    payload_free(facts);
}

/* --- hostile --------------------------------------------------------------------- */

static const struct sample {
    const void *bytes;
    size_t size;
    int from;
    uint16_t port;
} samples[] = {
    {client_hello, sizeof client_hello, CLIENT, HTTPS}, {server_hello, sizeof server_hello, SERVER, HTTPS},
    {request, sizeof request - 1, CLIENT, HTTP},        {response, sizeof response - 1, SERVER, HTTP},
    {question, sizeof question, CLIENT, DNS},           {answer, sizeof answer, SERVER, DNS},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static void nothing_is_read_beyond_a_cut(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SAMPLES; s++) {
        for (size_t size = 0; size < samples[s].size; size++) {
            struct payload_facts *facts = NULL;
            take_cut(&facts, samples[s].bytes, size, samples[s].size, samples[s].from, samples[s].port);
            payload_free(facts);
        }
    }
}

static void nothing_goes_wrong_with_damaged_bytes(void **state)
{
    (void)state;
    uint64_t seed = 20261123;
    for (unsigned round = 0; round < 60000; round++) {
        const struct sample *const sample = &samples[round % SAMPLES];
        uint8_t bytes[256];
        struct payload_facts *facts = NULL;
        memcpy(bytes, sample->bytes, sample->size);
        for (unsigned i = 0; i < 1 + round % 7; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            bytes[(seed >> 33) % sample->size] = (uint8_t)(seed >> 25);
        }
        take(&facts, bytes, sample->size, sample->from, sample->port);
        assert_true(strlen(facts->host) < sizeof facts->host && strlen(facts->answers) < sizeof facts->answers);
        payload_free(facts);
    }
}

static void a_name_in_circles_ends(void **state)
{
    (void)state;
    uint8_t labels[PAYLOAD_MAX];
    struct payload_facts *facts = NULL;
    memset(labels, 1, sizeof labels); /* a name of a thousand labels */
    memcpy(labels, question, 12);
    take(&facts, labels, sizeof labels, CLIENT, DNS);
    assert_string_equal(facts->request, "");
    payload_free(facts);
}

static void one_end_is_enough(void **state)
{
    (void)state;
    struct payload_facts *facts = NULL;
    const struct said said = said_of(request, sizeof request - 1, sizeof request - 1);
    payload_take(&facts, &said.view, CLIENT, CLIENT, HTTP, false);
    payload_take(&facts, &said.view, SERVER, CLIENT, HTTP, false); /* the same bytes, as the server received them */
    assert_string_equal(facts->request, "GET /basket?x=1 HTTP/1.1");
    free(said.record);
    payload_free(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_hello_names_its_host),
        cmocka_unit_test(a_hello_may_come_in_pieces),
        cmocka_unit_test(the_server_may_choose_less),
        cmocka_unit_test(http_tells_host_and_status),
        cmocka_unit_test(a_request_that_is_cut_is_told_as_far_as_it_goes),
        cmocka_unit_test(what_only_looks_like_it_says_nothing),
        cmocka_unit_test(control_characters_become_harmless),
        cmocka_unit_test(dns_tells_question_and_answers),
        cmocka_unit_test(dns_tells_that_there_is_no_such_name),
        cmocka_unit_test(nothing_is_read_beyond_a_cut),
        cmocka_unit_test(nothing_goes_wrong_with_damaged_bytes),
        cmocka_unit_test(a_name_in_circles_ends),
        cmocka_unit_test(one_end_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
