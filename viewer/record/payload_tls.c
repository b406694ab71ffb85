/* payload_tls.c - the two hellos of a TLS handshake (RFC 8446): the name that the
 * client asks for, the protocols and versions that are offered and chosen. */
#include "record/payload_inside.h"

enum {
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    EXTENSION_NAME = 0,
    EXTENSION_ALPN = 16,
    EXTENSION_VERSIONS = 43,
    TLS_1_2 = 0x0303
};

/* Values that are offered to no purpose but to keep servers tolerant (RFC 8701). */
static bool is_grease(uint64_t value)
{
    return (value & 0x0f0f) == 0x0a0a;
}

static void read_name(struct payload_facts *facts, struct bytes body)
{
    bytes_number(&body, 2); /* the list's length */
    if (bytes_number(&body, 1) != 0)
        return; /* no host name */
    const struct bytes name = bytes_take(&body, bytes_number(&body, 2));
    facts->host[0] = '\0';
    if (!body.short_of)
        facts_add(facts->host, sizeof facts->host, name.at, name.left);
}

static void read_protocols(struct payload_facts *facts, struct bytes body)
{
    facts->alpn[0] = '\0';
    bytes_number(&body, 2);
    while (body.left != 0) {
        const struct bytes name = bytes_take(&body, bytes_number(&body, 1));
        if (body.short_of)
            return;
        if (facts->alpn[0] != '\0')
            facts_add(facts->alpn, sizeof facts->alpn, ",", 1);
        facts_add(facts->alpn, sizeof facts->alpn, name.at, name.left);
    }
}

/* The client offers a list, of which the best counts; the server says one. */
static void read_versions(struct payload_facts *facts, struct bytes body, bool client)
{
    uint64_t best = 0;
    if (client)
        bytes_number(&body, 1);
    while (body.left >= 2) {
        const uint64_t version = bytes_number(&body, 2);
        if (!is_grease(version) && version > best)
            best = version;
    }
    if (best != 0)
        facts->tls_version = (uint16_t)best;
}

static void read_extensions(struct payload_facts *facts, struct bytes extensions, bool client)
{
    while (extensions.left >= 4) {
        const uint64_t type = bytes_number(&extensions, 2);
        const struct bytes body = bytes_take(&extensions, bytes_number(&extensions, 2));
        if (extensions.short_of)
            return;
        if (type == EXTENSION_NAME && client)
            read_name(facts, body);
        else if (type == EXTENSION_ALPN)
            read_protocols(facts, body);
        else if (type == EXTENSION_VERSIONS)
            read_versions(facts, body, client);
    }
}

static void read_hello(struct payload_facts *facts, struct bytes hello, bool client)
{
    const uint64_t version = bytes_number(&hello, 2);
    bytes_take(&hello, 32); /* random */
    bytes_take(&hello, bytes_number(&hello, 1));
    if (client) {
        bytes_take(&hello, bytes_number(&hello, 2)); /* ciphers */
        bytes_take(&hello, bytes_number(&hello, 1)); /* compressions */
    } else {
        bytes_take(&hello, 3);
    }
    if (hello.short_of || (version >> 8) != 3 || (client && facts->chosen))
        return;
    facts->protocol = PROTOCOL_TLS;
    facts->chosen = !client;
    facts->tls_version = (uint16_t)(version < TLS_1_2 ? version : TLS_1_2);
    const uint64_t size = bytes_number(&hello, 2);
    read_extensions(facts, bytes_take(&hello, size), client);
}

bool payload_tls(struct payload_facts *facts, struct bytes bytes, int from)
{
    struct bytes rest = bytes;
    bytes_number(&rest, 1); /* handshake: the caller has looked */
    if (bytes_number(&rest, 2) >> 8 != 3)
        return !rest.short_of;
    const uint64_t size = bytes_number(&rest, 2);
    const bool whole = !rest.short_of && rest.left >= size;
    struct bytes record = bytes_take(&rest, size);
    const uint64_t type = bytes_number(&record, 1);
    if (record.short_of)
        return false;
    if (type != (from == 0 ? CLIENT_HELLO : SERVER_HELLO))
        return true;
    const uint64_t length = bytes_number(&record, 3);
    read_hello(facts, bytes_take(&record, length), type == CLIENT_HELLO);
    return whole;
}
