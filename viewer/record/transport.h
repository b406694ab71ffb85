/* transport.h - what a socket of the Internet families speaks, in a word. */
#ifndef SOCKSPY_TRANSPORT_H
#define SOCKSPY_TRANSPORT_H

#include <stdint.h>

/* IPPROTO_* as socket(2) was given it, where a socket of that family and type speaks
 * another protocol than the usual one; else 0. */
uint16_t transport_other(uint8_t family, uint8_t type, uint64_t protocol);

/* "tcp", "udp6", "icmp", "mptcp"…; NULL for another family or type. `protocol` as
 * transport_other() gives it. */
const char *transport_word(uint8_t family, uint8_t type, uint16_t protocol);

#endif
