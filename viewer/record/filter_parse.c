/* filter_parse.c - filters as people write them; see filter.h. */
#include "record/filter.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "record/schema.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <time.h>

static __attribute__((format(printf, 2, 3))) const char *complaint(struct filter *filter, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(filter->wrong, sizeof filter->wrong, format, list);
    va_end(list);
    return filter->wrong;
}

/* --- numbers and words ------------------------------------------------------------ */

static const char *add_numbers(struct filter *filter, int64_t **list, size_t *count, const char *text, int64_t most,
                               const char *what)
{
    for (const char *at = text;;) {
        char *end;
        errno = 0;
        const long long number = strtoll(at, &end, 10);
        if (!isdigit((unsigned char)*at) || errno != 0 || number > most || (*end != ',' && *end != '\0'))
            return complaint(filter, "'%s' is no %s", text, what);
        *list = memory_grow(*list, *count + 1, sizeof **list);
        (*list)[(*count)++] = number;
        if (*end == '\0')
            return NULL;
        at = end + 1;
    }
}

const char *filter_pid(struct filter *filter, const char *text)
{
    filter->any = true;
    return add_numbers(filter, &filter->pids, &filter->pid_count, text, INT32_MAX, "process number");
}

const char *filter_fd(struct filter *filter, const char *text)
{
    filter->any = true;
    return add_numbers(filter, &filter->fds, &filter->fd_count, text, INT32_MAX, "descriptor");
}

const char *filter_port(struct filter *filter, const char *text)
{
    filter->any = true;
    return add_numbers(filter, &filter->ports, &filter->port_count, text, UINT16_MAX, "port (0 to 65535)");
}

static const char *add_words(struct filter *filter, const char ***list, size_t *count, char *text, const char *what)
{
    if (*text == '\0')
        return complaint(filter, "a %s is missing", what);
    for (char *word; (word = strsep(&text, ",")) != NULL;) {
        *list = memory_grow(*list, *count + 1, sizeof **list);
        (*list)[(*count)++] = word;
    }
    return NULL;
}

const char *filter_comm(struct filter *filter, char *text)
{
    filter->any = true;
    return add_words(filter, &filter->comms, &filter->comm_count, text, "program name");
}

const char *filter_host(struct filter *filter, char *text)
{
    filter->any = true;
    return add_words(filter, &filter->hosts, &filter->host_count, text, "host");
}

const char *filter_last(struct filter *filter, const char *text)
{
    int64_t *list = NULL;
    size_t count = 0;
    const char *wrong = add_numbers(filter, &list, &count, text, INT64_MAX, "number of records");
    if (wrong == NULL && (count != 1 || list[0] == 0))
        wrong = complaint(filter, "'%s' is no number of records", text);
    if (wrong == NULL)
        filter->last = (uint64_t)list[0];
    free(list);
    return wrong;
}

/* --- calls and classes -------------------------------------------------------------- */

/* Switches what `word` names on or off. Returns whether there is such a thing. */
static bool switch_calls(struct filter *filter, const char *word, bool on)
{
    bool known = false;
    if (strcmp(word, "all") == 0 || strcmp(word, "none") == 0) {
        for (unsigned i = 0; i < CALLS_TOLD; i++)
            filter->calls[i] = (word[0] == 'a') == on;
        return true;
    }
    if (strcmp(word, "%network") == 0) /* strace's name for it */
        word = class_names[CLASS_NET];
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        const char *const name = word[0] == '%' ? class_names[call_rows[i].class] : call_rows[i].api;
        if (strcmp(name, word) == 0) {
            filter->calls[i] = on;
            known = true;
        }
    }
    return known;
}

static const char *unknown_call(struct filter *filter, const char *word)
{
    struct nearest nearest = {.typed = word};
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        nearest_offer(&nearest, class_names[i]);
    for (unsigned i = 0; i < CALL_COUNT; i++)
        nearest_offer(&nearest, call_rows[i].api);
    if (nearest.word != NULL)
        return complaint(filter, "'%.40s' is neither a call nor a class; did you mean '%s'?", word, nearest.word);
    return complaint(filter, "'%.40s' is neither a call nor a class (%%net %%io %%desc %%opt %%name %%poll %%process)",
                     word);
}

const char *filter_trace(struct filter *filter, const char *text)
{
    if (strncmp(text, "trace=", 6) == 0)
        text += 6;
    const bool except = *text == '!'; /* of the list: all but these */
    char *const words = memory_checked(strdup(text + except)), *rest = words;
    filter->any = filter->calls_given = true;
    for (unsigned i = 0; i < CALLS_TOLD; i++)
        filter->calls[i] = except;
    const char *wrong = NULL;
    for (char *word; wrong == NULL && (word = strsep(&rest, ",")) != NULL;) {
        const bool out = *word == '!'; /* of the word: leave it out */
        if (!switch_calls(filter, word + out, !except && !out))
            wrong = unknown_call(filter, word + out);
    }
    free(words);
    return wrong;
}

bool filter_wants_class(const struct filter *filter, enum call_class class)
{
    for (unsigned i = 0; i < CALL_COUNT && filter->calls_given; i++) {
        if (filter->calls[i] && call_rows[i].class == class)
            return true;
    }
    return false;
}

/* --- time --------------------------------------------------------------------------- */

/* Seconds in the unit that a letter stands for, or 0. */
static int64_t unit_of(char letter)
{
    switch (letter) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86400;
    default: return 0;
    }
}

/* The last time that the clock showed h:m:s. */
static int64_t time_of_day(int h, int m, int s, int64_t now_ns)
{
    const time_t now = now_ns / 1000000000;
    struct tm local;
    if (localtime_r(&now, &local) == NULL)
        return 0;
    local.tm_hour = h;
    local.tm_min = m;
    local.tm_sec = s;
    local.tm_isdst = -1;
    time_t then = mktime(&local);
    if (then > now) {
        local.tm_mday--;
        local.tm_isdst = -1;
        then = mktime(&local);
    }
    return (int64_t)then * 1000000000;
}

const char *filter_since(struct filter *filter, const char *text, int64_t now_ns)
{
    int h = 0, m = 0, s = 0, used = 0;
    char *end;
    filter->any = true;
    if (sscanf(text, "%2d:%2d%n:%2d%n", &h, &m, &used, &s, &used) >= 2 && text[used] == '\0' && h >= 0 && h < 24 &&
        m >= 0 && m < 60 && s >= 0 && s < 61) {
        filter->since = time_of_day(h, m, s, now_ns);
        return NULL;
    }
    const double number = strtod(text, &end);
    if (!isdigit((unsigned char)*text) || !(number < 9e9))
        return complaint(filter, "'%s' is no time: 10s, 5m, 2h, 1d, 14:02, 14:02:11 or Unix seconds", text);
    if (*end == '\0') {
        filter->since = (int64_t)(number * 1e9);
    } else if (unit_of(*end) != 0 && end[1] == '\0') {
        const double ago = number * (double)unit_of(*end) * 1e9;
        filter->since = ago < (double)now_ns ? now_ns - (int64_t)ago : 1;
    } else {
        return complaint(filter, "'%s' is no time: 10s, 5m, 2h, 1d, 14:02, 14:02:11 or Unix seconds", text);
    }
    return NULL;
}
