/* pcapng.h - the blocks of a pcapng file (draft-ietf-opsawg-pcapng). Knows
 * nothing of sockets; what goes into a packet is made by packet.h.
 */
#ifndef SOCKSPY_PCAPNG_H
#define SOCKSPY_PCAPNG_H

#include "out.h"

enum {
    PCAPNG_LINK_RAW = 101,     /* packets begin with their IPv4 or IPv6 header */
    PCAPNG_PACKET_MAX = 65575, /* bytes: an IPv6 header and what its length can say */
    PCAPNG_TEXT_MAX = 4096     /* of a comment or a name; longer ones are cut */
};

enum pcapng_direction { PCAPNG_UNKNOWN, PCAPNG_INBOUND, PCAPNG_OUTBOUND };

struct pcapng {
    struct out *out; /* the caller's */
    uint8_t *block;  /* the block in the making */
    size_t used;
};

struct pcapng_packet {
    int64_t time;        /* Unix ns */
    const uint8_t *data; /* `captured` bytes, at most PCAPNG_PACKET_MAX, of the `original` there were */
    uint32_t captured, original;
    enum pcapng_direction direction;
    const char *comment; /* UTF-8; may be NULL */
    size_t comment_size;
    uint64_t id;      /* the same packet has the same id */
    uint64_t dropped; /* lost between the packet before and this one */
    uint32_t pid, tid;
};

/* Begins a file on `out`: its section, and one interface on which all packets
 * lie, with times in nanoseconds. Texts are UTF-8. */
void pcapng_begin(struct pcapng *pcapng, struct out *out, const char *comment, const char *interface);

/* What an IPv4 (4 bytes) or IPv6 (16) address is called. Where there are several
 * names, one call for each. */
void pcapng_name(struct pcapng *pcapng, const uint8_t *ip, size_t ip_size, const char *name, size_t name_size);

void pcapng_packet(struct pcapng *pcapng, const struct pcapng_packet *packet);

/* How many packets there were, and how many were lost in all. */
void pcapng_statistics(struct pcapng *pcapng, int64_t time, uint64_t packets, uint64_t dropped);

/* Gives back the memory; `out` stays open. */
void pcapng_end(struct pcapng *pcapng);

#endif
