/* rules_inside.h - a rule as rules_parse.c makes it and rules.c asks it. */
#ifndef SOCKSPY_RULES_INSIDE_H
#define SOCKSPY_RULES_INSIDE_H

#include "audit/rules.h"

enum { PORT_RANGES = 16 };

enum target_kind { TARGET_ANY, TARGET_NAME, TARGET_ADDRESS, TARGET_HOST };

struct target {
    enum target_kind kind;
    char *glob;               /* TARGET_NAME, TARGET_HOST */
    uint8_t from[16], to[16]; /* TARGET_ADDRESS: IPv4 as IPv4-mapped */
    unsigned ports;           /* how many ranges; 0: any */
    struct {
        uint16_t from, to;
    } port[PORT_RANGES];
};

struct rule {
    bool allow;
    unsigned actions; /* 1 << enum action */
    char *program, *text, *source;
    struct target target;
};

void rule_free(struct rule *rule);

#endif
