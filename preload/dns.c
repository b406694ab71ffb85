/* dns.c - see dns.h. Messages come from the network: every byte may lie. */
#include "dns.h"

#include <arpa/nameser.h>
#include <string.h>

/* The size of the name at `at`, 0 where it leaves the message. */
static size_t name_size(const uint8_t *message, size_t size, size_t at)
{
    const size_t from = at;
    while (at < size) {
        const uint8_t length = message[at];
        if (length == 0)
            return at + 1 - from;
        if ((length & NS_CMPRSFLGS) != 0)
            return at + 2 <= size ? at + 2 - from : 0;
        at += 1 + (size_t)length;
    }
    return 0;
}

static uint16_t number_at(const uint8_t *message, size_t at)
{
    return (uint16_t)(message[at] << 8 | message[at + 1]);
}

void dns_question(const uint8_t *message, size_t size, char name[DNS_NAME_MAX])
{
    size_t at = NS_HFIXEDSZ, to = 0;
    while (at < size && message[at] != 0 && (message[at] & NS_CMPRSFLGS) == 0) {
        const size_t length = message[at++];
        if (length > size - at || to + length + 2 > DNS_NAME_MAX)
            break;
        if (to != 0)
            name[to++] = '.';
        memcpy(name + to, message + at, length);
        to += length;
        at += length;
    }
    name[to] = '\0';
}

/* One answer into a sockaddr; false where it is no address. */
static int put_address(const uint8_t *data, size_t size, uint16_t type, struct sockaddr_in6 *to)
{
    memset(to, 0, sizeof *to);
    if (type == ns_t_a && size == sizeof(struct in_addr)) {
        struct sockaddr_in *const four = (struct sockaddr_in *)to;
        four->sin_family = AF_INET;
        memcpy(&four->sin_addr, data, size);
        return 1;
    }
    if (type == ns_t_aaaa && size == sizeof(struct in6_addr)) {
        to->sin6_family = AF_INET6;
        memcpy(&to->sin6_addr, data, size);
        return 1;
    }
    return 0;
}

unsigned dns_addresses(const uint8_t *message, size_t size, struct sockaddr_in6 *addresses, unsigned room)
{
    if (size < NS_HFIXEDSZ)
        return 0;
    size_t at = NS_HFIXEDSZ;
    for (unsigned questions = number_at(message, 4); questions > 0; questions--) {
        const size_t name = name_size(message, size, at);
        if (name == 0)
            return 0;
        at += name + NS_QFIXEDSZ;
    }
    unsigned found = 0;
    for (unsigned answers = number_at(message, 6); answers > 0 && found < room; answers--) {
        const size_t name = name_size(message, size, at);
        if (name == 0 || at + name + NS_RRFIXEDSZ > size)
            break;
        at += name;
        const uint16_t type = number_at(message, at), length = number_at(message, at + 8);
        at += NS_RRFIXEDSZ;
        if (length > size - at)
            break;
        found += (unsigned)put_address(message + at, length, type, &addresses[found]);
        at += length;
    }
    return found;
}
