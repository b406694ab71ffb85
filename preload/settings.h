/* settings.h - what the environment asks of the library. */
#ifndef SOCKSPY_SETTINGS_H
#define SOCKSPY_SETTINGS_H

#include "record.h"

#include <stdbool.h>

/* What is kept of command lines. */
enum settings_args { ARGS_MASKED, ARGS_ALL, ARGS_NONE };

struct settings {
    char ring[256];           /* path */
    uint64_t size;            /* bytes of slots for a new ring */
    bool made;                /* whoever started the program has made that very ring: make none */
    uint32_t data;            /* bytes of payload kept per call */
    uint8_t args;             /* enum settings_args */
    bool debug;               /* say on stderr why nothing is recorded */
    bool enabled[CALL_COUNT]; /* which calls are recorded */
    char refused[72];         /* "NAME=value" of what was refused, blank-separated */
};

/* Reads the settings; a bad value is refused and the default applies. Reads
 * nothing but the environment and the user's number. */
void settings_read(struct settings *settings, char **environment);

/* The value of `name` in `environment`, or NULL. */
const char *settings_value(char *const *environment, const char *name);

#endif
