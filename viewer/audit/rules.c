/* rules.c - which rule decides; see rules.h. */
#include "audit/rules_inside.h"

#include <fnmatch.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

const char *action_word(enum action action)
{
    static const char *const words[ACTIONS] = {
        [ACTION_CONNECT] = "connect", [ACTION_LISTEN] = "listen",   [ACTION_OPEN] = "open",
        [ACTION_INHERIT] = "inherit", [ACTION_RECEIVE] = "receive", [ACTION_SPEAK] = "speak",
    };
    return words[action];
}

void rule_free(struct rule *rule)
{
    free(rule->program);
    free(rule->text);
    free(rule->source);
    free(rule->target.glob);
}

static bool fits_port(const struct target *target, uint16_t port)
{
    for (unsigned i = 0; i < target->ports; i++) {
        if (port != 0 && port >= target->port[i].from && port <= target->port[i].to)
            return true;
    }
    return target->ports == 0;
}

static bool fits_address(const struct target *target, const struct address *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t ip[16];
    const uint8_t *const ipv4 = address != NULL ? address_ipv4(address) : NULL;
    if (ipv4 != NULL) {
        memcpy(ip, mapped, sizeof mapped);
        memcpy(ip + sizeof mapped, ipv4, 4);
    } else if (address != NULL && address->family == AF_INET6) {
        memcpy(ip, address->bytes, sizeof ip);
    } else {
        return false;
    }
    return memcmp(ip, target->from, sizeof ip) >= 0 && memcmp(ip, target->to, sizeof ip) <= 0;
}

/* By the name or, where there is none, the address, or what else it is. */
static bool fits_host(const struct target *target, const struct deed *deed)
{
    char text[ADDRESS_TEXT];
    if (deed->host != NULL)
        return fnmatch(target->glob, deed->host, FNM_CASEFOLD) == 0;
    if (deed->address != NULL && address_format_ip(deed->address, text) != 0)
        return fnmatch(target->glob, text, 0) == 0;
    return target->ports == 0 && fnmatch(target->glob, deed->target, 0) == 0;
}

static bool fits(const struct rule *rule, const struct deed *deed)
{
    const struct target *const target = &rule->target;
    if ((rule->actions & 1u << deed->action) == 0 || fnmatch(rule->program, deed->program, 0) != 0)
        return false;
    switch (target->kind) {
    case TARGET_ANY: return true;
    case TARGET_NAME: return fnmatch(target->glob, deed->target, 0) == 0;
    case TARGET_ADDRESS: return fits_address(target, deed->address) && fits_port(target, deed->port);
    default: return fits_host(target, deed) && fits_port(target, deed->port);
    }
}

const struct rule *rules_find(const struct rules *rules, const struct deed *deed)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (fits(&rules->rules[i], deed))
            return &rules->rules[i];
    }
    return NULL;
}

bool rule_allows(const struct rule *rule)
{
    return rule->allow;
}

const char *rule_text(const struct rule *rule)
{
    return rule->text;
}

const char *rule_source(const struct rule *rule)
{
    return rule->source;
}

void rules_free(struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        rule_free(&rules->rules[i]);
    free(rules->rules);
    *rules = (struct rules){0};
}
