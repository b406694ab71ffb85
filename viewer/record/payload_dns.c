/* payload_dns.c - the first question of a DNS message, and the addresses in its
 * answer (RFC 1035). */
#include "record/payload_inside.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, LABELS_MAX = 128, ANSWERS_MAX = 16, IS_ANSWER = 0x8000, ERROR_MASK = 15 };

static const struct {
    uint16_t type;
    const char *name;
} types[] = {
    {1, "A"},    {2, "NS"},    {5, "CNAME"}, {6, "SOA"},   {12, "PTR"},   {15, "MX"},
    {16, "TXT"}, {28, "AAAA"}, {33, "SRV"},  {64, "SVCB"}, {65, "HTTPS"}, {255, "ANY"},
};

/* Reads a name; only labels that stand here are said, a pointer to others ends
 * it, for those were said in the question. */
static void read_name(struct bytes *message, char *name, size_t room)
{
    for (int labels = 0; labels < LABELS_MAX; labels++) {
        const uint64_t size = bytes_number(message, 1);
        if (size == 0)
            return;
        if (size >= 0xc0) {
            bytes_number(message, 1);
            return;
        }
        const struct bytes label = bytes_take(message, size);
        if (name[0] != '\0')
            facts_add(name, room, ".", 1);
        facts_add(name, room, label.at, label.left);
    }
    message->short_of = true;
}

static void read_question(struct payload_facts *facts, struct bytes *message)
{
    char text[sizeof facts->request] = "", number[16];
    read_name(message, text, sizeof text - 16);
    const uint64_t type = bytes_number(message, 2);
    bytes_number(message, 2); /* class */
    if (message->short_of)
        return;
    const char *word = NULL;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].type == type)
            word = types[i].name;
    }
    if (word == NULL) {
        snprintf(number, sizeof number, "TYPE%u", (unsigned)type);
        word = number;
    }
    if (text[0] == '\0')
        facts_add(text, sizeof text, ".", 1);
    facts_add(text, sizeof text, " ", 1);
    facts_add(text, sizeof text, word, strlen(word));
    if (facts->request[0] == '\0')
        memcpy(facts->request, text, sizeof text);
    facts->protocol = PROTOCOL_DNS;
}

static void add_answer(struct payload_facts *facts, const char *text)
{
    if (facts->answers[0] != '\0')
        facts_add(facts->answers, sizeof facts->answers, ",", 1);
    facts_add(facts->answers, sizeof facts->answers, text, strlen(text));
}

static void read_answer(struct payload_facts *facts, struct bytes *message)
{
    char skipped[8] = "", text[INET6_ADDRSTRLEN];
    read_name(message, skipped, sizeof skipped);
    const uint64_t type = bytes_number(message, 2);
    bytes_number(message, 6); /* class, time to live */
    const struct bytes data = bytes_take(message, bytes_number(message, 2));
    if (message->short_of)
        return;
    if (type == TYPE_A && data.left == 4)
        add_answer(facts, inet_ntop(AF_INET, data.at, text, sizeof text));
    else if (type == TYPE_AAAA && data.left == 16)
        add_answer(facts, inet_ntop(AF_INET6, data.at, text, sizeof text));
}

bool payload_dns(struct payload_facts *facts, struct bytes message, int from)
{
    static const char *const errors[] = {
        [1] = "FORMERR", [2] = "SERVFAIL", [3] = "NXDOMAIN", [4] = "NOTIMP", [5] = "REFUSED"};
    bytes_number(&message, 2); /* id */
    const uint64_t flags = bytes_number(&message, 2);
    const uint64_t questions = bytes_number(&message, 2), answers = bytes_number(&message, 2);
    bytes_number(&message, 4);
    const bool answer = (flags & IS_ANSWER) != 0;
    if (message.short_of || questions != 1 || answer != (from != 0))
        return false;
    read_question(facts, &message);
    if (!answer || message.short_of)
        return !answer;
    const uint64_t error = flags & ERROR_MASK;
    if (error != 0)
        add_answer(facts, error < sizeof errors / sizeof errors[0] ? errors[error] : "error");
    for (uint64_t i = 0; i < answers && i < ANSWERS_MAX && !message.short_of; i++)
        read_answer(facts, &message);
    return true;
}

bool payload_is_dns(struct payload_facts *facts, const struct view *view)
{
    enum { HEADER = 12, FLAGS = 2, OPCODE = 0x78 };
    const struct item *const item = view->items[ITEM_PAYLOAD];
    *facts = (struct payload_facts){0};
    if (view->record->type != SOCK_DGRAM || item == NULL || item->size <= HEADER)
        return false;
    const uint8_t *const bytes = (const uint8_t *)item_bytes(item);
    if ((bytes[FLAGS] & OPCODE) != 0)
        return false;
    payload_dns(facts, (struct bytes){.at = bytes, .left = item->size}, bytes[FLAGS] >> 7);
    return facts->protocol == PROTOCOL_DNS && strstr(facts->request, " TYPE") == NULL;
}
