/* payload.h - what the first kept bytes of a pipe say about it: TLS names and
 * versions, HTTP/1 request and status, DNS question and answers.
 *
 * Nothing in them is trusted: bounded prefixes are looked at, and what does not
 * fit the form says nothing. A direction that both ends recorded is read at one
 * of them.
 */
#ifndef SOCKSPY_PAYLOAD_H
#define SOCKSPY_PAYLOAD_H

#include "record/decode.h"

enum protocol { PROTOCOL_UNKNOWN, PROTOCOL_TLS, PROTOCOL_HTTP, PROTOCOL_DNS, PROTOCOL_SSH, PROTOCOLS };

enum { PREFIX_MAX = 4096 }; /* bytes of each direction that are looked at */

/* What was kept of one direction so far. */
struct payload_prefix {
    int reporter;   /* the end where it is read; -1: none yet */
    bool done;      /* nothing more can be learnt */
    uint16_t size;  /* bytes; of datagrams: how many */
    uint8_t *bytes; /* PREFIX_MAX, or NULL */
};

/* Strings end with a NUL and hold printable ASCII only; "": not said. */
struct payload_facts {
    enum protocol protocol;
    uint16_t tls_version; /* 0x0304: what the server chose, else the best that the client offers; 0: not said */
    uint16_t status;      /* of the first HTTP response; 0: none */
    char host[HOST_NAME]; /* SNI, or the Host header */
    char alpn[64];        /* what the server chose, else what the client offers, with commas between */
    char request[128];    /* HTTP: "GET /path HTTP/1.1"; DNS: "example.com A" */
    char answers[128];    /* DNS: addresses with commas between, or "NXDOMAIN" */
    bool chosen;          /* the server's hello was seen */
    struct payload_prefix prefix[2]; /* by the end that sends */
};

/* Takes the payload of a record at the end `reporter`, which moved from the end
 * `from` (CLIENT_END, SERVER_END) to the other. Makes *facts where there is none
 * yet. `port`: the server's; `datagram`: the payload is a message of its own. */
void payload_take(struct payload_facts **facts, const struct view *view, int reporter, int from, uint16_t port,
                  bool datagram);

void payload_free(struct payload_facts *facts);

/* Is the record's payload a datagram of DNS, on whatever port? Then `facts` holds
 * its question and its answers, and nothing to be freed. */
bool payload_is_dns(struct payload_facts *facts, const struct view *view);

/* "tls", "http", "dns", "ssh", or NULL. */
const char *protocol_word(enum protocol protocol);

/* "1.3" for 0x0304; NULL where it has no name. */
const char *tls_version_word(uint16_t version);

#endif
