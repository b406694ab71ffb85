/* payload.c - collecting what was kept, and the protocols of text; see payload.h. */
#include "payload_inside.h"

#include "memory.h"

#include <ctype.h>

enum { DNS_PORT = 53, DATAGRAMS_MAX = 8 /* of a direction are looked at */, CLIENT = 0 /* as CLIENT_END */ };

uint64_t bytes_number(struct bytes *bytes, unsigned size)
{
    uint64_t number = 0;
    if (bytes->left < size) {
        bytes->left = 0;
        bytes->short_of = true;
        return 0;
    }
    for (; size != 0; size--, bytes->at++, bytes->left--)
        number = number << 8 | *bytes->at;
    return number;
}

struct bytes bytes_take(struct bytes *bytes, size_t size)
{
    const bool enough = bytes->left >= size;
    struct bytes taken = {bytes->at, enough ? size : bytes->left, false};
    bytes->short_of |= !enough;
    bytes->at += taken.left;
    bytes->left -= taken.left;
    return taken;
}

void facts_add(char *text, size_t room, const void *bytes, size_t size)
{
    const uint8_t *const from = bytes;
    const size_t used = strlen(text);
    size_t i = 0;
    for (; i < size && used + i + 1 < room; i++)
        text[used + i] = from[i] >= 0x20 && from[i] < 0x7f ? (char)from[i] : '?';
    text[used + i] = '\0';
}

/* --- HTTP/1 ---------------------------------------------------------------------- */

/* The next line without its end; *whole: the end was there. */
static struct bytes next_line(struct bytes *bytes, bool *whole)
{
    const uint8_t *const end = memchr(bytes->at, '\n', bytes->left);
    *whole = end != NULL;
    struct bytes line = bytes_take(bytes, end != NULL ? (size_t)(end - bytes->at) + 1 : bytes->left);
    while (line.left != 0 && (line.at[line.left - 1] == '\n' || line.at[line.left - 1] == '\r'))
        line.left--;
    return line;
}

static bool begins(const struct bytes *bytes, const char *word)
{
    const size_t size = strlen(word);
    return bytes->left >= size && strncasecmp((const char *)bytes->at, word, size) == 0;
}

static bool contains(const struct bytes *bytes, const char *word)
{
    return memmem(bytes->at, bytes->left, word, strlen(word)) != NULL;
}

/* "METHOD target HTTP/1.1"; one that is cut off must at least begin like it. */
static bool is_request(const struct bytes *line, bool whole)
{
    size_t method = 0;
    while (method < line->left && isupper(line->at[method]))
        method++;
    if (method < 3 || method > 12 || method + 2 > line->left || line->at[method] != ' ')
        return false;
    if (contains(line, " HTTP/1.") || contains(line, " HTTP/2.0"))
        return true;
    return !whole && (line->at[method + 1] == '/' || memcmp(line->at + method + 1, "http", 4) == 0);
}

static void note_host(struct payload_facts *facts, struct bytes line)
{
    bytes_take(&line, strlen("Host:"));
    while (line.left != 0 && *line.at == ' ')
        bytes_take(&line, 1);
    facts_add(facts->host, sizeof facts->host, line.at, line.left);
}

/* The request line, and the Host header if it is there already. */
static bool http_request(struct payload_facts *facts, struct bytes bytes, bool last)
{
    bool whole;
    struct bytes line = next_line(&bytes, &whole);
    if (!is_request(&line, whole))
        return whole || bytes.left == 0;
    if (!whole && !last)
        return false;
    facts->protocol = PROTOCOL_HTTP;
    facts->request[0] = facts->host[0] = '\0';
    facts_add(facts->request, sizeof facts->request, line.at, line.left);
    while (whole && bytes.left != 0) {
        line = next_line(&bytes, &whole);
        if (line.left == 0)
            return true; /* the header's end */
        if (begins(&line, "Host:") && (whole || last)) {
            note_host(facts, line);
            return true;
        }
    }
    return false;
}

