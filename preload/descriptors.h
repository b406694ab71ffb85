/* descriptors.h - what this process's descriptors are, as far as we know.
 *
 * One byte per descriptor tells at a glance whether it is a socket; a read or
 * write on anything else costs no more than that look. Lock-free: entries are
 * written by whoever opens the descriptor, which the kernel gives to one
 * thread at a time.
 *
 * What is known of sockets lies in blocks, each there from when a number of it is
 * first a socket's: memory that the program locks, dumps or is charged for stays small.
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

#define DESCRIPTORS_MAX (1u << 17) /* descriptors from here on are not known */
#define DESCRIPTORS_BLOCK 1024u

struct descriptors {
    struct socket *sockets[DESCRIPTORS_MAX / DESCRIPTORS_BLOCK]; /* NULL where none of the block was a socket yet */
    struct socket_names *names[DESCRIPTORS_MAX / DESCRIPTORS_BLOCK];
    uint8_t kind[DESCRIPTORS_MAX]; /* enum descriptor_kind; the first of them share a page with the blocks */
};
extern struct descriptors descriptors;

/* Once, before all others. */
void descriptors_start(void);

/* Forgets all and gives back the memory of the blocks; while no other thread is there. */
void descriptors_end(void);

/* Makes sure that there is an entry for `fd`, which is about to be a socket. Returns
 * false where it cannot be had: no memory, a sandbox, too high a number. */
bool descriptor_fits(int fd);

/* The entry of a descriptor that fits, as all do that are, or were, sockets. */
static inline struct socket *descriptor_socket(int fd)
{
    return &descriptors.sockets[(unsigned)fd / DESCRIPTORS_BLOCK][(unsigned)fd % DESCRIPTORS_BLOCK];
}

/* Where its entry says that there is a name. */
static inline struct socket_names *descriptor_names(int fd)
{
    return &descriptors.names[(unsigned)fd / DESCRIPTORS_BLOCK][(unsigned)fd % DESCRIPTORS_BLOCK];
}

static inline enum descriptor_kind descriptor_kind(int fd)
{
    /* Whoever sees that it is a socket sees its entry as well. */
    return (unsigned)fd < DESCRIPTORS_MAX
               ? (enum descriptor_kind)__atomic_load_n(&descriptors.kind[fd], __ATOMIC_ACQUIRE)
               : NO_SOCKET;
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

/* `fd` is a new socket of which only this is known; inode 0: unknown. Nothing where it
 * does not fit. */
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
/* What is there now is surely no socket, whatever was there before. */
void descriptor_forget(int fd);

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
