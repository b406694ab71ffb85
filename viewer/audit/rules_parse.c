/* rules_parse.c - reading rules, and saying where they are wrong; see rules.h. */
#include "audit/rules_inside.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { RULES_FILE_MAX = 1 << 20 };

/* A word of a rule; `at` leads into the line. */
struct word {
    const char *at;
    size_t size;
};

/* Where parsing stands. */
struct parser {
    struct rules *rules;
    const char *line, *source;
    unsigned number; /* of the line; 0: the source is no file */
};

static const char *complain_at(struct parser *parser, const char *at, const char *what, struct word word)
{
    const unsigned column = (unsigned)(at - parser->line) + 1;
    char place[32] = "";
    if (parser->number != 0)
        snprintf(place, sizeof place, "%u:", parser->number);
    snprintf(parser->rules->wrong, sizeof parser->rules->wrong, "%.60s:%s%u: %s%s%.*s%s", parser->source, place, column,
             what, word.size != 0 ? " '" : "", (int)(word.size < 40 ? word.size : 40), word.size != 0 ? word.at : "",
             word.size != 0 ? "'" : "");
    return parser->rules->wrong;
}

static bool is(struct word word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.at, text, word.size) == 0;
}

static bool begins(struct word word, const char *text)
{
    return word.size > strlen(text) && memcmp(word.at, text, strlen(text)) == 0;
}

static char *copy(const char *at, size_t size)
{
    return memory_checked(strndup(at, size));
}

static struct word next_word(const char **at)
{
    *at += strspn(*at, " \t\r");
    const struct word word = {*at, strcspn(*at, " \t\r\n#")};
    *at += word.size;
    return word;
}

/* Takes the next item of a list with commas between. Returns false behind the
 * last; an empty list has one, which is empty. */
static bool next_item(struct word *list, struct word *item)
{
    if (list->at == NULL)
        return false;
    const char *const comma = memchr(list->at, ',', list->size);
    *item = (struct word){list->at, comma != NULL ? (size_t)(comma - list->at) : list->size};
    list->at = comma != NULL ? comma + 1 : NULL;
    list->size -= item->size + (comma != NULL);
    return true;
}

static const char *parse_actions(struct parser *parser, struct word list, unsigned *actions)
{
    if (is(list, "*")) {
        *actions = (1u << ACTIONS) - 1;
        return NULL;
    }
    for (struct word word; next_item(&list, &word);) {
        unsigned action = 0;
        while (action < ACTIONS && !is(word, action_word((enum action)action)))
            action++;
        if (action == ACTIONS)
            return complain_at(parser, word.at,
                               "no action is called so; connect, listen, open, inherit, receive, speak or *:", word);
        *actions |= 1u << action;
    }
    return NULL;
}

/* Reads digits of `word` from *used on. */
static bool read_port(struct word word, size_t *used, uint16_t *port)
{
    unsigned long number = 0;
    const size_t begin = *used;
    for (; *used < word.size && word.at[*used] >= '0' && word.at[*used] <= '9' && number <= UINT16_MAX; ++*used)
        number = number * 10 + (unsigned long)(word.at[*used] - '0');
    *port = (uint16_t)number;
    return *used != begin && number <= UINT16_MAX;
}

static const char *parse_ports(struct parser *parser, struct word list, struct target *target)
{
    if (is(list, "*"))
        return NULL;
    for (struct word word; next_item(&list, &word);) {
        size_t used = 0;
        uint16_t from, to;
        bool good = read_port(word, &used, &from);
        to = from;
        if (good && used < word.size && word.at[used] == '-') {
            used++;
            good = read_port(word, &used, &to);
        }
        if (!good || used != word.size || to < from)
            return complain_at(parser, word.at, "not a port, a range of ports or *:", word);
        if (target->ports == PORT_RANGES)
            return complain_at(parser, word.at, "too many ports; use a range:", word);
        target->port[target->ports].from = from;
        target->port[target->ports++].to = to;
    }
    return NULL;
}

/* Sixteen bytes of either kind of address. Returns its bits, 0 where it is none. */
static unsigned read_ip(struct word word, uint8_t ip[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN];
    if (word.size >= sizeof text)
        return 0;
    memcpy(text, word.at, word.size);
    text[word.size] = '\0';
    if (inet_pton(AF_INET6, text, ip) == 1)
        return 128;
    memcpy(ip, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, ip + sizeof mapped) == 1 ? 32 : 0;
}