static bool http_response(struct payload_facts *facts, const struct bytes *bytes)
{
    if (bytes->left < 12)
        return false;
    const uint8_t *const code = bytes->at + 9;
    if (begins(bytes, "HTTP/1.") && isdigit(code[0]) && isdigit(code[1]) && isdigit(code[2])) {
        facts->protocol = PROTOCOL_HTTP;
        facts->status = (uint16_t)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
    }
    return true;
}

/* --- which protocol? --------------------------------------------------------------- */

/* Looks at the prefix; `last`: no more of it will come. */
static bool look(struct payload_facts *facts, struct bytes bytes, int from, uint16_t port, bool last)
{
    if (bytes.left == 0)
        return false;
    if (port == DNS_PORT && bytes.left > 2) { /* over TCP: a length before the message */
        bytes_number(&bytes, 2);
        return payload_dns(facts, bytes, from) || last;
    }
    if (bytes.at[0] == 22) /* a TLS handshake record */
        return payload_tls(facts, bytes, from) || last;
    if (begins(&bytes, "SSH-")) {
        facts->protocol = PROTOCOL_SSH;
        return true;
    }
    if (from == CLIENT)
        return http_request(facts, bytes, last) || last;
    return http_response(facts, &bytes) || last;
}

/* Puts the record's payload behind what is there. Returns false where something
 * is missing, so that nothing can follow. */
static bool collect(struct payload_prefix *prefix, const struct view *view)
{
    const struct item *item = view->items[ITEM_PAYLOAD];
    if (prefix->bytes == NULL)
        prefix->bytes = memory_new(1, PREFIX_MAX);
    for (; item != NULL; item = view_next(view, item)) {
        const size_t room = (size_t)PREFIX_MAX - prefix->size;
        const size_t some = item->size < room ? item->size : room;
        memcpy(prefix->bytes + prefix->size, item_bytes(item), some);
        prefix->size += (uint16_t)some;
        if (some < item->size || item->whole > item->size)
            return false;
    }
    return prefix->size < PREFIX_MAX;
}

static void end_prefix(struct payload_prefix *prefix)
{
    free(prefix->bytes);
    prefix->bytes = NULL;
    prefix->size = 0;
    prefix->done = true;
}

void payload_take(struct payload_facts **facts, const struct view *view, int reporter, int from, uint16_t port,
                  bool datagram)
{
    if (datagram && port != DNS_PORT)
        return;
    if (*facts == NULL) {
        *facts = memory_new(1, sizeof **facts);
        (*facts)->prefix[0].reporter = (*facts)->prefix[1].reporter = -1;
    }
    struct payload_prefix *const prefix = &(*facts)->prefix[from];
    if (prefix->reporter < 0)
        prefix->reporter = reporter;
    if (prefix->done || prefix->reporter != reporter)
        return;
    if (datagram) {
        const struct item *const item = view->items[ITEM_PAYLOAD];
        payload_dns(*facts, (struct bytes){(const uint8_t *)item_bytes(item), item->size, false}, from);
        prefix->done = ++prefix->size == DATAGRAMS_MAX;
        return;
    }
    const bool goes_on = collect(prefix, view);
    if (look(*facts, (struct bytes){prefix->bytes, prefix->size, false}, from, port, !goes_on) || !goes_on)
        end_prefix(prefix);
}

void payload_free(struct payload_facts *facts)
{
    if (facts == NULL)
        return;
    end_prefix(&facts->prefix[0]);
    end_prefix(&facts->prefix[1]);
    free(facts);
}

const char *protocol_word(enum protocol protocol)
{
    static const char *const words[PROTOCOLS] = {
        [PROTOCOL_TLS] = "tls", [PROTOCOL_HTTP] = "http", [PROTOCOL_DNS] = "dns", [PROTOCOL_SSH] = "ssh"};
    return protocol < PROTOCOLS ? words[protocol] : NULL;
}

const char *tls_version_word(uint16_t version)
{
    static const char *const words[] = {"SSL 3.0", "1.0", "1.1", "1.2", "1.3"};
    return version >= 0x0300 && version <= 0x0304 ? words[version - 0x0300] : NULL;
}
