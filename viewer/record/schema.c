/* schema.c - see schema.h. */
#include "record/schema.h"

const struct call_row call_rows[CALL_COUNT] = {
#define CALL(ret, name, params, args, class, api, schema) {#name, #api, CLASS_##class, schema, #ret},
#define VARIADIC(ret, name, params, class, api, schema) {#name, #api, CLASS_##class, schema, #ret},
#define EVENT(name, class, schema) {#name, #name, CLASS_##class, schema, ""},
#include "../preload/calls.def"
};

const char *const class_names[CLASS_COUNT] = {
    [CLASS_NET] = "%net",   [CLASS_IO] = "%io",     [CLASS_DESC] = "%desc",       [CLASS_OPT] = "%opt",
    [CLASS_NAME] = "%name", [CLASS_POLL] = "%poll", [CLASS_PROCESS] = "%process",
};

/* Which of the four phases these calls belong to; all of class IO transfer. */
static const struct {
    const char *api;
    enum phase phase;
} phases[] = {
    {"socket", PHASE_CREATE},        {"socketpair", PHASE_CREATE}, {"dup", PHASE_CREATE},
    {"pidfd_getfd", PHASE_CREATE},   {"inherit", PHASE_CREATE},    {"bind", PHASE_CONNECT},
    {"bindresvport", PHASE_CONNECT}, {"listen", PHASE_CONNECT},    {"connect", PHASE_CONNECT},
    {"accept", PHASE_CONNECT},       {"accept4", PHASE_CONNECT},   {"shutdown", PHASE_CLOSE},
    {"close", PHASE_CLOSE},          {"close_range", PHASE_CLOSE}, {"closefrom", PHASE_CLOSE},
    {"fclose", PHASE_CLOSE},         {"freopen", PHASE_CLOSE},     {"dup2", PHASE_CREATE},
    {"dup3", PHASE_CREATE},          {"rresvport", PHASE_CREATE},  {"rresvport_af", PHASE_CREATE},
    {"rcmd", PHASE_CONNECT},         {"rcmd_af", PHASE_CONNECT},   {"rexec", PHASE_CONNECT},
    {"rexec_af", PHASE_CONNECT},
};

static enum phase phase_of(const char *api, enum call_class class)
{
    if (class == CLASS_IO)
        return PHASE_TRANSFER;
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (strcmp(api, phases[i].api) == 0)
            return phases[i].phase;
    }
    return PHASE_NONE;
}

/* Reads one "key:kind" with an optional '?' or '!' behind. Returns what comes after. */
static const char *read_field(const char *at, struct field *field)
{
    field->key = at;
    at += strcspn(at, ":");
    field->key_size = (uint8_t)(at - field->key);
    const char *const kind = at + (*at == ':');
    at = kind + strcspn(kind, "?! ");
    field->kind = (uint8_t)kind_of(kind, (size_t)(at - kind));
    field->optional = *at == '?';
    field->unread = *at == '!';
    at += field->optional || field->unread;
    return at + (*at == ' ');
}

static void compile(struct call_info *call, const char *schema)
{
    uint8_t args = 0, items[KINDS + 1] = {0};
    while (*schema != '\0' && call->field_count < FIELDS_MAX) {
        struct field *const field = &call->fields[call->field_count++];
        schema = read_field(schema, field);
        field->index = field->kind >= KIND_FIRST_ITEM ? items[field->kind]++ : args++;
    }
}

static void compile_all(struct call_info calls[CALLS_TOLD])
{
    for (size_t i = 0; i < CALL_COUNT; i++) {
        calls[i].symbol = call_rows[i].symbol;
        calls[i].api = call_rows[i].api;
        calls[i].class = call_rows[i].class;
        calls[i].phase = phase_of(call_rows[i].api, call_rows[i].class);
        calls[i].event = call_rows[i].returns[0] == '\0';
        calls[i].mute = calls[i].event || strcmp(call_rows[i].returns, "void") == 0;
        compile(&calls[i], call_rows[i].schema);
    }
    calls[CALL_LOST] = (struct call_info){.symbol = "lost", .api = "lost", .class = CLASS_COUNT};
    calls[CALL_UNKNOWN] = (struct call_info){.symbol = "unknown", .api = "unknown", .class = CLASS_COUNT};
}

void schema_compile(struct call_info calls[CALLS_TOLD])
{
    static struct call_info compiled[CALLS_TOLD];
    if (compiled[CALL_LOST].symbol == NULL)
        compile_all(compiled);
    memcpy(calls, compiled, sizeof compiled);
}
