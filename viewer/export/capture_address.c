/* capture_address.c - see capture_address.h. */
#include "export/capture_address.h"

#include "base/memory.h"

#include <sys/socket.h>

enum { FIRST_PORT = 49152, PORTS = 16000, UNIX_PORT = 1 /* nobody dissects it */, HOSTS_A_NET = 250, NETS = 254 };

bool capture_can_show(const struct pipe *pipe)
{
    const uint8_t family = pipe->connection->family, type = pipe->connection->type;
    const bool shown = type == SOCK_STREAM || type == SOCK_DGRAM || (type == SOCK_SEQPACKET && family == AF_UNIX);
    return shown && (family == AF_INET || family == AF_INET6 || family == AF_UNIX);
}

/* --- Internet addresses -------------------------------------------------------------- */

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

/* IPv4-mapped ones become IPv4; unknown ones 0.0.0.0. */
static struct packet_end internet_end(const struct address *address)
{
    struct packet_end end = {.ip_size = 4, .port = address->family != 0 ? address->port : 0};
    const uint8_t *const ipv4 = address_ipv4(address);
    if (ipv4 != NULL) {
        memcpy(end.ip, ipv4, 4);
    } else if (address->family == AF_INET6) {
        end.ip_size = 16;
        memcpy(end.ip, address->bytes, 16);
    }
    return end;
}

/* An end that is bound to no address in particular answers from the loopback
 * address what reached it there. */
static void settle_wildcard(struct packet_end *end, const struct packet_end *other)
{
    static const uint8_t loopback6[16] = {[15] = 1}, loopback4[4] = {127, 0, 0, 1};
    if (end->ip_size != other->ip_size || !all_zero(end->ip, end->ip_size))
        return;
    if (end->ip_size == 4 && other->ip[0] == loopback4[0])
        memcpy(end->ip, loopback4, 4);
    else if (end->ip_size == 16 && memcmp(other->ip, loopback6, 16) == 0)
        memcpy(end->ip, loopback6, 16);
}

/* Both of one kind: an unknown or wildcard IPv4 end of an IPv6 pipe is ::, others
 * are mapped. */
static void make_alike(struct packet_end ends[2])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (ends[0].ip_size == ends[1].ip_size)
        return;
    struct packet_end *const end = &ends[ends[0].ip_size == 16];
    const bool unknown = all_zero(end->ip, 4);
    uint8_t ip[16] = {0};
    if (!unknown) {
        memcpy(ip, mapped, sizeof mapped);
        memcpy(ip + sizeof mapped, end->ip, 4);
    }
    memcpy(end->ip, ip, sizeof ip);
    end->ip_size = 16;
}

static void settle(struct packet_end ends[2])
{
    make_alike(ends);
    settle_wildcard(&ends[0], &ends[1]);
    settle_wildcard(&ends[1], &ends[0]);
}

/* --- made-up addresses --------------------------------------------------------------- */

/* What stands behind a made-up host: a process, or the name of a socket. */
static uint64_t behind(const struct capture_addresses *addresses, const struct pipe *pipe, int end)
{
    const uint32_t holding = pipe->holdings[end];
    const struct address *const name = &pipe->connection->addresses[SERVER_END];
    uint64_t key = UINT64_C(0x5bd1e9955bd1e995);
    if (end == CLIENT_END || name->family == 0)
        return holding != NONE ? map_mix(key, addresses->history->holdings[holding].holder->process->id) : key;
    for (size_t i = 0; i < name->size; i++)
        key = map_mix(key, name->bytes[i] + UINT64_C(1));
    return key;
}

static void made_up(struct capture_addresses *addresses, const struct pipe *pipe, int end, uint8_t ip[16])
{
    struct map *const numbers = &addresses->numbers[end];
    const uint64_t key = behind(addresses, pipe, end);
    uintptr_t number = (uintptr_t)map_get(numbers, key);
    const bool is_new = number == 0;
    if (is_new) {
        number = numbers->count + 1;
        map_put(numbers, key, (void *)number);
    }
    const size_t net = (number - 1) / HOSTS_A_NET % (NETS / 2) * 2 + (size_t)end;
    const uint8_t made[4] = {10, 0, (uint8_t)net, (uint8_t)((number - 1) % HOSTS_A_NET + 1)};
    memcpy(ip, made, 4);
    if (!is_new)
        return;
    if (addresses->count == addresses->room) {
        addresses->room = 2 * addresses->room + 16;
        addresses->hosts = memory_grow(addresses->hosts, addresses->room, sizeof *addresses->hosts);
    }
    struct made_host *const host = &addresses->hosts[addresses->count++];
    *host = (struct made_host){.pipe = pipe, .end = end};
    memcpy(host->ip, made, 4);
}

/* --- both -------------------------------------------------------------------------- */

void capture_ends(struct capture_addresses *addresses, const struct pipe *pipe, struct packet_end ends[2])
{
    const struct connection *const connection = pipe->connection;
    if (connection->family == AF_UNIX) {
        for (int end = 0; end < 2; end++) {
            ends[end] = (struct packet_end){.ip_size = 4, .port = UNIX_PORT};
            made_up(addresses, pipe, end, ends[end].ip);
        }
        ends[CLIENT_END].port = (uint16_t)(FIRST_PORT + connection->id % PORTS);
        return;
    }
    ends[0] = internet_end(&connection->addresses[0]);
    ends[1] = internet_end(&connection->addresses[1]);
    settle(ends);
}

void capture_refused_ends(const struct attempt *attempt, struct packet_end ends[2])
{
    ends[CLIENT_END] = internet_end(&attempt->local);
    ends[SERVER_END] = internet_end(&attempt->peer);
    settle(ends);
}

void capture_addresses_free(struct capture_addresses *addresses)
{
    map_free(&addresses->numbers[0]);
    map_free(&addresses->numbers[1]);
    free(addresses->hosts);
}
