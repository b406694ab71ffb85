/* procfs.h - what /proc tells of processes that live: which sockets they hold,
 * what those are called, and whether our library is in them. Asked only where
 * the records leave something open; it is a snapshot, and may be out of date by
 * the time it is read.
 */
#ifndef SOCKSPY_PROCFS_H
#define SOCKSPY_PROCFS_H

#include "model.h"

/* "/proc", or what stands for it in a test. */
struct procfs {
    const char *root;
    uint64_t pid_namespace; /* ours; 0: not known */
    int64_t boot;           /* Unix time in ns at which the clock of start times began */
    long ticks;             /* of that clock, per second */
};

void procfs_open(struct procfs *procfs, const char *root);

enum alive { ALIVE_NO, ALIVE_YES, ALIVE_UNKNOWN /* in another namespace */ };

/* Does the process of the records still live, and is it the same one? */
enum alive procfs_alive(const struct procfs *procfs, const struct process *process);

/* Does it wait for something to happen? Also true where we cannot tell. */
bool procfs_asleep(const struct procfs *procfs, uint32_t pid);

/* What a descriptor names. */
enum named { NAMED_NOTHING, NAMED_OTHER, NAMED_SOCKET, NAMED_URING, NAMED_UNKNOWN /* we may not look */ };
enum named procfs_descriptor(const struct procfs *procfs, uint32_t pid, int fd, uint64_t *inode);

/* Visits every descriptor that is a socket or an io_uring, in the order of their
 * numbers. Returns false where we may not look. */
typedef void procfs_visit(void *context, int fd, enum named named, uint64_t inode);
bool procfs_descriptors(const struct procfs *procfs, uint32_t pid, procfs_visit *visit, void *context);

/* Is libsockspy.so mapped into it? */
enum alive procfs_has_library(const struct procfs *procfs, uint32_t pid);

/* The path of its program, without its end if it does not fit. Returns false
 * where it cannot be had. */
bool procfs_program(const struct procfs *procfs, uint32_t pid, char *path, size_t room);

/* One socket of /proc/PID/net. */
struct procfs_socket {
    uint8_t family, type;
    bool listening, connected;
    bool peer_closed;           /* CLOSE_WAIT */
    struct address local, peer; /* peer: unknown for AF_UNIX */
};

/* Finds the socket with that inode in the network namespace of `pid`. */
bool procfs_socket(const struct procfs *procfs, uint32_t pid, uint64_t inode, struct procfs_socket *socket);

/* The children of a process: calls visit for each. */
typedef void procfs_child(void *context, uint32_t pid);
void procfs_children(const struct procfs *procfs, uint32_t pid, procfs_child *visit, void *context);

#endif
