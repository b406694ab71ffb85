/* packet.h - IPv4 and IPv6 packets of TCP and UDP, with right lengths and
 * checksums, as a network would have carried them.
 */
#ifndef SOCKSPY_PACKET_H
#define SOCKSPY_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKET_SEGMENT_MAX = 65495,  /* payload of a TCP segment, also over IPv4 */
    PACKET_DATAGRAM_MAX = 65507, /* of a UDP datagram over IPv4 */
    PACKET_MAX = 65575           /* a whole packet: IPv6's header, and what its length can say */
};

/* The flags of a TCP header. */
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

/* Where a packet comes from or goes to. Both of one packet are of one kind. */
struct packet_end {
    uint8_t ip[16];
    uint8_t ip_size; /* 4 or 16 */
    uint16_t port;
};

struct packet {
    uint32_t captured, original; /* bytes there, and bytes there would be with the whole payload */
    uint8_t bytes[PACKET_MAX];
};

/* What a packet carries: the first `kept` of `whole` bytes. */
struct packet_payload {
    const void *bytes;
    size_t kept, whole;
};

/* `sequence` and `acknowledged` as in the header. A SYN says that segments may
 * be PACKET_SEGMENT_MAX long and scales the window as far as can be. */
void packet_tcp(struct packet *packet, const struct packet_end *from, const struct packet_end *to, uint32_t sequence,
                uint32_t acknowledged, unsigned flags, const struct packet_payload *payload);

void packet_udp(struct packet *packet, const struct packet_end *from, const struct packet_end *to,
                const struct packet_payload *payload);

#endif
