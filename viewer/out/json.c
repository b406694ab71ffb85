/* json.c - see json.h. */
#include "out/json.h"

void json_key(struct json *json, const char *key)
{
    if (json->any)
        out_char(json->out, ',');
    json->any = true;
    if (key == NULL)
        return;
    out_char(json->out, '"');
    out_text(json->out, key);
    out_bytes(json->out, "\":", 2);
}

void json_uint(struct json *json, const char *key, uint64_t number)
{
    json_key(json, key);
    out_uint(json->out, number);
}

void json_int(struct json *json, const char *key, int64_t number)
{
    json_key(json, key);
    out_int(json->out, number);
}

void json_true(struct json *json, const char *key)
{
    json_bool(json, key, true);
}

void json_bool(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    out_text(json->out, value ? "true" : "false");
}

void json_word(struct json *json, const char *key, const char *word)
{
    json_key(json, key);
    out_char(json->out, '"');
    out_text(json->out, word);
    out_char(json->out, '"');
}

void json_string(struct json *json, const char *key, const void *bytes, size_t size)
{
    json_key(json, key);
    out_json_string(json->out, bytes, size);
}

void json_text(struct json *json, const char *key, const char *text)
{
    json_string(json, key, text, strlen(text));
}

void json_time(struct json *json, const char *key, int64_t time)
{
    if (time == 0)
        return;
    json_key(json, key);
    out_seconds(json->out, time, 9);
}

void json_address(struct json *json, const char *key, const struct address *address)
{
    char text[ADDRESS_TEXT];
    if (address->family != 0)
        json_string(json, key, text, address_format(address, text));
}

void json_open(struct json *json, const char *key, char open)
{
    json_key(json, key);
    out_char(json->out, open);
    json->any = false;
}

void json_close(struct json *json, char close)
{
    out_char(json->out, close);
    json->any = true;
}
