/* args.h - what else was passed to a call, with the words of calls.def. */
#ifndef SOCKSPY_ARGS_H
#define SOCKSPY_ARGS_H

#include "record/decode.h"

enum arg_style { ARG_JSON, ARG_CSV, ARG_TEXT };

/* One argument that is worth saying. */
struct arg {
    const struct field *field;
    enum kind kind;          /* what field->kind turns out to be */
    const struct item *item; /* NULL: a number of record.arg[] */
    uint64_t number;
};

/* The view's argument for `field`. Returns false where it is not to be said. */
bool arg_find(const struct view *view, const struct field *field, struct arg *arg);

/* Writes its value; foreign text is cut at `shown` bytes in ARG_TEXT. */
void arg_put(struct out *out, const struct view *view, const struct arg *arg, enum arg_style style, size_t shown);

/* All of them, {"level":"SOL_SOCKET",…}, after `before`; nothing at all where
 * there is nothing to say. */
void args_json(struct out *out, const struct view *view, const char *before);

/* All of them as a CSV field: level=SOL_SOCKET option=…, text in single quotes. */
void args_csv(struct out *out, const struct view *view);

#endif
