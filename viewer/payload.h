/* payload.h - what the first kept bytes of a pipe say about it. Nothing in them
 * is trusted: bounded prefixes, and what does not fit the form says nothing.
 */
#ifndef SOCKSPY_PAYLOAD_H
#define SOCKSPY_PAYLOAD_H

#include "decode.h"

enum protocol { PROTOCOL_UNKNOWN, PROTOCOL_TLS, PROTOCOL_HTTP, PROTOCOL_DNS, PROTOCOL_SSH, PROTOCOLS };

/* Strings end with a NUL and hold printable ASCII only; "": not said. */
struct payload_facts {
    enum protocol protocol;
    uint16_t tls_version; /* that the server chose, or the client offered: 0x0304; 0: not said */
    uint16_t status;      /* of the first HTTP response; 0: none */
    bool chosen;          /* tls_version is the server's choice */
    char host[HOST_NAME]; /* SNI, or the Host header */
    char alpn[32];        /* offered, with commas between */
    char request[128];    /* HTTP: "GET /path HTTP/1.1"; DNS: the question, "example.com A" */
    char answers[128];    /* DNS: addresses, with commas between */
};

/* Takes `view`'s payload, which moved from `from` (CLIENT_END or SERVER_END) to
 * the other end. Makes *facts where it says something. */
void payload_take(struct payload_facts **facts, const struct view *view, int from, uint16_t server_port);

void payload_free(struct payload_facts *facts);

/* "tls", "http", "dns", "ssh", or NULL. */
const char *protocol_word(enum protocol protocol);

/* "1.3" for 0x0304; NULL where it has no name. */
const char *tls_version_word(uint16_t version);

#endif
