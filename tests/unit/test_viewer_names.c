/* test_viewer_names.c - names for numbers, and that calls.def speaks only of
 * kinds that there are. */
#include "viewer_fixture.h"

#include "../../viewer/names.h"
#include "../../viewer/record/schema.h"

#include <errno.h>
#include <fcntl.h>

static struct fixture f;

static const char *as_json(enum kind kind, uint64_t value)
{
    name_json(out_to_memory(&f), kind, value);
    return out_printed(&f);
}

static const char *as_text(enum kind kind, uint64_t value)
{
    name_text(out_to_memory(&f), kind, value);
    return out_printed(&f);
}

static void values_have_names(void **state)
{
    (void)state;
    assert_string_equal(as_json(KIND_domain, AF_INET6), "\"AF_INET6\"");
    assert_string_equal(as_json(KIND_family, AF_UNIX), "\"unix\"");
    assert_string_equal(as_json(KIND_type, SOCK_SEQPACKET), "\"seqpacket\"");
    assert_string_equal(as_json(KIND_how, SHUT_WR), "\"SHUT_WR\"");
    assert_string_equal(as_json(KIND_errno, ECONNREFUSED), "\"ECONNREFUSED\"");
    assert_string_equal(as_json(KIND_eai, (uint64_t)-2), "\"EAI_NONAME\"");
    assert_string_equal(as_json(KIND_int, (uint64_t)-1), "-1");
    assert_string_equal(as_json(KIND_size, UINT64_MAX), "18446744073709551615");
    assert_string_equal(as_json(KIND_hex, 0x80), "\"0x80\"");
    assert_string_equal(as_json(KIND_octal, 0140000), "\"0140000\"");
    assert_string_equal(as_json(KIND_how, 77), "\"0x4d\"");
}

static void flags_are_joined(void **state)
{
    (void)state;
    assert_string_equal(as_json(KIND_msg, MSG_NOSIGNAL | MSG_DONTWAIT), "\"MSG_DONTWAIT|MSG_NOSIGNAL\"");
    assert_string_equal(as_text(KIND_msg, MSG_NOSIGNAL | MSG_DONTWAIT), "MSG_DONTWAIT|MSG_NOSIGNAL");
    assert_string_equal(as_json(KIND_msg, MSG_PEEK | 0x800000), "\"MSG_PEEK|0x800000\"");
    assert_string_equal(as_json(KIND_msg, 0x800000), "\"0x800000\"");
    assert_string_equal(as_json(KIND_msg, 0), "\"0\"");
    assert_string_equal(as_json(KIND_socktype, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK),
                        "\"SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK\"");
    assert_string_equal(as_text(KIND_socktype, SOCK_STREAM | SOCK_NONBLOCK), "SOCK_STREAM|SOCK_NONBLOCK");
    assert_string_equal(as_json(KIND_openflags, O_RDWR | O_NONBLOCK), "\"O_RDWR|O_NONBLOCK\"");
}

static void some_depend_on_the_first_argument(void **state)
{
    (void)state;
    const enum kind option = kind_after(KIND_option, SOL_SOCKET);
    assert_string_equal(name_of(option, SO_REUSEADDR), "SO_REUSEADDR");
    assert_string_equal(name_of(option, SO_BINDTODEVICE), "SO_BINDTODEVICE");
    assert_string_equal(name_of(kind_after(KIND_option, IPPROTO_TCP), 1), "TCP_NODELAY");
    assert_string_equal(name_of(kind_after(KIND_option, IPPROTO_IPV6), IPV6_V6ONLY), "IPV6_V6ONLY");
    assert_int_equal(kind_after(KIND_option, 4711), KIND_int);
    assert_string_equal(name_of(kind_after(KIND_protocol, AF_INET), IPPROTO_UDP), "IPPROTO_UDP");
    assert_string_equal(name_of(kind_after(KIND_protocol, AF_NETLINK), 0), "NETLINK_ROUTE");
    assert_int_equal(kind_after(KIND_fcntlarg, F_SETFL), KIND_openflags);
    assert_int_equal(kind_after(KIND_fcntlarg, F_DUPFD), KIND_fd);
    assert_int_equal(kind_after(KIND_fcntlarg, F_GETFL), KINDS);
    assert_int_equal(kind_after(KIND_how, F_GETFL), KIND_how);
}

static void every_constant_of_the_system_agrees(void **state)
{
    (void)state;
#define AGREES(kind, constant) assert_string_equal(name_of(KIND_##kind, constant), #constant)
    AGREES(option_socket, SO_KEEPALIVE);
    AGREES(option_socket, SO_LINGER);
    AGREES(option_socket, SO_REUSEPORT);
    AGREES(option_socket, SO_PEERCRED);
    AGREES(option_socket, SO_RCVTIMEO);
    AGREES(option_socket, SO_PROTOCOL);
    AGREES(option_socket, SO_ZEROCOPY);
    AGREES(option_ip, IP_PKTINFO);
    AGREES(option_ip, IP_ADD_MEMBERSHIP);
    AGREES(msg, MSG_FASTOPEN);
    AGREES(msg, MSG_CMSG_CLOEXEC);
    AGREES(msg, MSG_ERRQUEUE);
    AGREES(fcntl, F_DUPFD_CLOEXEC);
    AGREES(fcntl, F_GETOWN_EX);
    AGREES(splice, SPLICE_F_MORE);
    AGREES(domain, AF_VSOCK);
    AGREES(protocol_inet, IPPROTO_SCTP);
#undef AGREES
}

static void calls_def_uses_known_kinds(void **state)
{
    (void)state;
    struct call_info calls[CALLS_TOLD];
    schema_compile(calls);
    for (size_t i = 0; i < CALL_COUNT; i++) {
        unsigned args = 0;
        for (unsigned j = 0; j < calls[i].field_count; j++) {
            const struct field *const field = &calls[i].fields[j];
            if (field->kind >= KINDS || field->key_size == 0)
                fail_msg("%s: '%.*s' has no known kind", calls[i].symbol, field->key_size, field->key);
            args += field->kind < KIND_FIRST_ITEM;
        }
        assert_in_range(args, 0, 3);
    }
    assert_int_equal(calls[CALL_setsockopt].field_count, 3);
    assert_int_equal(calls[CALL_exec].fields[1].index, 1); /* its second text */
    assert_string_equal(calls[CALL___read_chk].api, "read");
    assert_int_equal(calls[CALL_connect].phase, PHASE_CONNECT);
    assert_int_equal(calls[CALL_recvmsg].phase, PHASE_TRANSFER);
    assert_true(calls[CALL_inherit].event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_names),
        cmocka_unit_test(flags_are_joined),
        cmocka_unit_test(some_depend_on_the_first_argument),
        cmocka_unit_test(every_constant_of_the_system_agrees),
        cmocka_unit_test(calls_def_uses_known_kinds),
    };
    const int status = cmocka_run_group_tests(tests, NULL, NULL);
    free(f.printed);
    return status;
}
