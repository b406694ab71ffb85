/* address.c - see address.h. */
#include "out/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Families whose sockaddr has a form of its own here; all are Linux's ABI. */
enum { VSOCK = 40 /* AF_VSOCK, which not every libc names */ };

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

void address_from_ipv4(struct address *address, const uint8_t ip[4], uint16_t port)
{
    address->family = port == 0 && all_zero(ip, 4) ? 0 : AF_INET;
    address->port = port;
    address->size = 4;
    memcpy(address->bytes, ip, 4);
}

static void from_ipv6(struct address *address, const uint8_t *bytes, size_t size)
{
    struct sockaddr_in6 in6 = {0};
    memcpy(&in6, bytes, size < sizeof in6 ? size : sizeof in6);
    address->port = ntohs(in6.sin6_port);
    memcpy(address->bytes, &in6.sin6_addr, 16);
    memcpy(address->bytes + 16, &in6.sin6_scope_id, 4);
    address->size = in6.sin6_scope_id != 0 ? 20 : 16;
    if (address->port == 0 && all_zero(address->bytes, 16))
        address->family = 0;
}

void address_from_sockaddr(struct address *address, const void *sockaddr, size_t size)
{
    const uint8_t *const bytes = sockaddr;
    sa_family_t family = 0;
    address->family = address->port = address->size = 0;
    if (size < sizeof family)
        return;
    if (size > ADDRESS_MAX)
        size = ADDRESS_MAX;
    memcpy(&family, bytes, sizeof family);
    address->family = family;
    if (family == AF_INET && size >= 8) {
        address_from_ipv4(address, bytes + 4, (uint16_t)(bytes[2] << 8 | bytes[3]));
    } else if (family == AF_INET6 && size >= 24) {
        from_ipv6(address, bytes, size);
    } else if (family == AF_INET || family == AF_INET6) { /* cut short */
        address->family = 0;
    } else {
        size -= sizeof family;
        if (family == AF_UNIX && size != 0 && bytes[sizeof family] != '\0')
            size = strnlen((const char *)bytes + sizeof family, size);
        address->size = (uint16_t)size;
        memcpy(address->bytes, bytes + sizeof family, size);
        if (size == 0) /* an AF_UNIX socket without a name */
            address->family = 0;
    }
}

/* A field of `size` bytes at `at` behind the family, or 0. */
static uint32_t field(const struct address *address, size_t at, size_t size)
{
    uint32_t value = 0;
    if (at + size <= address->size)
        memcpy(&value, address->bytes + at, size);
    return value;
}

static size_t format_raw(const struct address *address, char text[ADDRESS_TEXT])
{
    size_t length = (size_t)sprintf(text, "family%u:", address->family);
    for (size_t i = 0; i < address->size; i++)
        length += (size_t)sprintf(text + length, "%02x", address->bytes[i]);
    return length;
}

static size_t format_unix(const struct address *address, char text[ADDRESS_TEXT])
{
    const bool abstract = address->bytes[0] == '\0';
    size_t length = (size_t)sprintf(text, abstract ? "unix:@" : "unix:");
    for (size_t i = abstract; i < address->size; i++) /* a NUL is shown as /proc/net/unix does */
        text[length++] = address->bytes[i] != '\0' ? (char)address->bytes[i] : '@';
    text[length] = '\0';
    return length;
}

/* struct sockaddr_vm: reserved, port, cid. Those of -1 mean any. */
static size_t format_vsock(const struct address *address, char text[ADDRESS_TEXT])
{
    const uint32_t cid = field(address, 6, 4), port = field(address, 2, 4);
    size_t length = (size_t)sprintf(text, cid == UINT32_MAX ? "vsock:*" : "vsock:%u", cid);
    length += (size_t)sprintf(text + length, port == UINT32_MAX ? ":*" : ":%u", port);
    return length;
}

/* Decimal, and what comes before it. */
static char *put_number(char *at, char before, unsigned number)
{
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    if (before != '\0')
        *at++ = before;
    while (count != 0)
        *at++ = digits[--count];
    return at;
}

/* By hand: most records have two of these. */
static char *put_ipv4(char *at, const uint8_t ip[4])
{
    for (int i = 0; i < 4; i++)
        at = put_number(at, i == 0 ? '\0' : '.', ip[i]);
    return at;
}

static char *put_ipv6(char *at, const struct address *address)
{
    inet_ntop(AF_INET6, address->bytes, at, INET6_ADDRSTRLEN);
    at += strlen(at);
    return address->size >= 20 ? put_number(at, '%', field(address, 16, 4)) : at;
}

size_t address_format(const struct address *address, char text[ADDRESS_TEXT])
{
    char *at = text;
    switch (address->family) {
    case AF_INET: at = put_number(put_ipv4(at, address->bytes), ':', address->port); break;
    case AF_INET6:
        *at++ = '[';
        at = put_ipv6(at, address);
        *at++ = ']';
        at = put_number(at, ':', address->port);
        break;
    case AF_UNIX: return format_unix(address, text);
    case AF_NETLINK: /* struct sockaddr_nl: pad, port, groups */
        return (size_t)sprintf(text, "netlink:%u/%#x", field(address, 2, 4), field(address, 6, 4));
    case AF_PACKET: /* struct sockaddr_ll: protocol, interface */
        return (size_t)sprintf(text, "packet:%u/0x%04x", field(address, 2, 4), ntohs((uint16_t)field(address, 0, 2)));
    case VSOCK: return format_vsock(address, text);
    default: return format_raw(address, text);
    }
    *at = '\0';
    return (size_t)(at - text);
}

const uint8_t *address_ipv4(const struct address *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (address->family == AF_INET)
        return address->bytes;
    if (address->family == AF_INET6 && memcmp(address->bytes, mapped, sizeof mapped) == 0)
        return address->bytes + sizeof mapped;
    return NULL;
}

size_t address_format_ip(const struct address *address, char text[ADDRESS_TEXT])
{
    const uint8_t *const ipv4 = address_ipv4(address);
    char *at = text;
    if (ipv4 != NULL)
        at = put_ipv4(at, ipv4);
    else if (address->family == AF_INET6)
        at = put_ipv6(at, address);
    *at = '\0';
    return (size_t)(at - text);
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->family == b->family && a->port == b->port && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}
