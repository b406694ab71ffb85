/* address.h - a socket's address as the viewer keeps and writes it. */
#ifndef SOCKSPY_ADDRESS_H
#define SOCKSPY_ADDRESS_H

#include "../preload/record.h"
#include "out.h"

/* Stands on its own: may be kept, and compared with address_equal. */
struct address {
    uint16_t family; /* AF_*; 0: not known, and all else is meaningless */
    uint16_t port;   /* AF_INET and AF_INET6, host order */
    uint16_t size;   /* of bytes[] */
    uint8_t bytes[ADDRESS_MAX + 2];
    /* AF_INET: 4; AF_INET6: 16, and 4 of scope (host order) where there is one;
     * AF_UNIX: the path without its NUL, beginning with NUL if abstract;
     * others: what followed the family in the sockaddr */
};

/* From four bytes and a port; 0.0.0.0:0 is not known. */
void address_from_ipv4(struct address *address, const uint8_t ip[4], uint16_t port);

/* From a sockaddr of `size` bytes, which may be hostile, cut or empty. */
void address_from_sockaddr(struct address *address, const void *sockaddr, size_t size);

/* The longest form of address_format, with its NUL. */
enum { ADDRESS_TEXT = 4 * (ADDRESS_MAX + 2) + 32 };

/* 127.0.0.1:80, [::1]:80, unix:/path, unix:@name. Bytes of a path are foreign
 * still. Returns the length; the text ends with a NUL. */
size_t address_format(const struct address *address, char text[ADDRESS_TEXT]);

/* Only the host part of an Internet address: 127.0.0.1, ::1. IPv4-mapped ones
 * as IPv4. Returns 0 for others. */
size_t address_format_ip(const struct address *address, char text[ADDRESS_TEXT]);

/* The four bytes of an IPv4 or IPv4-mapped address, or NULL. */
const uint8_t *address_ipv4(const struct address *address);

bool address_equal(const struct address *a, const struct address *b);

#endif
