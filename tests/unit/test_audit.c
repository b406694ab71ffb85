/* test_audit.c - the rules: how they are written, what is wrong with them, and
 * which one decides. */
#include "viewer_fixture.h"

#include "../../viewer/audit/rules_inside.h"

#include <stdio.h>
#include <unistd.h>

/* What is said of a rule on the command line; "" where nothing is wrong. */
static const char *wrong_with(const char *rule)
{
    static char kept[256];
    struct rules rules = {0};
    const char *const wrong = rules_add_one(&rules, "allow", rule, "rule");
    snprintf(kept, sizeof kept, "%s", wrong != NULL ? wrong : "");
    rules_free(&rules);
    return kept;
}

static void every_form_is_understood(void **state)
{
    (void)state;
    static const char *const good[] = {
        "* * *",
        "curl connect *.example.com:443",
        "curl connect,listen example.com",
        "py* connect 10.0.0.0/8:80,443,8000-8099",
        "py* connect 10.0.0.1-10.0.0.9:*",
        "x connect [::1]:80",
        "x connect [2001:db8::/32]:80",
        "x connect [fe80::1-fe80::ff]",
        "x listen 0.0.0.0:*",
        "x connect unix:/run/*.sock",
        "x connect unix:@abstract",
        "x connect,listen vsock:*:80",
        "x open netlink*",
        "x connect 10.*",
        "x connect 10-20.example.com",
        "  spaces\tinherit   *   # and a comment",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_string_equal(wrong_with(good[i]), "");
}

static void each_mistake_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *wrong;
    } bad[] = {
        {"", "rule:1: a program is missing"},
        {"curl", "rule:5: an action is missing"},
        {"curl connect", "rule:13: a target is missing"},
        {"curl conect *", "rule:6: no action is called so"},
        {"curl connect,lisen *", "rule:14: no action is called so"},
        {"curl connect,, *", "rule:14: no action is called so"},
        {"* connect 1.2.3.4/33", "rule:11: not a number of bits of such an address: '1.2.3.4/33'"},
        {"* connect 1.2.3.4/x", "rule:11: not a number of bits"},
        {"* connect 10.0.0.9-10.0.0.1", "rule:11: not a range of addresses"},
        {"* connect 10.0.0.9-::1", "rule:11: IPv6 addresses stand in brackets"},
        {"* connect [::1", "rule:11: a bracket is not closed"},
        {"* connect [::1]80", "rule:16: a colon and ports"},
        {"* connect [::1]/64:80", "rule:16: the bits of an IPv6 address stand within the brackets"},
        {"* connect [example.com]:80", "rule:12: not an IPv6 address: 'example.com'"},
        {"* connect ::1", "rule:11: IPv6 addresses stand in brackets"},
        {"* connect host:", "rule:15: ports are missing"},
        {"* connect host:http", "rule:16: not a port, a range of ports or *: 'http'"},
        {"* connect host:99999", "rule:16: not a port"},
        {"* connect host:80-70", "rule:16: not a port"},
        {"* connect host:80,", "rule:19: not a port"},
        {"* connect :80", "rule:11: a host is missing"},
        {"* connect 1.2.3.300:80", "rule:11: not an IPv4 address, nor a glob for any: '1.2.3.300'"},
        {"* connect 10.0.0/8", "rule:11: not an IPv4 address, nor a glob for any: '10.0.0/8'"},
        {"* connect 10-8.example.com:", "rule:27: ports are missing"},
        {"* connect unix:", "rule:16: nothing stands behind the colon; * means any"},
        {"* listen vsock:", "rule:16: nothing stands behind the colon"},
        {"* connect host:1 more", "rule:18: too much behind the target: 'more'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *const wrong = wrong_with(bad[i].rule);
        if (strncmp(wrong, bad[i].wrong, strlen(bad[i].wrong)) != 0)
            fail_msg("'%s': '%s' and not '%s'", bad[i].rule, wrong, bad[i].wrong);
    }
}

static void a_file_is_told_by_line_and_column(void **state)
{
    (void)state;
    struct rules rules = {0};
    assert_null(rules_add(&rules, "# a comment\n\n  allow * connect *\r\ndeny * * * # another\n", "file"));
    assert_int_equal(rules.count, 2);
    assert_string_equal(rules_add(&rules, "allow * * *\n  permit * * *\n", "file"),
                        "file:2:3: a rule begins with allow or deny, not with 'permit'");
    assert_string_equal(
        rules_add(&rules, "\n\nallow * jump *\n", "file"),
        "file:3:9: no action is called so; connect, listen, open, inherit, receive, speak or *: 'jump'");
    rules_free(&rules);
}

/* --- asking ---------------------------------------------------------------------- */

static struct address address_of(const char *ip, uint16_t port)
{
    struct address address = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, ip, &in.sin_addr) == 1)
        address_from_sockaddr(&address, &in, sizeof in);
    else if (inet_pton(AF_INET6, ip, &in6.sin6_addr) == 1)
        address_from_sockaddr(&address, &in6, sizeof in6);
    return address;
}

/* Does "deny RULE" fit curl's connect to this place? */
static bool fits(const char *rule, const char *ip, const char *host, uint16_t port)
{
    struct rules rules = {0};
    assert_null(rules_add_one(&rules, "deny", rule, "rule"));
    const struct address address = address_of(ip, port);
    const struct deed deed = {"curl", ACTION_CONNECT, "target", &address, host, port};
    const bool found = rules_find(&rules, &deed) != NULL;
    rules_free(&rules);
    return found;
}

