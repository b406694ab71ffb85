/* test_put.c - payload in quotes: text as text, other bytes as bytes, and both cut
 * where they should be; what a datagram of DNS says. */
#include "../../viewer/tables/put.c"

#include "scratch_fixture.h"

static struct {
    struct item item;
    char bytes[256];
} payload;
static struct record record;
static struct view view;

static void set_payload(const void *bytes, size_t size, size_t whole)
{
    memset(&payload, 0, sizeof payload);
    payload.item = (struct item){ITEM_PAYLOAD, (uint16_t)size, (uint32_t)whole};
    memcpy(payload.bytes, bytes, size);
    record = (struct record){.type = SOCK_STREAM};
    view = (struct view){.record = &record, .end = (const char *)(&payload + 1)};
    view.items[ITEM_PAYLOAD] = &payload.item;
}

static void assert_quoted(const char *bytes, size_t shown, const char *want)
{
    set_payload(bytes, strlen(bytes), strlen(bytes));
    out.used = 0;
    assert_true(put_quoted(&out, &view, shown));
    out.buffer[out.used] = '\0';
    assert_string_equal(out.buffer, want);
}

static void text_is_shown_as_text(void **state)
{
    (void)state;
    assert_quoted("GET / HTTP/1.0\r\n", 32, "\"GET / HTTP/1.0\\r\\n\"");
    assert_quoted("소켓\t\"하나\"\n", 64, "\"소켓\\t\\\"하나\\\"\\n\"");
    assert_quoted("", 32, "\"\"");
}

/* One control character, or half a letter within, and all of it is bytes. */
static void other_bytes_are_shown_as_bytes(void **state)
{
    (void)state;
    assert_quoted("\x1b[2J소켓", 32, "\"\\x1b[2J\\xec\\x86\\x8c\\xec\\xbc\\x93\"");
    assert_quoted("소켓\x7f", 32, "\"\\xec\\x86\\x8c\\xec\\xbc\\x93\\x7f\"");
    assert_quoted("\xec\x86|", 32, "\"\\xec\\x86|\"");
    assert_quoted("\xff\xfe", 32, "\"\\xff\\xfe\"");
    assert_quoted("\xe2\x80\xae", 32, "\"\\u{202e}\""); /* text, but sly */
}

static void cut(void **state)
{
    (void)state;
    assert_quoted("소켓", 3, "\"소…\"");
    assert_quoted("소켓", 4, "\"소…\""); /* not half a letter */
    assert_quoted("소켓", 5, "\"소…\"");
    assert_quoted("소켓", 6, "\"소켓\"");
    assert_quoted("socket", 4, "\"sock…\"");
    assert_quoted("ab\xec|", 32, "\"ab\\xec|\"");
    assert_quoted("ab\xec", 32, "\"ab\\xec\""); /* nothing was cut off: it is no letter */
    assert_quoted("ab\xec|cd", 4, "\"ab\\xec|…\"");
    set_payload("socket", 6, 100); /* more went than was kept */
    out.used = 0;
    assert_true(put_quoted(&out, &view, 32));
    assert_memory_equal(out.buffer, "\"socket…\"", out.used);
    out.used = 0;
    assert_false(put_quoted(&out, &view, 0));
    view.items[ITEM_PAYLOAD] = NULL;
    assert_false(put_quoted(&out, &view, 32));
    assert_int_equal(out.used, 0);
}

static void dns(void **state)
{
    static const char question[] = "\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1";
    static const char answer[] =
        "\0\7\201\0\0\1\0\1\0\0\0\0\3www\7example\0\0\1\0\1\300\14\0\1\0\1\0\0\0\74\0\4\177\0\0\1";
    (void)state;
    set_payload(question, sizeof question - 1, sizeof question - 1);
    out.used = 0;
    assert_false(put_dns(&out, &view)); /* a stream has a length in front */
    record.type = SOCK_DGRAM;
    assert_true(put_dns(&out, &view));
    out.buffer[out.used] = '\0';
    assert_string_equal(out.buffer, "www.example A");
    set_payload(answer, sizeof answer - 1, sizeof answer - 1);
    record.type = SOCK_DGRAM;
    out.used = 0;
    assert_true(put_dns(&out, &view));
    out.buffer[out.used] = '\0';
    assert_string_equal(out.buffer, "www.example A → 127.0.0.1");
    for (size_t size = 0; size < sizeof question - 1; size++) {
        set_payload(question, size, size);
        record.type = SOCK_DGRAM;
        assert_false(put_dns(&out, &view));
    }
    set_payload("hello, this is no DNS at all", 28, 28);
    record.type = SOCK_DGRAM;
    assert_false(put_dns(&out, &view));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_shown_as_text),
        cmocka_unit_test(other_bytes_are_shown_as_bytes),
        cmocka_unit_test(cut),
        cmocka_unit_test(dns),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
