/* names.c - see names.h. */
#include "names.h"

#include "../preload/record.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct name {
    int64_t value;
    const char *text; /* NULL ends a table */
};

#define NAMES(kind) static const struct name names_##kind[] = {
#define NAME(constant) {constant, #constant},
#define VALUE(name, number) {number, #name},
#define WORD(number, text) {number, text},
/* clang-format off */
#define END {0, NULL}};
/* clang-format on */
#include "names.def"

/* Kinds without a table of their own. */
static const struct name names_int[] = {{0, NULL}};
#define names_fd names_int
#define names_ms names_int
#define names_size names_int
#define names_bytes names_int
#define names_hex names_int
#define names_octal names_int
#define names_protocol names_int
#define names_option names_int
#define names_fcntlarg names_int

static const struct {
    const char *word;
    enum { SIGNED, UNSIGNED, HEX, OCTAL, ONE, FLAGS, TYPE_AND_FLAGS, DEPENDS, ITEM } way;
    const struct name *names;
} kinds[] = {
#define KIND(kind, way) {#kind, way, names_##kind},
#define ITEM_KIND(kind) {#kind, ITEM, names_int},
#include "names.def"
};

enum kind kind_of(const char *word, size_t length)
{
    enum kind kind = 0;
    while (kind < KINDS && (strlen(kinds[kind].word) != length || memcmp(kinds[kind].word, word, length) != 0))
        kind++;
    return kind;
}

static enum kind protocol_of(uint64_t domain)
{
    switch (domain) {
    case AF_INET:
    case AF_INET6: return KIND_protocol_inet;
    case AF_NETLINK: return KIND_protocol_netlink;
    case AF_PACKET: return KIND_hex;
    default: return KIND_int;
    }
}

static enum kind option_of(uint64_t level)
{
    static const struct {
        const char *level;
        enum kind kind;
    } tables[] = {
        {"SOL_SOCKET", KIND_option_socket}, {"IPPROTO_IP", KIND_option_ip},   {"IPPROTO_IPV6", KIND_option_ipv6},
        {"IPPROTO_TCP", KIND_option_tcp},   {"IPPROTO_UDP", KIND_option_udp}, {"SOL_NETLINK", KIND_option_netlink},
        {"SOL_PACKET", KIND_option_packet}, {"SOL_TLS", KIND_option_tls},     {"AF_VSOCK", KIND_option_vsock},
    };
    const char *const name = name_of(KIND_level, level);
    for (size_t i = 0; name != NULL && i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(name, tables[i].level) == 0)
            return tables[i].kind;
    }
    return KIND_int;
}

static enum kind fcntl_argument_of(uint64_t command)
{
    switch ((int)command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: return KIND_fd;
    case F_SETFD: return KIND_fdflags;
    case F_SETFL: return KIND_openflags;
    case F_SETOWN:
    case F_SETSIG:
    case F_SETPIPE_SZ:
    case F_ADD_SEALS: return KIND_int;
    default: return KINDS; /* none, or a pointer */
    }
}

enum kind fcntl_result_kind(uint64_t command)
{
    switch ((int)command) {
    case F_GETFL: return KIND_openflags;
    case F_GETFD: return KIND_fdflags;
    default: return KIND_int;
    }
}

enum kind kind_after(enum kind kind, uint64_t first)
{
    switch (kind) {
    case KIND_protocol: return protocol_of(first);
    case KIND_option: return option_of(first);
    case KIND_fcntlarg: return fcntl_argument_of(first);
    default: return kind;
    }
}

const char *name_of(enum kind kind, uint64_t value)
{
    if (kind >= KINDS)
        return NULL;
    for (const struct name *name = kinds[kind].names; name->text != NULL; name++) {
        if ((int32_t)name->value == (int32_t)value)
            return name->text;
    }
    return NULL;
}

/* Names joined by |, and what is left as a number; nothing at all for 0.
 * `joined`: something stands before them already. */
static void put_flags(struct out *out, const struct name *names, uint32_t value, bool joined)
{
    for (const struct name *name = names; name->text != NULL && value != 0; name++) {
        const uint32_t bits = (uint32_t)name->value;
        if (bits == 0 || (value & bits) != bits)
            continue;
        if (joined)
            out_char(out, '|');
        out_text(out, name->text);
        joined = true;
        value &= ~bits;
    }
    if (value != 0) {
        if (joined)
            out_char(out, '|');
        out_hex(out, value);
    }
}

static void put_one(struct out *out, enum kind kind, uint64_t value)
{
    const char *const name = name_of(kind, value);
    if (name != NULL)
        out_text(out, name);
    else
        out_hex(out, (uint32_t)value);
}

void name_text(struct out *out, enum kind kind, uint64_t value)
{
    switch (kinds[kind].way) {
    case UNSIGNED: out_uint(out, value); break;
    case HEX: out_hex(out, value); break;
    case OCTAL: out_octal(out, value); break;
    case ONE: put_one(out, kind, value); break;
    case FLAGS:
        if ((uint32_t)value == 0)
            out_char(out, '0');
        put_flags(out, kinds[kind].names, (uint32_t)value, false);
        break;
    case TYPE_AND_FLAGS:
        put_one(out, kind, value & 0xf);
        put_flags(out, names_sockflags, (uint32_t)value & ~0xfu, true);
        break;
    default: out_int(out, (int64_t)value);
    }
}

void name_json(struct out *out, enum kind kind, uint64_t value)
{
    const bool number = kinds[kind].way == SIGNED || kinds[kind].way == UNSIGNED || kinds[kind].way == DEPENDS;
    if (!number)
        out_char(out, '"');
    name_text(out, kind, value);
    if (!number)
        out_char(out, '"');
}

void name_csv(struct csv *csv, enum kind kind, uint64_t value)
{
    struct out *const out = csv_field(csv);
    if (value != 0)
        name_text(out, kind, value);
}
