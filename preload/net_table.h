/* net_table.h - the kernel's table of sockets as a file: for where getsockname may
 * not be asked. */
#ifndef SOCKSPY_NET_TABLE_H
#define SOCKSPY_NET_TABLE_H

#include <netinet/in.h>
#include <stdint.h>

/* The local address of the AF_INET or AF_INET6 socket with this inode. Returns its
 * size; 0 where it is not found among the first few thousand. Opens and closes a
 * file: only where no other thread can meet its descriptor. */
socklen_t net_table_local(uint64_t inode, int family, int type, struct sockaddr_in6 *address);

#endif