/* The first and the last address that share `bits` with `ip`. */
static void spread(const uint8_t ip[16], unsigned bits, uint8_t from[16], uint8_t to[16])
{
    for (unsigned i = 0; i < 16; i++) {
        const unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        const uint8_t mask = (uint8_t)(kept >= 8 ? 0xff : 0xff00 >> kept);
        from[i] = ip[i] & mask;
        to[i] = (uint8_t)(ip[i] | ~mask);
    }
}

/* "10.0.0.0/8", "10.0.0.1-10.0.0.9", "10.0.0.1". *wrong: it looks like an address
 * and is none. Returns whether it is one. */
static bool parse_addresses(struct word word, struct target *target, const char **wrong)
{
    const char *const slash = memchr(word.at, '/', word.size), *const dash = memchr(word.at, '-', word.size);
    const char *const end = word.at + word.size, *const first_end = slash != NULL ? slash : dash != NULL ? dash : end;
    const unsigned bits = read_ip((struct word){word.at, (size_t)(first_end - word.at)}, target->from);
    if (bits == 0)
        return false;
    target->kind = TARGET_ADDRESS;
    memcpy(target->to, target->from, sizeof target->to);
    if (slash != NULL) {
        uint16_t kept;
        size_t used = 0;
        const struct word number = {slash + 1, (size_t)(end - slash - 1)};
        if (!read_port(number, &used, &kept) || used != number.size || kept > bits)
            *wrong = "not a number of bits of such an address:";
        else
            spread(target->from, kept + (bits == 32 ? 96u : 0), target->from, target->to);
    } else if (dash != NULL) {
        const struct word last = {dash + 1, (size_t)(end - dash - 1)};
        if (read_ip(last, target->to) != bits || memcmp(target->from, target->to, sizeof target->to) > 0)
            *wrong = "not a range of addresses:";
    }
    return true;
}

/* What looks like an IPv4 address, though it is none, is no name either. */
static bool is_spoilt_ipv4(struct word word)
{
    size_t digits = 0;
    while (digits < word.size && strchr("0123456789.", word.at[digits]) != NULL)
        digits++;
    return digits != 0 && (digits == word.size || word.at[digits] == '/');
}

/* Parts "host:ports"; the brackets of IPv6 are taken off. */
static const char *split(struct parser *parser, struct word word, struct word *host, struct word *ports)
{
    const char *const end = word.at + word.size;
    const char *colon = NULL;
    *host = word;
    *ports = (struct word){end, 0};
    if (word.size != 0 && *word.at == '[') {
        const char *const bracket = memchr(word.at, ']', word.size);
        if (bracket == NULL)
            return complain_at(parser, word.at, "a bracket is not closed:", word);
        *host = (struct word){word.at + 1, (size_t)(bracket - word.at - 1)};
        const char *const slash = bracket + 1;
        if (slash < end && *slash == '/') /* [::1]/128:80 is spelt [::1/128]:80 as well */
            return complain_at(parser, slash, "the bits of an IPv6 address stand within the brackets:", word);
        if (slash < end && *slash != ':')
            return complain_at(parser, slash, "a colon and ports, or nothing, come behind the bracket:", word);
        colon = slash < end ? slash : NULL;
    } else {
        colon = memrchr(word.at, ':', word.size);
        if (colon != NULL && memchr(word.at, ':', (size_t)(colon - word.at)) != NULL)
            return complain_at(parser, word.at, "IPv6 addresses stand in brackets:", word);
        if (colon != NULL)
            host->size = (size_t)(colon - word.at);
    }
    if (colon != NULL)
        *ports = (struct word){colon + 1, (size_t)(end - colon - 1)};
    if (colon != NULL && ports->size == 0)
        return complain_at(parser, colon, "ports are missing behind the colon", (struct word){NULL, 0});
    return NULL;
}

static const char *parse_target(struct parser *parser, struct word word, struct target *target)
{
    struct word host, ports;
    if (is(word, "*"))
        return NULL;
    if (is(word, "unix:") || is(word, "vsock:"))
        return complain_at(parser, word.at + word.size, "nothing stands behind the colon; * means any",
                           (struct word){NULL, 0});
    if (begins(word, "unix:") || begins(word, "vsock:")) {
        target->kind = TARGET_NAME;
        target->glob = copy(word.at, word.size);
        return NULL;
    }
    const char *wrong = split(parser, word, &host, &ports);
    if (wrong == NULL && ports.size != 0)
        wrong = parse_ports(parser, ports, target);
    if (wrong != NULL)
        return wrong;
    if (host.size == 0)
        return complain_at(parser, word.at, "a host is missing; * means any:", word);
    if (!parse_addresses(host, target, &wrong)) {
        if (*word.at == '[')
            return complain_at(parser, host.at, "not an IPv6 address:", host);
        if (is_spoilt_ipv4(host))
            return complain_at(parser, host.at, "not an IPv4 address, nor a glob for any:", host);
        target->kind = TARGET_HOST;
        target->glob = copy(host.at, host.size);
    }
    return wrong != NULL ? complain_at(parser, host.at, wrong, host) : NULL;
}

