/* dns.h - what a DNS message says, as far as a record needs it. */
#ifndef SOCKSPY_DNS_H
#define SOCKSPY_DNS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_NAME_MAX 256 /* with its NUL */

/* The name that is asked for, with dots; empty where there is none. */
void dns_question(const uint8_t *message, size_t size, char name[DNS_NAME_MAX]);

/* The addresses among the answers, at most `room`, each a struct sockaddr_in or
 * sockaddr_in6. Returns how many. */
unsigned dns_addresses(const uint8_t *message, size_t size, struct sockaddr_in6 *addresses, unsigned room);

#endif
