/* put.h - how the verbs over the model write what it knows, for people. */
#ifndef SOCKSPY_PUT_H
#define SOCKSPY_PUT_H

#include "model.h"
#include "out.h"

/* curl[811] */
void put_process(struct out *out, const struct process *process);

/* The descriptor of a socket that stands for it, and how many others name it:
 * "5", "6 +2"; a past one as it was. */
void put_descriptor(struct out *out, const struct socket *socket);

/* tcp, tcp6, udp, icmp, unix, unix dgram, netlink raw…; `protocol` as
 * transport_other() gives it. */
void put_kind(struct out *out, uint8_t family, uint8_t type, uint16_t protocol);

/* 127.0.0.1:80 and, where there is one, (the host's name). */
void put_place(struct out *out, const struct address *address, const char *host);

/* The first `shown` bytes of a record's payload in quotes, and an ellipsis where
 * there was more: as letters where all of it is text in UTF-8, else ASCII and
 * \xff. Returns false where none was kept. */
bool put_quoted(struct out *out, const struct view *view, size_t shown);

/* What a datagram of DNS asks, and the answers in it: "www.example A → 127.0.0.1".
 * Returns false where the payload is none. */
bool put_dns(struct out *out, const struct view *view);

/* Bytes: 1,234 or 12.3 MiB. */
void put_amount(struct out *out, uint64_t bytes);

/* The same of a sum to which something may be missing: 1,234+. */
void put_moved(struct out *out, uint64_t bytes, bool whole);

/* A length of time: 850 us, 12 ms, 1.2 s, 3 m 12 s, 2 h 5 m. */
void put_lasting(struct out *out, int64_t ns);

/* The clock: 14:02:11.318; on another day than today 07-31 14:02:11. */
void put_clock(struct out *out, int64_t time);

/* The state, with the reason of a failure: "failed ECONNREFUSED", and "left open"
 * for what was closed by its process's exit; and how it is to be painted. */
enum paint put_state(struct out *out, const struct model *model, const struct socket *socket);

#endif
