/* descriptors.h - what this process's descriptors are, as far as we know.
 *
 * One byte per descriptor tells at a glance whether it is a socket; a read or
 * write on anything else costs no more than that look. Lock-free: entries are
 * written by whoever opens the descriptor, which the kernel gives to one
 * thread at a time.
 */
#ifndef SOCKSPY_DESCRIPTORS_H
#define SOCKSPY_DESCRIPTORS_H

#include "api.h"
#include "record.h"

enum descriptor_kind {
    NO_SOCKET, /* or nothing at all */
    SOCKET,
    CLOSING,    /* a close is under way: still that socket, or what has been given the number since */
    WAS_SOCKET, /* closed; a use that fails with EBADF is worth a record */
};

/* What every record says about its socket: the same fields, in the same order,
 * as struct record from inode to peer_ip. */
struct socket {
    uint64_t inode;
    uint8_t family, type, slots, marks; /* the last two belong to the record */
    uint16_t local_port, peer_port;
    uint8_t local_ip[4], peer_ip[4];
    uint8_t local_size, peer_size; /* of the addresses in names[], 0: none there */
    uint8_t looked_up;             /* bits LOCAL_KNOWN… */
    uint8_t pad[5];
};

enum {
    LOCAL_KNOWN = 1,
    PASSED_IN = 2 /* of no socket as yet: it came in a sandbox, where nobody could look */
};

/* Addresses of all families but AF_INET, in the kernel's form. */
struct socket_names {
    uint8_t local[ADDRESS_MAX + 2];
    uint8_t peer[ADDRESS_MAX + 2];
};

struct descriptors {
    uint32_t limit; /* descriptors 0 to limit - 1 are known; 0: nothing is recorded */
    uint8_t *kind;  /* enum descriptor_kind */
    struct socket *sockets;
    struct socket_names *names;
};
extern struct descriptors descriptors;

/* Reserves the table (address space; memory follows use). Returns false where
 * it cannot be had. */
bool descriptors_start(void);

static inline enum descriptor_kind descriptor_kind(int fd)
{
    return (unsigned)fd < descriptors.limit ? (enum descriptor_kind)descriptors.kind[fd] : NO_SOCKET;
}

/* For calls that files know as well. */
static inline bool descriptor_is_socket(int fd)
{
    return descriptor_kind(fd) == SOCKET;
}

/* For calls that only sockets know. */
static inline bool descriptor_may_be_socket(int fd)
{
    const enum descriptor_kind kind = descriptor_kind(fd);
    return kind == SOCKET || kind == CLOSING;
}

/* `fd` is a new socket of which only this is known; inode 0: unknown. */
void descriptor_open(int fd, int family, int type, uint64_t inode);

/* `to` names the same socket, or none, as `from`. */
void descriptor_copy(int from, int to);

/* Around a call that closes `fd`. */
void descriptor_closing(int fd);
void descriptor_closed(int fd);
/* The close failed and the descriptor still stands. */
void descriptor_kept(int fd);
/* The number of a closed socket has been given to something else. */
void descriptor_reused(int fd);

/* The highest descriptor that ever was a socket, or -1. */
int descriptor_highest(void);

/* Note an address of `size` bytes in the kernel's form; 0 bytes forget it. */
void descriptor_local(int fd, const void *address, socklen_t size);
/* An accepted AF_INET socket has the address of the listening one. */
void descriptor_local_copy(int listening, int fd);
void descriptor_peer(int fd, const void *address, socklen_t size);

/* Looks up by system call, unless a sandbox forbids: inode, family, type and
 * addresses of `fd`. Returns whether it is a socket; if not, or not to be told,
 * the table holds none. errno stays. */
bool descriptor_learn(int fd);
/* The same at start-up, of what was there before us: in a sandbox no more than
 * the dynamic linker itself has just done. */
bool descriptor_inherit(int fd);
/* Only the inode: 0 where it cannot be had. */
uint64_t descriptor_inode(int fd);
/* Only the local address: what the stack chose. Returns whether it is known. */
bool descriptor_look_up_local(int fd);
bool descriptor_look_up_peer(int fd);

static_assert(offsetof(struct socket, local_size) == offsetof(struct record, arg) - offsetof(struct record, inode), "");
static_assert(offsetof(struct socket, peer_port) == offsetof(struct record, peer_port) - offsetof(struct record, inode),
              "");
static_assert(sizeof(struct socket) == 32, "");

#endif
