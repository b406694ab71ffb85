/* payload.c - collecting what was kept, and whose protocol it is; see payload.h. */
#include "record/payload_inside.h"

#include "base/memory.h"

enum { DNS_PORT = 53, DATAGRAMS_MAX = 8 /* of a direction are looked at */ };

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
    if (bytes_begin(&bytes, "SSH-")) {
        facts->protocol = PROTOCOL_SSH;
        return true;
    }
    return payload_http(facts, bytes, from, last) || last;
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
