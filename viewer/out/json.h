/* json.h - one object or array as JSON, key by key. A field that is empty or
 * not known is left out by its caller.
 */
#ifndef SOCKSPY_JSON_H
#define SOCKSPY_JSON_H

#include "out.h"
#include "out/address.h"

struct json {
    struct out *out;
    bool any; /* something stands in the innermost object or array */
};

/* Begins a line. */
static inline struct json json_line(struct out *out)
{
    out_char(out, '{');
    return (struct json){.out = out};
}

/* Ends it. */
static inline void json_end(struct json *json)
{
    out_bytes(json->out, "}\n", 2);
    json->out->column = 0;
}

/* The key is our own; NULL: an element of an array. */
void json_key(struct json *json, const char *key);

void json_uint(struct json *json, const char *key, uint64_t number);
void json_int(struct json *json, const char *key, int64_t number);
void json_true(struct json *json, const char *key);
void json_bool(struct json *json, const char *key, bool value);

/* Words of our own. */
void json_word(struct json *json, const char *key, const char *word);

/* Foreign bytes. */
void json_string(struct json *json, const char *key, const void *bytes, size_t size);
void json_text(struct json *json, const char *key, const char *text);

/* Unix time in ns, as seconds; nothing where it is 0. */
void json_time(struct json *json, const char *key, int64_t time);

/* Nothing where it is not known. */
void json_address(struct json *json, const char *key, const struct address *address);

/* `open` is '{' or '['; what comes next stands within, up to json_close(). */
void json_open(struct json *json, const char *key, char open);
void json_close(struct json *json, char close);

#endif