/* A file of which only a part would be read is refused: its last rules count, too. */
static void a_file_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    enum { MIB = 1 << 20 };
    char path[] = "/tmp/sockspy-test-XXXXXX";
    FILE *const file = fdopen(mkstemp(path), "w");
    struct rules rules = {0};
    for (size_t i = 0; i < MIB / 16; i++)
        fputs("# no rule at all", file);
    fflush(file);
    assert_null(rules_read(&rules, path));
    fputs("\ndeny * * *\n", file);
    fclose(file);
    assert_has(rules_read(&rules, path), "more than 1 MiB");
    unlink(path);
    rules_free(&rules);
}

static void targets_fit_what_they_say(void **state)
{
    (void)state;
    assert_true(fits("* * *", "10.1.2.3", NULL, 80));
    assert_true(fits("cu?l connect *:443", "10.1.2.3", NULL, 443));
    assert_false(fits("cu?l connect *:443", "10.1.2.3", NULL, 80));
    assert_false(fits("wget connect *", "10.1.2.3", NULL, 80));
    assert_false(fits("* listen *", "10.1.2.3", NULL, 80));
    assert_true(fits("* connect 10.0.0.0/8:80", "10.1.2.3", NULL, 80));
    assert_true(fits("* connect 10.0.0.0/8:80", "::ffff:10.1.2.3", NULL, 80)); /* mapped */
    assert_false(fits("* connect 10.0.0.0/16", "10.1.2.3", NULL, 80));
    assert_true(fits("* connect 10.1.2.2-10.1.2.9", "10.1.2.3", NULL, 80));
    assert_false(fits("* connect 10.1.2.4-10.1.2.9", "10.1.2.3", NULL, 80));
    assert_true(fits("* connect 0.0.0.0/0", "10.1.2.3", NULL, 80));
    assert_false(fits("* connect 0.0.0.0/0", "2001:db8::1", NULL, 80));
    assert_true(fits("* connect [2001:db8::/32]:80-90", "2001:db8::1", NULL, 85));
    assert_false(fits("* connect [2001:db8::/32]:80-90", "2001:db9::1", NULL, 85));
    assert_true(fits("* connect [::/0]", "2001:db8::1", NULL, 85));
}

static void a_name_goes_before_the_address(void **state)
{
    (void)state;
    assert_true(fits("* connect *.example.com:443", "10.1.2.3", "WWW.Example.com", 443));
    assert_false(fits("* connect *.example.com:443", "10.1.2.3", "example.com.evil", 443));
    assert_false(fits("* connect *.example.com:443", "10.1.2.3", NULL, 443));
    assert_true(fits("* connect 10.1.*", "10.1.2.3", NULL, 443)); /* no name: the address as text */
    assert_true(fits("* connect 10.0.0.0/8", "10.1.2.3", "www.example.com", 443));
}

static void a_chosen_port_fits_only_a_star(void **state)
{
    (void)state;
    assert_true(fits("* connect 127.0.0.1:*", "127.0.0.1", NULL, 0));
    assert_true(fits("* connect 127.0.0.1", "127.0.0.1", NULL, 0));
    assert_false(fits("* connect 127.0.0.1:1-65535", "127.0.0.1", NULL, 0));
}

static void paths_are_paths(void **state)
{
    (void)state;
    struct rules rules = {0};
    const struct deed deed = {.program = "x", .action = ACTION_CONNECT, .target = "unix:/run/docker.sock"};
    assert_null(rules_add(&rules, "allow x connect unix:/run/d*.sock\ndeny * connect *\n", "file"));
    assert_true(rule_allows(rules_find(&rules, &deed)));
    const struct deed other = {.program = "x", .action = ACTION_CONNECT, .target = "unix:/tmp/docker.sock"};
    assert_false(rule_allows(rules_find(&rules, &other)));
    rules_free(&rules);
}

static void the_first_that_fits_decides(void **state)
{
    (void)state;
    struct rules rules = {0};
    assert_null(rules_add(&rules, "allow curl connect *:443\ndeny curl * *\nallow * * *\n", "rules.txt"));
    const struct address address = address_of("10.1.2.3", 443);
    struct deed deed = {"curl", ACTION_CONNECT, "t", &address, NULL, 443};
    assert_true(rule_allows(rules_find(&rules, &deed)));
    deed.port = 80;
    const struct rule *const rule = rules_find(&rules, &deed);
    assert_false(rule_allows(rule));
    assert_string_equal(rule_source(rule), "rules.txt:2");
    assert_string_equal(rule_text(rule), "deny curl * *");
    deed.program = "wget";
    assert_true(rule_allows(rules_find(&rules, &deed)));
    rules_free(&rules);
    assert_null(rules_find(&rules, &deed)); /* no rules: nothing is decided */
}

static void no_text_is_too_odd(void **state)
{
    (void)state;
    uint64_t seed = 7;
    static const char letters[] = "allow deny*connect listen[]:/-,.0123456789#\n \tunix@\xff";
    for (unsigned round = 0; round < 30000; round++) {
        char text[65];
        for (unsigned i = 0; i < sizeof text - 1; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            text[i] = letters[(seed >> 33) % (sizeof letters - 1)];
        }
        text[sizeof text - 1] = '\0';
        if (round % 2 == 0)
            memcpy(text, "allow * connect ", 16);
        struct rules rules = {0};
        rules_add(&rules, text, "file");
        rules_free(&rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_understood),          cmocka_unit_test(each_mistake_has_its_place),
        cmocka_unit_test(a_file_is_told_by_line_and_column), cmocka_unit_test(a_file_is_read_whole_or_not_at_all),
        cmocka_unit_test(targets_fit_what_they_say),         cmocka_unit_test(a_name_goes_before_the_address),
        cmocka_unit_test(a_chosen_port_fits_only_a_star),    cmocka_unit_test(paths_are_paths),
        cmocka_unit_test(the_first_that_fits_decides),       cmocka_unit_test(no_text_is_too_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
