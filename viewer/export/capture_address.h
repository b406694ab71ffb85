/* capture_address.h - where a pipe's packets come from and go to: its own
 * addresses, or made-up ones for AF_UNIX, whose ends have none.
 */
#ifndef SOCKSPY_CAPTURE_ADDRESS_H
#define SOCKSPY_CAPTURE_ADDRESS_H

#include "export/packet.h"
#include "scan/history.h"

/* A made-up host: a process on a client's side (10.0.0.1, 10.0.0.2, …), a path on
 * a server's side (10.0.1.1, …). */
struct made_host {
    uint8_t ip[4];
    const struct pipe *pipe; /* the first that needed it... */
    int end;                 /* ...and its end there */
};

struct capture_addresses {
    const struct history *history;
    struct map numbers[2]; /* of what stands behind them, by CLIENT_END or SERVER_END */
    struct made_host *hosts;
    size_t count, room;
};

/* Can its packets be shown: is it a pipe of IPv4, IPv6 or AF_UNIX? */
bool capture_can_show(const struct pipe *pipe);

/* Sets both ends of the pipe's packets. */
void capture_ends(struct capture_addresses *addresses, const struct pipe *pipe, struct packet_end ends[2]);

/* The same for a connect that made no pipe. */
void capture_refused_ends(const struct attempt *attempt, struct packet_end ends[2]);

void capture_addresses_free(struct capture_addresses *addresses);

#endif
