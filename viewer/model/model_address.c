/* model_address.c - when two addresses may be the same place, and under which
 * keys those are found that may belong together.
 */
#include "model/model_inside.h"

bool is_internet(const struct address *address)
{
    return address->family == AF_INET || address->family == AF_INET6;
}

uint64_t address_hash(const struct address *address)
{
    uint64_t hash = address->family;
    for (size_t i = 0; i < address->size; i++)
        hash = map_mix(hash, address->bytes[i]);
    return hash;
}

uint64_t listening_key(const struct address *local, uint8_t type)
{
    const uint64_t hash = is_internet(local) ? map_mix(local->port, AF_INET) : address_hash(local);
    return map_mix(hash, type) | 1;
}

/* The key under which both ends of a pipe are found; 0: too little is known. */
uint64_t pair_key(const struct address *local, const struct address *peer, uint8_t type)
{
    if (is_internet(local) && is_internet(peer)) {
        const uint16_t low = local->port < peer->port ? local->port : peer->port;
        const uint16_t high = local->port < peer->port ? peer->port : local->port;
        return map_mix(map_mix((uint64_t)low << 16 | high, type), AF_INET) | 1;
    }
    if (local->family != 0 && peer->family != 0)
        return map_mix(address_hash(local) + address_hash(peer), type) | 1;
    return 0;
}

/* For AF_UNIX: the path alone, and for whom it waits. */
uint64_t path_key(const struct address *path, uint8_t type, int missing)
{
    return map_mix(map_mix(address_hash(path), type), 2 + (uint64_t)missing) | 1;
}

static bool is_wildcard(const struct address *address)
{
    static const uint8_t zero[16];
    const uint8_t *const ipv4 = address_ipv4(address);
    return ipv4 != NULL ? memcmp(ipv4, zero, 4) == 0 : memcmp(address->bytes, zero, 16) == 0;
}

/* May these be the same place, as far as either tells? */
bool addresses_meet(const struct address *a, const struct address *b)
{
    if (a->family == 0 || b->family == 0)
        return true;
    if (!is_internet(a) || !is_internet(b))
        return address_equal(a, b);
    if (a->port != b->port)
        return false;
    if (is_wildcard(a) || is_wildcard(b))
        return true;
    const uint8_t *const a4 = address_ipv4(a), *const b4 = address_ipv4(b);
    if (a4 != NULL || b4 != NULL)
        return a4 != NULL && b4 != NULL && memcmp(a4, b4, 4) == 0;
    return memcmp(a->bytes, b->bytes, 16) == 0;
}

bool address_is_here(const struct address *address, const struct address *local)
{
    static const uint8_t one[16] = {[15] = 1};
    const uint8_t *const ipv4 = address_ipv4(address);
    const bool loopback = ipv4 != NULL ? ipv4[0] == 127 : memcmp(address->bytes, one, 16) == 0;
    return loopback || (!is_wildcard(local) && addresses_meet(address, local));
}

bool is_own_peer(const struct socket *socket)
{
    return is_internet(&socket->local) && socket->local.port != 0 && address_equal(&socket->local, &socket->peer);
}

/* Notes an address that tells more than the one that is known. */
void address_learn(struct address *known, const struct address *address)
{
    if (address->family == 0)
        return;
    if (known->family == 0 || (is_internet(known) && is_wildcard(known) && !is_wildcard(address)))
        *known = *address;
}