static const char *parse_words(struct parser *parser, const char *at, struct rule *rule)
{
    static const char *const missing[] = {"a program is missing", "an action is missing", "a target is missing"};
    struct word words[3];
    for (int i = 0; i < 3; i++) {
        words[i] = next_word(&at);
        if (words[i].size == 0)
            return complain_at(parser, at, missing[i], (struct word){NULL, 0});
    }
    const struct word rest = next_word(&at);
    if (rest.size != 0)
        return complain_at(parser, rest.at, "too much behind the target:", rest);
    char *text;
    if (asprintf(&text, "%s %.*s %.*s %.*s", rule->allow ? "allow" : "deny", (int)words[0].size, words[0].at,
                 (int)words[1].size, words[1].at, (int)words[2].size, words[2].at) < 0)
        text = NULL;
    rule->text = memory_checked(text);
    rule->program = copy(words[0].at, words[0].size);
    const char *const wrong = parse_actions(parser, words[1], &rule->actions);
    return wrong != NULL ? wrong : parse_target(parser, words[2], &rule->target);
}

static const char *add(struct parser *parser, bool allow, const char *rest)
{
    struct rules *const rules = parser->rules;
    struct rule rule = {.allow = allow};
    const char *const wrong = parse_words(parser, rest, &rule);
    if (wrong != NULL) {
        rule_free(&rule);
        return wrong;
    }
    char *source = NULL;
    if (parser->number != 0 && asprintf(&source, "%s:%u", parser->source, parser->number) < 0)
        source = NULL;
    rule.source = source != NULL ? source : copy(parser->source, strlen(parser->source));
    if (rules->count == rules->room) {
        rules->room = 2 * rules->room + 16;
        rules->rules = memory_grow(rules->rules, rules->room, sizeof *rules->rules);
    }
    rules->rules[rules->count++] = rule;
    return NULL;
}

const char *rules_add_one(struct rules *rules, const char *verdict, const char *rest, const char *source)
{
    struct parser parser = {rules, rest, source, 0};
    return add(&parser, strcmp(verdict, "allow") == 0, rest);
}

const char *rules_add(struct rules *rules, const char *text, const char *source)
{
    struct parser parser = {rules, text, source, 1};
    for (; *parser.line != '\0'; parser.number++) {
        const char *at = parser.line;
        const struct word verdict = next_word(&at);
        const char *wrong = NULL;
        if (is(verdict, "allow") || is(verdict, "deny"))
            wrong = add(&parser, is(verdict, "allow"), at);
        else if (verdict.size != 0)
            wrong = complain_at(&parser, verdict.at, "a rule begins with allow or deny, not with", verdict);
        if (wrong != NULL)
            return wrong;
        parser.line += strcspn(parser.line, "\n");
        parser.line += *parser.line == '\n';
    }
    return NULL;
}

const char *rules_read(struct rules *rules, const char *path)
{
    char *const text = memory_new(RULES_FILE_MAX + 1, 1);
    const char *wrong = NULL;
    errno = 0;
    FILE *const file = fopen(path, "re");
    const size_t size = file != NULL ? fread(text, 1, RULES_FILE_MAX, file) : 0;
    if (file == NULL || ferror(file)) {
        snprintf(rules->wrong, sizeof rules->wrong, "%.100s: cannot be read: %s", path, strerror(errno));
        wrong = rules->wrong;
    } else if (size == RULES_FILE_MAX && getc(file) != EOF) {
        snprintf(rules->wrong, sizeof rules->wrong, "%.100s: more than 1 MiB: not a file of rules", path);
        wrong = rules->wrong;
    } else if (memchr(text, '\0', size) != NULL) {
        snprintf(rules->wrong, sizeof rules->wrong, "%.100s: not a file of rules", path);
        wrong = rules->wrong;
    }
    if (file != NULL)
        fclose(file);
    if (wrong == NULL)
        wrong = rules_add(rules, text, path);
    free(text);
    return wrong;
}
