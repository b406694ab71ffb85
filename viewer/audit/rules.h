/* rules.h - what programs may do with sockets: the rules of audit.
 *
 *     # the first rule that fits decides; what none fits is allowed
 *     allow  curl    connect  *.example.com:443
 *     allow  nginx   listen   127.0.0.0/8:80,443,8000-8099
 *     deny   *       connect  *
 *     deny   *       listen   0.0.0.0:*
 *
 *     rule    = ("allow" | "deny") PROGRAM ACTION TARGET
 *     PROGRAM   a glob for the program's name (* and ?, [a-z] as in a shell)
 *     ACTION    connect, listen, open, inherit, receive, speak, several with
 *               commas between, or *
 *     TARGET    *                        anything
 *               unix:GLOB                AF_UNIX: path, or @name of an abstract one
 *               vsock:GLOB               AF_VSOCK: CID:PORT
 *               HOST[:PORTS]             HOST is a glob for the name that was looked
 *                                        up or, where there was none, the address
 *               ADDRESS[/BITS][:PORTS]   a range of addresses; IPv6 in brackets
 *               ADDRESS-ADDRESS[:PORTS]  the same from one to another
 *               GLOB                     for open and others: the kind of socket
 *     PORTS     8080, 8000-8099, several with commas between, or *
 */
#ifndef SOCKSPY_RULES_H
#define SOCKSPY_RULES_H

#include "out/address.h"

/* What a program does: the actions. */
enum action {
    ACTION_CONNECT, /* to a stream's or datagrams' peer */
    ACTION_LISTEN,  /* wait for connections, or datagrams at a port of its choice */
    ACTION_OPEN,    /* create a socket that is neither TCP, UDP nor AF_UNIX */
    ACTION_INHERIT, /* find a socket at its start */
    ACTION_RECEIVE, /* be passed one by another process */
    ACTION_SPEAK,   /* use a protocol that is not encrypted */
    ACTIONS
};

const char *action_word(enum action action);

/* What a rule is asked about. */
struct deed {
    const char *program;
    enum action action;
    const char *target;            /* as audit writes it */
    const struct address *address; /* NULL or family 0: none */
    const char *host;              /* that was looked up, or NULL */
    uint16_t port;                 /* 0: none, or chosen by the stack */
};

struct rules {
    struct rule *rules;
    size_t count, room;
    char wrong[200];
};

/* Adds the rules of `text`, which was read from `source`; it need not live on.
 * Returns NULL or what is wrong: "source:3:14: …". */
const char *rules_add(struct rules *rules, const char *text, const char *source);

/* The same for one rule whose first word was said otherwise ("allow", "deny"). */
const char *rules_add_one(struct rules *rules, const char *verdict, const char *rest, const char *source);

/* Reads a file. */
const char *rules_read(struct rules *rules, const char *path);

/* The rule that decides, or NULL: none fits. */
const struct rule *rules_find(const struct rules *rules, const struct deed *deed);

bool rule_allows(const struct rule *rule);
const char *rule_text(const struct rule *rule);   /* as it was written, with single blanks */
const char *rule_source(const struct rule *rule); /* "rules.txt:3" */

void rules_free(struct rules *rules);

#endif
