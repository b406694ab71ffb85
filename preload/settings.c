/* settings.c - one row per setting; see settings.h. */
#include "settings.h"

#include "ring.h"
#include "small_file.h"

#include <string.h>
#include <sys/auxv.h>

#define DEFAULT_SIZE (8u << 20)

/* The name and class of each call, for SOCKSPY_TRACE. */
static const struct {
    char api[18];
    uint8_t class; /* enum call_class */
} calls[CALL_COUNT] = {
#define CALL(ret, name, params, args, class, api, schema) {#api, CLASS_##class},
#define VARIADIC(ret, name, params, class, api, schema) {#api, CLASS_##class},
#define EVENT(name, class, schema) {#name, CLASS_##class},
#include "calls.def"
};

static const char *const class_names[CLASS_COUNT] = {
    [CLASS_NET] = "%net",   [CLASS_IO] = "%io",     [CLASS_DESC] = "%desc",       [CLASS_OPT] = "%opt",
    [CLASS_NAME] = "%name", [CLASS_POLL] = "%poll", [CLASS_PROCESS] = "%process",
};

const char *settings_value(char *const *environment, const char *name)
{
    const size_t length = strlen(name);
    for (; environment != NULL && *environment != NULL; environment++) {
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    }
    return NULL;
}

/* Reads a whole number with an optional K, M or G. */
static bool parse_bytes(const char *text, uint64_t *bytes)
{
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (number > UINT64_MAX / 16)
            return false;
        number = number * 10 + (uint64_t)(*at - '0');
    }
    if (at == text)
        return false;
    static const char units[] = "KMG";
    for (unsigned i = 0; i < 3 && *at != '\0'; i++) {
        if (*at == units[i] || *at == units[i] + ('a' - 'A')) {
            if (number >> (54 - 10 * i) != 0)
                return false;
            number <<= 10 * (i + 1);
            at++;
            break;
        }
    }
    *bytes = number;
    return *at == '\0';
}

static bool parse_ring(struct settings *settings, const char *value)
{
    if (strlen(value) >= sizeof settings->ring - 16) /* room for ".new.<pid>" */
        return false;
    strcpy(settings->ring, value);
    return true;
}

/* Behind parse_ring: it is the path of a ring that was made. */
static bool parse_made(struct settings *settings, const char *value)
{
    settings->made = strcmp(value, settings->ring) == 0;
    return true;
}

static bool parse_size(struct settings *settings, const char *value)
{
    uint64_t bytes;
    if (!parse_bytes(value, &bytes) || bytes < RING_SIZE_MIN || bytes > RING_SIZE_MAX)
        return false;
    settings->size = bytes;
    return true;
}

static bool parse_data(struct settings *settings, const char *value)
{
    uint64_t bytes;
    if (!parse_bytes(value, &bytes) || bytes > PAYLOAD_MAX)
        return false;
    settings->data = (uint32_t)bytes;
    return true;
}

static bool parse_debug(struct settings *settings, const char *value)
{
    settings->debug = strcmp(value, "1") == 0;
    return settings->debug || strcmp(value, "0") == 0;
}

static bool parse_args(struct settings *settings, const char *value)
{
    static const char *const words[] = {[ARGS_MASKED] = "masked", [ARGS_ALL] = "all", [ARGS_NONE] = "none"};
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            settings->args = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* Switches one call or %class on or off. Returns whether there is such a one. */
static bool switch_calls(bool *enabled, const char *word, size_t length, bool on)
{
    bool known = false;
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        const char *const name = word[0] == '%' ? class_names[calls[i].class] : calls[i].api;
        if (strlen(name) == length && memcmp(name, word, length) == 0) {
            enabled[i] = on;
            known = true;
        }
    }
    return known;
}

/* "%net,close" records only these, "!%io" all but these; a ! in front of the
 * list or of a word counts for that word and those behind it. */
static bool parse_trace(struct settings *settings, const char *value)
{
    bool enabled[CALL_COUNT];
    memset(enabled, value[0] == '!', sizeof enabled);
    bool on = true;
    for (const char *at = value;;) {
        if (*at == '!') {
            on = false;
            at++;
        }
        const size_t length = strcspn(at, ",");
        if (!switch_calls(enabled, at, length, on))
            return false;
        at += length;
        if (*at == '\0')
            break;
        at++;
    }
    memcpy(settings->enabled, enabled, sizeof enabled);
    return true;
}

static const struct {
    const char *name;
    bool (*parse)(struct settings *settings, const char *value);
} rows[] = {
    {"SOCKSPY_RING", parse_ring}, {"SOCKSPY_MADE", parse_made},   {"SOCKSPY_SIZE", parse_size},
    {"SOCKSPY_DATA", parse_data}, {"SOCKSPY_TRACE", parse_trace}, {"SOCKSPY_DEBUG", parse_debug},
    {"SOCKSPY_ARGS", parse_args},
};

/* Appends "NAME=value ", cut at the end of the room; control characters and
 * blanks become dots, so that the list stays a list. */
static void refuse(struct settings *settings, const char *name, const char *value)
{
    size_t at = strlen(settings->refused);
    const char *const pieces[] = {at != 0 ? " " : "", name, "=", value};
    for (unsigned i = 0; i < 4; i++) {
        for (const char *from = pieces[i]; *from != '\0' && at < sizeof settings->refused - 1; from++)
            settings->refused[at++] = i == 3 && (unsigned char)*from <= ' ' ? '.' : *from;
    }
    settings->refused[at] = '\0';
}

static void default_ring(char *path)
{
    small_file_number(stpcpy(path, "/dev/shm/sockspy-"), (uint32_t)getauxval(AT_UID));
}

void settings_read(struct settings *settings, char **environment)
{
    *settings = (struct settings){.size = DEFAULT_SIZE};
    default_ring(settings->ring);
    for (unsigned i = 0; i < CALL_COUNT; i++)
        settings->enabled[i] = calls[i].class != CLASS_POLL;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const value = settings_value(environment, rows[i].name);
        if (value != NULL && *value != '\0' && !rows[i].parse(settings, value))
            refuse(settings, rows[i].name, value);
    }
}
