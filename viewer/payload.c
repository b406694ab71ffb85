/* payload.c - see payload.h. */
#include "payload.h"

#include "memory.h"

void payload_take(struct payload_facts **facts, const struct view *view, int from, uint16_t server_port)
{
    (void)facts;
    (void)view;
    (void)from;
    (void)server_port;
}

void payload_free(struct payload_facts *facts)
{
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
