/* packet.c - see packet.h. */
#include "export/packet.h"

#include <netinet/in.h>
#include <string.h>

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, UDP_HEADER = 8, HOPS = 64, WINDOW = 0xffff };

static uint8_t *put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value)
{
    return put_u16(put_u16(at, value >> 16), value);
}

/* The Internet checksum's sum of 16-bit words, not folded yet. */
static uint64_t sum_of(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    return size % 2 != 0 ? sum + (uint32_t)(bytes[size - 1] << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

/* Writes the IP header for `length` bytes of `protocol`; returns its size. */
static size_t put_ip(struct packet *packet, const struct packet_end *from, const struct packet_end *to,
                     uint8_t protocol, size_t length)
{
    uint8_t *at = packet->bytes;
    if (from->ip_size == 4) {
        at = put_u16(at, 0x4500); /* version 4, five words */
        at = put_u16(at, (uint32_t)length + IPV4_HEADER);
        at = put_u16(at, 0);
        at = put_u16(at, 0x4000); /* not to be fragmented */
        at = put_u16(at, (uint32_t)(HOPS << 8 | protocol));
        at = put_u16(at, 0);
        memcpy(at, from->ip, 4);
        memcpy(at + 4, to->ip, 4);
        put_u16(packet->bytes + 10, fold(sum_of(packet->bytes, IPV4_HEADER)));
        return IPV4_HEADER;
    }
    at = put_u32(at, 0x60000000);
    at = put_u16(at, (uint32_t)length);
    at = put_u16(at, (uint32_t)(protocol << 8 | HOPS));
    memcpy(at, from->ip, 16);
    memcpy(at + 16, to->ip, 16);
    return IPV6_HEADER;
}

/* Over the pseudo header and what was kept; with a payload that was cut it
 * cannot be right, and no reader expects it to be. */
static uint16_t checksum(const struct packet *packet, size_t header, const struct packet_end *from,
                         const struct packet_end *to, uint8_t protocol, size_t length)
{
    const uint64_t pseudo = sum_of(from->ip, from->ip_size) + sum_of(to->ip, to->ip_size) + protocol + length;
    return fold(pseudo + sum_of(packet->bytes + header, packet->captured - header));
}

/* Puts the payload behind `header` bytes. */
static void put_payload(struct packet *packet, size_t header, const struct packet_payload *payload)
{
    if (payload->kept != 0)
        memcpy(packet->bytes + header, payload->bytes, payload->kept);
    packet->captured = (uint32_t)(header + payload->kept);
    packet->original = (uint32_t)(header + payload->whole);
}

void packet_tcp(struct packet *packet, const struct packet_end *from, const struct packet_end *to, uint32_t sequence,
                uint32_t acknowledged, unsigned flags, const struct packet_payload *payload)
{
    static const uint8_t options[] = {2,
                                      4,
                                      PACKET_SEGMENT_MAX >> 8,
                                      PACKET_SEGMENT_MAX & 0xff, /* longest segment */
                                      1,
                                      3,
                                      3,
                                      14}; /* window's scale */
    const size_t extra = (flags & TCP_SYN) != 0 ? sizeof options : 0;
    const size_t length = TCP_HEADER + extra + payload->whole;
    const size_t ip = put_ip(packet, from, to, IPPROTO_TCP, length);
    uint8_t *at = packet->bytes + ip;
    at = put_u16(at, from->port);
    at = put_u16(at, to->port);
    at = put_u32(at, sequence);
    at = put_u32(at, (flags & TCP_ACK) != 0 ? acknowledged : 0);
    at = put_u16(at, (uint32_t)((TCP_HEADER + extra) / 4 << 12) | flags);
    at = put_u16(at, (flags & TCP_RST) != 0 ? 0 : WINDOW);
    at = put_u32(at, 0); /* checksum, urgent pointer */
    memcpy(at, options, extra);
    put_payload(packet, ip + TCP_HEADER + extra, payload);
    put_u16(packet->bytes + ip + 16, checksum(packet, ip, from, to, IPPROTO_TCP, length));
}

void packet_udp(struct packet *packet, const struct packet_end *from, const struct packet_end *to,
                const struct packet_payload *payload)
{
    const size_t length = UDP_HEADER + payload->whole;
    const size_t ip = put_ip(packet, from, to, IPPROTO_UDP, length);
    uint8_t *at = packet->bytes + ip;
    at = put_u16(at, from->port);
    at = put_u16(at, to->port);
    at = put_u16(at, (uint32_t)length);
    put_u16(at, 0);
    put_payload(packet, ip + UDP_HEADER, payload);
    const uint16_t sum = checksum(packet, ip, from, to, IPPROTO_UDP, length);
    put_u16(at, sum != 0 ? sum : 0xffff); /* zero says: there is none */
}
