/* schema.h - calls.def as tables. */
#ifndef SOCKSPY_SCHEMA_H
#define SOCKSPY_SCHEMA_H

#include "record/decode.h"

/* The rows of calls.def, by enum call. */
struct call_row {
    const char *symbol, *api;
    enum call_class class;
    const char *schema;
    const char *returns; /* a type in C; "" for events */
};
extern const struct call_row call_rows[CALL_COUNT];

/* The classes as people write them: %net… */
extern const char *const class_names[CLASS_COUNT];

/* Fills in what calls.def says of each call, and of lost and unknown ones. */
void schema_compile(struct call_info calls[CALLS_TOLD]);

#endif
