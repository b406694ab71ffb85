/* stat.h - sums over records: what verb_stat.c shows. */
#ifndef SOCKSPY_STAT_H
#define SOCKSPY_STAT_H

#include "base/map.h"
#include "model.h"
#include "tables/latency.h"

enum stat_by { BY_CALL, BY_PROCESS, BY_PEER, BY_SOCKET, BY_CONNECT };

/* A name with how often it was met. */
struct error_count {
    const char *name; /* lives for ever */
    uint64_t count;
};

/* One row. */
struct group {
    uint64_t order;  /* 1, 2, … as they came */
    char *label;     /* ends with a NUL; foreign bytes, unless BY_CALL */
    char *host;      /* BY_CONNECT: the name that was looked up, or NULL */
    uint32_t pid;    /* BY_PROCESS, BY_SOCKET; 0: none */
    int fd;          /* BY_SOCKET; -1: none */
    uint64_t socket; /* BY_SOCKET: its id */
    uint64_t calls, failed, bytes_in, bytes_out;
    struct error_count *errors; /* in the order in which they were first met */
    size_t error_count;
    struct latency time; /* inside the calls; BY_CONNECT: of the connects */
    struct phases {      /* BY_CONNECT; else NULL */
        struct latency lookup, first_byte;
    } * phases;
};

struct stat {
    enum stat_by by;
    struct map groups;
    struct group **rows;
    size_t count, room;
    uint64_t lost;
};

/* Takes a record that is to be counted. BY_CONNECT takes none. */
void stat_take(struct stat *stat, const struct step *step);

/* BY_CONNECT: takes a socket that will not connect any more. */
void stat_take_connect(struct stat *stat, const struct socket *socket);

/* Puts the rows in the order in which they are shown: by the time they took. */
void stat_sort(struct stat *stat);

/* The sum of all rows, to be given back with group_free. */
struct group *stat_total(const struct stat *stat);

void group_free(struct group *group);
void stat_free(struct stat *stat);

#endif
