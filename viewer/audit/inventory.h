/* inventory.h - what programs did with sockets, without what changes from run to
 * run: no process numbers, no times, no ports that the stack chose. One entry
 * for each program, action and target.
 */
#ifndef SOCKSPY_INVENTORY_H
#define SOCKSPY_INVENTORY_H

#include "audit/rules.h"
#include "base/map.h"
#include "model.h"
#include "out/json.h"

struct entry {
    char program[17];
    enum action action;
    char *target;         /* "example.com:443", "127.0.0.1:*", "unix:/path", "netlink"; foreign bytes */
    const char *kind;     /* "tcp", "udp6", "unix"…; lives for ever */
    const char *protocol; /* ACTION_SPEAK: "http"; else NULL */
    char *line;           /* as JSON, without the newline: what makes the entry */
    struct address address;
    char *host; /* that was looked up, or NULL */
    uint16_t port;
    uint64_t times, failed;
    int error;               /* errno of the last one that failed, or 0 */
    const struct rule *rule; /* the one that decided, or NULL */
    bool fresh;              /* not in the baseline */
};

struct inventory {
    struct entry **entries;
    size_t count, room;
    struct map by_line; /* by the hash of the line */
};

/* What makes the entry, as the first keys of an object. */
void entry_json(struct json *json, const struct entry *entry);

/* Takes a step whose record passes; the marks of sockets are this one's. */
void inventory_take(struct inventory *inventory, const struct step *step);

/* Takes a pipe, or a socket, that has ended, or is open at the end. */
void inventory_take_connection(struct inventory *inventory, const struct connection *connection);
void inventory_take_socket(struct inventory *inventory, struct socket *socket);

/* Puts the entries in the order of their lines. */
void inventory_sort(struct inventory *inventory);

/* Lets the rules decide on each. */
void inventory_judge(struct inventory *inventory, const struct rules *rules);

/* Compares with the lines of a file that was saved earlier: marks what is fresh,
 * and gives the lines that are gone in *gone (each, and the array, to be freed).
 * Returns NULL or what is wrong with the file, to be freed as well. */
char *inventory_compare(struct inventory *inventory, const char *path, char ***gone, size_t *gone_count);

void inventory_free(struct inventory *inventory);

#endif
