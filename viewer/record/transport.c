/* transport.c - see transport.h. */
#include "record/transport.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

static const struct transport {
    uint16_t protocol;
    uint8_t type;
    const char *words[2]; /* of AF_INET and AF_INET6 */
} transports[] = {
    {0, SOCK_STREAM, {"tcp", "tcp6"}},
    {0, SOCK_DGRAM, {"udp", "udp6"}},
    {IPPROTO_ICMP, SOCK_DGRAM, {"icmp", "icmp"}},
    {IPPROTO_ICMPV6, SOCK_DGRAM, {"icmp6", "icmp6"}},
    {IPPROTO_UDPLITE, SOCK_DGRAM, {"udplite", "udplite6"}},
    {IPPROTO_MPTCP, SOCK_STREAM, {"mptcp", "mptcp6"}},
    {IPPROTO_SCTP, SOCK_STREAM, {"sctp", "sctp6"}},
    {IPPROTO_SCTP, SOCK_SEQPACKET, {"sctp", "sctp6"}},
};

static const struct transport *find(uint8_t family, uint8_t type, uint64_t protocol)
{
    for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++) {
        const bool same = transports[i].type == type && transports[i].protocol == protocol;
        if (same && (family == AF_INET || family == AF_INET6))
            return &transports[i];
    }
    return NULL;
}

uint16_t transport_other(uint8_t family, uint8_t type, uint64_t protocol)
{
    return find(family, type, protocol) != NULL ? (uint16_t)protocol : 0;
}

const char *transport_word(uint8_t family, uint8_t type, uint16_t protocol)
{
    const struct transport *const transport = find(family, type, protocol);
    return transport != NULL ? transport->words[family == AF_INET6] : NULL;
}
