/* text.c - fuzzes what reads text that people write: options and filters, rules,
 * baselines, and the library's settings.
 */
#include "input.h"

#include "../../preload/settings.c"
#include "../../viewer/audit/inventory.h"
#include "../../viewer/options/options.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORDS_MAX = 32, TEXT_MAX = 4096 };

/* A string of the bytes that are left; `cut` ends words with a NUL at each newline. */
struct lines {
    char bytes[TEXT_MAX + 1];
    char *words[WORDS_MAX + 1];
    int count;
};

static void read_text(struct input *input, struct lines *text)
{
    const size_t left = (size_t)(input->end - input->at), size = left < TEXT_MAX ? left : TEXT_MAX;
    take_bytes(input, text->bytes, size);
    text->bytes[size] = '\0';
}

static void cut(struct lines *text)
{
    char *rest = text->bytes;
    for (char *word; text->count < WORDS_MAX && (word = strsep(&rest, "\n")) != NULL;)
        text->words[text->count++] = word;
    text->words[text->count] = NULL;
}

static void silence(void)
{
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    stderr = fdopen(nowhere, "w");
    if (stderr == NULL || dup2(nowhere, STDOUT_FILENO) < 0) /* --help */
        abort();
}

static void try_options(struct input *input)
{
    static const struct verb verb = {.name = "log", .takes = ~(unsigned)TAKES_COMMAND, .usage = "", .help = ""};
    struct lines text = {.words = {(char[]){"log"}}, .count = 1};
    struct options options = {0};
    read_text(input, &text);
    cut(&text);
    if (options_parse(&options, &verb, text.count, text.words) < 0)
        assert(options.ring != NULL && options.shown <= PAYLOAD_MAX);
    options_free(&options);
}

/* --- rules ----------------------------------------------------------------------- */

static struct address place(const char *ip, uint16_t port)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct address address;
    if (inet_pton(AF_INET6, ip, &in6.sin6_addr) != 1)
        abort();
    address_from_sockaddr(&address, &in6, sizeof in6);
    return address;
}

static void judge(const struct rules *rules)
{
    const struct address addresses[] = {place("::ffff:127.0.0.1", 80), place("2001:db8::1", 443)};
    const struct deed deeds[] = {
        {"curl", ACTION_CONNECT, "a.example:80", &addresses[0], "a.example", 80},
        {"", ACTION_LISTEN, "[2001:db8::1]:443", &addresses[1], NULL, 443},
        {"a b", ACTION_SPEAK, "unix:@\xff\n", NULL, NULL, 0},
        {"=\xff", ACTION_OPEN, "packet", NULL, NULL, 0},
    };
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        const struct rule *const rule = rules_find(rules, &deeds[i]);
        assert(rule == NULL || (rule_text(rule) != NULL && rule_source(rule) != NULL));
    }
}

static void try_rules(struct input *input)
{
    struct rules rules = {0};
    struct lines text = {.count = 0};
    const uint8_t verdict = take(input);
    read_text(input, &text);
    const char *const wrong = verdict % 4 == 0
                                  ? rules_add_one(&rules, verdict % 8 == 0 ? "allow" : "deny", text.bytes, "--allow")
                                  : rules_add(&rules, text.bytes, "rules");
    assert(wrong == NULL || strlen(wrong) < sizeof rules.wrong);
    judge(&rules);
    rules_free(&rules);
}

/* --- baselines ------------------------------------------------------------------- */

static void try_baseline(struct input *input)
{
    struct inventory inventory = {0};
    char path[] = "/dev/shm/sockspy-fuzz-XXXXXX", **gone;
    size_t count;
    const int fd = mkstemp(path);
    const size_t size = (size_t)(input->end - input->at);
    if (fd < 0 || write(fd, input->at, size) != (ssize_t)size)
        abort();
    close(fd);
    free(inventory_compare(&inventory, path, &gone, &count));
    for (size_t i = 0; i < count; i++)
        free(gone[i]);
    free(gone);
    inventory_free(&inventory);
    unlink(path);
}

/* --- settings -------------------------------------------------------------------- */

static void try_settings(struct input *input)
{
    struct settings settings;
    struct lines text = {.count = 0};
    read_text(input, &text);
    cut(&text);
    settings_read(&settings, text.words);
    assert(strlen(settings.ring) < sizeof settings.ring && strlen(settings.refused) < sizeof settings.refused);
    assert(settings.size >= RING_SIZE_MIN && settings.size <= RING_SIZE_MAX && settings.data <= PAYLOAD_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const tries[])(struct input * input) = {try_options, try_rules, try_baseline, try_settings};
    struct input input = {bytes, bytes + size};
    static int silent;
    if (!silent++)
        silence();
    tries[take(&input) % (sizeof tries / sizeof tries[0])](&input);
    return 0;
}
