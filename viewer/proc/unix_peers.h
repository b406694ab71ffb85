/* unix_peers.h - asks the kernel which AF_UNIX sockets are each other's peers.
 * Their clients have no address, so that records alone cannot always tell.
 */
#ifndef SOCKSPY_UNIX_PEERS_H
#define SOCKSPY_UNIX_PEERS_H

#include <stdbool.h>
#include <stdint.h>

/* Visits each connected socket of our network namespace with its peer. Returns
 * false where the kernel does not say. */
typedef void unix_peer(void *context, uint64_t inode, uint64_t peer);
bool unix_peers(unix_peer *visit, void *context);

#endif
