/* names.h - names instead of numbers; the tables are in names.def. */
#ifndef SOCKSPY_NAMES_H
#define SOCKSPY_NAMES_H

#include "out/csv.h"

/* What a number means, by the words of calls.def's schema column. */
enum kind {
#define KIND(kind, way) KIND_##kind,
#define ITEM_KIND(kind) KIND_##kind,
#include "names.def"
    KINDS,
    KIND_FIRST_ITEM = KIND_VALUE /* from here on: items, not numbers */
};

/* The kind that a word of the schema names, or KINDS. */
enum kind kind_of(const char *word, size_t length);

/* What a kind that depends on the record's first argument (domain, level or
 * command) comes to: KIND_int where that tells nothing, KINDS where there is no
 * argument then. Other kinds come back as they are. */
enum kind kind_after(enum kind kind, uint64_t first);

/* What the result of a fcntl command is. */
enum kind fcntl_result_kind(uint64_t command);

/* The one name of a value, or NULL. */
const char *name_of(enum kind kind, uint64_t value);

/* As a JSON value: a string of names, or a number for kinds that are counts. */
void name_json(struct out *out, enum kind kind, uint64_t value);

/* For people: the same without quotes. */
void name_text(struct out *out, enum kind kind, uint64_t value);

/* The same as a field; 0 is not known, and leaves it empty. */
void name_csv(struct csv *csv, enum kind kind, uint64_t value);

#endif
