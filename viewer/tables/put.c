/* put.c - see put.h. */
#include "tables/put.h"

#include "names.h"
#include "record/payload.h"
#include "record/transport.h"

#include <sys/socket.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

void put_process(struct out *out, const struct process *process)
{
    out_foreign(out, process->comm, strlen(process->comm), ESCAPE_TEXT);
    out_char(out, '[');
    out_uint(out, process->pid);
    out_char(out, ']');
}

/* Could this be the beginning of a letter, the rest of which was cut off? */
static bool is_begun(const char *bytes, size_t size)
{
    const unsigned char first = (unsigned char)bytes[0];
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    for (size_t i = 1; i < size; i++) {
        if (((unsigned char)bytes[i] & 0xc0) != 0x80)
            return false;
    }
    return size < length;
}

/* Is all of this text in UTF-8? Where it was `cut`, the last letter may be begun only.
 * Returns the bytes of whole letters in it; 0: it is something else. */
static size_t text_in(const char *bytes, size_t size, bool cut)
{
    size_t at = 0;
    while (at < size) {
        uint32_t code;
        const size_t length = utf8_decode((const unsigned char *)bytes + at, size - at, &code);
        if (length == 0)
            return cut && is_begun(bytes + at, size - at) ? at : 0;
        if (code == 0x7f || (code < ' ' && code != '\t' && code != '\r' && code != '\n'))
            return 0;
        at += length;
    }
    return at;
}

bool put_quoted(struct out *out, const struct view *view, size_t shown)
{
    uint64_t whole = 0;
    size_t room = shown;
    if (view->items[ITEM_PAYLOAD] == NULL || shown == 0)
        return false;
    out_char(out, '"');
    for (const struct item *item = view->items[ITEM_PAYLOAD]; item != NULL; item = view_next(view, item)) {
        const size_t some = item->size < room ? item->size : room;
        const size_t letters = text_in(item_bytes(item), some, some < item->size || item->whole > item->size);
        out_foreign(out, item_bytes(item), letters != 0 ? letters : some, letters != 0 ? ESCAPE_QUOTED : ESCAPE_BYTES);
        room -= some;
        whole += item->whole > item->size ? item->whole : item->size;
    }
    if (whole > shown - room)
        out_symbol(out, "…", "...");
    out_char(out, '"');
    return true;
}

bool put_dns(struct out *out, const struct view *view)
{
    struct payload_facts facts;
    if (!payload_is_dns(&facts, view))
        return false;
    out_text(out, facts.request); /* printable ASCII, as all of these facts */
    if (facts.answers[0] != '\0') {
        out_char(out, ' ');
        out_symbol(out, "→", "->");
        out_char(out, ' ');
        out_text(out, facts.answers);
    }
    return true;
}

void put_descriptor(struct out *out, const struct socket *socket)
{
    const struct holder *const holder = socket_holder(socket);
    if (holder == NULL)
        return;
    out_int(out, holder->fd);
    const uint64_t others = socket->open_holders - (socket->open_holders != 0 && holder->open);
    if (others != 0) {
        out_text(out, " +");
        out_uint(out, others);
    }
}

void put_kind(struct out *out, uint8_t family, uint8_t type, uint16_t protocol)
{
    const char *const word = transport_word(family, type, protocol);
    if (word != NULL) {
        out_text(out, word);
        return;
    }
    if (family == 0)
        out_char(out, '?');
    else
        name_text(out, KIND_family, family);
    if (type != 0 && !(family == AF_UNIX && type == SOCK_STREAM)) {
        out_char(out, ' ');
        name_text(out, KIND_type, type);
    }
}

void put_place(struct out *out, const struct address *address, const char *host)
{
    char text[ADDRESS_TEXT];
    if (address->family != 0)
        out_foreign(out, text, address_format(address, text), ESCAPE_TEXT);
    if (host == NULL || *host == '\0')
        return;
    out_text(out, " (");
    out_foreign(out, host, strlen(host), ESCAPE_TEXT);
    out_char(out, ')');
}

void put_amount(struct out *out, uint64_t bytes)
{
    if (bytes < 1000000)
        out_grouped(out, bytes);
    else
        out_size(out, bytes);
}

void put_moved(struct out *out, uint64_t bytes, bool whole)
{
    put_amount(out, bytes);
    if (!whole)
        out_char(out, '+');
}

/* Three digits or so: 1.23, 12.3, 123. */
static void put_scaled(struct out *out, int64_t ns, int64_t unit, const char *word)
{
    const int64_t whole = ns / unit;
    out_int(out, whole);
    if (whole < 10 && unit > 1) {
        out_char(out, '.');
        out_int(out, ns % unit * 10 / unit);
    }
    out_char(out, ' ');
    out_text(out, word);
}

static void put_two(struct out *out, int64_t large, const char *large_word, int64_t small, const char *small_word)
{
    out_int(out, large);
    out_text(out, large_word);
    out_char(out, ' ');
    out_int(out, small);
    out_text(out, small_word);
}

void put_lasting(struct out *out, int64_t ns)
{
    const int64_t seconds = ns / SECOND;
    if (ns < 1000)
        put_scaled(out, ns < 0 ? 0 : ns, 1, "ns");
    else if (ns < 1000000)
        put_scaled(out, ns, 1000, "us");
    else if (ns < SECOND)
        put_scaled(out, ns, 1000000, "ms");
    else if (seconds < 100)
        put_scaled(out, ns, SECOND, "s");
    else if (seconds < 6000)
        put_two(out, seconds / 60, "m", seconds % 60, "s");
    else if (seconds < 48 * 3600)
        put_two(out, seconds / 3600, "h", seconds / 60 % 60, "m");
    else
        put_two(out, seconds / 86400, "d", seconds / 3600 % 24, "h");
}

void put_clock(struct out *out, int64_t time_ns)
{
    const time_t second = time_ns / SECOND, now = time(NULL);
    struct tm local, today;
    char text[32];
    if (time_ns == 0 || localtime_r(&second, &local) == NULL || localtime_r(&now, &today) == NULL)
        return;
    const bool is_today = local.tm_yday == today.tm_yday && local.tm_year == today.tm_year;
    strftime(text, sizeof text, is_today ? "%H:%M:%S" : "%m-%d %H:%M:%S", &local);
    out_text(out, text);
    if (is_today) {
        out_char(out, '.');
        out_digits(out, (uint64_t)(time_ns % SECOND / 1000000), 3);
    }
}

enum paint put_state(struct out *out, const struct model *model, const struct socket *socket)
{
    static const enum paint paints[STATES] = {
        [STATE_UNKNOWN] = PAINT_DIM,       [STATE_LISTENING] = PAINT_CONNECT, [STATE_CONNECTING] = PAINT_CONNECT,
        [STATE_CONNECTED] = PAINT_CREATE,  [STATE_HALF_CLOSED] = PAINT_CLOSE, [STATE_PEER_HALF] = PAINT_CLOSE,
        [STATE_PEER_CLOSED] = PAINT_ERROR, [STATE_FAILED] = PAINT_ERROR,      [STATE_CLOSED] = PAINT_DIM,
    };
    const enum socket_state state = socket_state(model, socket);
    out_text(out, state == STATE_CLOSED && socket->by_exit ? "left open" : state_word(state));
    if (state == STATE_FAILED) {
        out_char(out, ' ');
        name_text(out, KIND_errno, (uint64_t)socket->error);
    }
    return paints[state];
}
