/* options_table.h - the rows behind options.h; used by options.c only. */
#ifndef SOCKSPY_OPTIONS_TABLE_H
#define SOCKSPY_OPTIONS_TABLE_H

#include "options/options.h"

struct option_row {
    char letter;          /* 0: none */
    const char *name;     /* NULL: none */
    const char *argument; /* NULL: none; with brackets: may be left out */
    unsigned group;       /* TAKES_… */
    /* Takes the value; returns NULL or what is wrong with it. NULL itself for
     * --help and --version, which options_parse sees to. */
    const char *(*set)(struct options *options, char *value);
    const char *help;
};

enum { OPTIONS_MAX = 100 };
extern const struct option_row option_rows[];
extern const int option_row_count; /* at most OPTIONS_MAX */

#endif
