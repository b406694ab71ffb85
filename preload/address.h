/* address.h - a socket address that the program passes in, copied before the call. */
#ifndef SOCKSPY_ADDRESS_H
#define SOCKSPY_ADDRESS_H

#include "api.h"
#include "place.h"

struct address {
    socklen_t size; /* bytes of it; 0: none, or it cannot be read */
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        unsigned char bytes[ADDRESS_MAX + 2];
    };
};

/* Copies at most ADDRESS_MAX bytes, without a fault. */
static inline void address_take(struct address *to, const void *from, socklen_t length)
{
    to->size = length < ADDRESS_MAX ? length : ADDRESS_MAX;
    if (from == NULL || !place_copy(to->bytes, from, to->size))
        to->size = 0;
}

#endif
