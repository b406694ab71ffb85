/* lecture_fill.c - what the holes in the texts of lecture.def say, and the texts so filled. */
#include "lecture/lecture.h"
#include "lecture/lecture_meaning.h"
#include "out/phrase.h"
#include "record/args.h"
#include "tables/put.h"

#include <sys/socket.h>

enum { NANOSECONDS_PER_MILLISECOND = 1000000, NANOSECONDS_PER_SECOND = 1000000000 };

static void put_word(struct out *out, const struct lecture *lecture, const char *name)
{
    if (!meaning_word(out, lecture, name))
        out_text(out, name);
}

void lecture_time(struct out *out, uint64_t nanoseconds, enum language language)
{
    if (nanoseconds >= NANOSECONDS_PER_SECOND) {
        out_seconds(out, (int64_t)nanoseconds, 1);
        out_text(out, lecture_word("seconds", language));
    } else if (nanoseconds >= NANOSECONDS_PER_MILLISECOND) {
        out_uint(out, nanoseconds / NANOSECONDS_PER_MILLISECOND);
        out_text(out, lecture_word("milliseconds", language));
    } else {
        out_uint(out, nanoseconds / 1000);
        out_char(out, '.');
        out_uint(out, nanoseconds % 1000 / 100);
        out_text(out, lecture_word("microseconds", language));
    }
}

/* --- the socket and its addresses -------------------------------------------------- */

static bool is_call(const struct lecture *lecture, const char *api)
{
    return strcmp(lecture->view->call->api, api) == 0;
}

/* An address of the record or, unless the call itself asked for it, what is known
 * of the socket besides. */
static const struct address *address_of(const struct lecture *lecture, const struct address *told,
                                        const struct address *known)
{
    const bool answer = is_call(lecture, "getsockname") || is_call(lecture, "getpeername");
    return told->family != 0 || answer ? told : known;
}

static const struct address *local_of(const struct lecture *lecture)
{
    return address_of(lecture, &lecture->view->local, &lecture->facts->local_address);
}

static const struct address *peer_of(const struct lecture *lecture)
{
    return address_of(lecture, &lecture->view->peer, &lecture->facts->peer_address);
}

static bool put_address(struct out *out, const struct address *address)
{
    char text[ADDRESS_TEXT];
    if (address->family == 0)
        return false;
    out_foreign(out, text, address_format(address, text), ESCAPE_TEXT);
    return true;
}

static bool put_port(struct out *out, const struct address *address)
{
    if (address->port == 0 || (address->family != AF_INET && address->family != AF_INET6))
        return false;
    out_uint(out, address->port);
    return true;
}

static bool fill_local(struct out *out, const struct lecture *lecture)
{
    return put_address(out, local_of(lecture));
}

static bool fill_peer(struct out *out, const struct lecture *lecture)
{
    return put_address(out, peer_of(lecture));
}

/* Did the application leave the port to the stack, by binding to port 0? */
static bool is_chosen(const struct lecture *lecture)
{
    return is_call(lecture, "bind") && !lecture->view->failed && lecture->view->record->arg[0] != 0;
}

/* The address as bind was given it. */
static bool fill_asked(struct out *out, const struct lecture *lecture)
{
    struct address address = *local_of(lecture);
    if (is_chosen(lecture))
        address.port = 0;
    return put_address(out, &address);
}

/* The port that the stack chose instead of port 0. */
static bool fill_chosen(struct out *out, const struct lecture *lecture)
{
    return is_chosen(lecture) && put_port(out, local_of(lecture));
}

static bool fill_lport(struct out *out, const struct lecture *lecture)
{
    return put_port(out, local_of(lecture));
}

static bool fill_lport_or_none(struct out *out, const struct lecture *lecture)
{
    if (!put_port(out, &lecture->view->local))
        put_word(out, lecture, "none");
    return true;
}

/* That a socket has no port number, where it was asked for one. */
static bool fill_no_port(struct out *out, const struct lecture *lecture)
{
    if (lecture->view->local.port == 0)
        put_word(out, lecture, "no_port");
    return lecture->view->local.port == 0;
}

static bool fill_pport(struct out *out, const struct lecture *lecture)
{
    return put_port(out, peer_of(lecture));
}

/* The IP address alone; another kind of address as a whole. */
static bool fill_pip(struct out *out, const struct lecture *lecture)
{
    char text[ADDRESS_TEXT];
    const size_t size = address_format_ip(peer_of(lecture), text);
    if (size == 0)
        return put_address(out, peer_of(lecture));
    out_bytes(out, text, size);
    return true;
}

/* The address that the call was about: the peer's, or its own. */
static bool fill_aim(struct out *out, const struct lecture *lecture)
{
    if (is_call(lecture, "bind"))
        return put_address(out, &lecture->view->local);
    return (is_call(lecture, "connect") || is_call(lecture, "sendto")) && put_address(out, &lecture->view->peer);
}

static bool fill_host(struct out *out, const struct lecture *lecture)
{
    if (lecture->view->host == NULL)
        return false;
    out_foreign(out, lecture->view->host, strlen(lecture->view->host), ESCAPE_TEXT);
    return true;
}

static bool fill_before(struct out *out, const struct lecture *lecture)
{
    if (!lecture->facts->before_known)
        return false;
    if (lecture->facts->before != 0)
        out_uint(out, lecture->facts->before);
    else
        put_word(out, lecture, "none");
    return true;
}

/* That the socket had no port before; nothing where it had one, or nobody knows. */
static bool fill_unset(struct out *out, const struct lecture *lecture)
{
    return lecture->facts->before == 0 && fill_before(out, lecture);
}

/* The port that the socket had before. */
static bool fill_had(struct out *out, const struct lecture *lecture)
{
    return lecture->facts->before != 0 && fill_before(out, lecture);
}

static bool fill_inode(struct out *out, const struct lecture *lecture)
{
    if (lecture->view->record->inode == 0)
        return false;
    out_uint(out, lecture->view->record->inode);
    return true;
}

/* --- descriptors ------------------------------------------------------------------- */

static bool fill_fd(struct out *out, const struct lecture *lecture)
{
    if (lecture->facts->fd < 0)
        return false;
    out_int(out, lecture->facts->fd);
    return true;
}

static bool fill_created_at(struct out *out, const struct lecture *lecture, size_t index)
{
    if (lecture->view->created_count <= index)
        return false;
    out_int(out, lecture->view->created[index].fd);
    return true;
}

static bool fill_new(struct out *out, const struct lecture *lecture)
{
    return fill_created_at(out, lecture, 0);
}

static bool fill_second(struct out *out, const struct lecture *lecture)
{
    return fill_created_at(out, lecture, 1);
}

static bool fill_created(struct out *out, const struct lecture *lecture)
{
    for (size_t i = 0; i < lecture->view->created_count; i++) {
        out_text(out, i != 0 ? ", " : "");
        out_int(out, lecture->view->created[i].fd);
    }
    return lecture->view->created_count != 0;
}

/* Who else holds the socket: curl[811], descriptor 5 */
static bool fill_keeper(struct out *out, const struct lecture *lecture)
{
    const struct facts *const facts = lecture->facts;
    if (facts->keeper_comm[0] == '\0')
        return false;
    out_foreign(out, facts->keeper_comm, strlen(facts->keeper_comm), ESCAPE_TEXT);
    out_char(out, '[');
    out_uint(out, facts->keeper_pid);
    out_text(out, "], ");
    put_word(out, lecture, "descriptor");
    out_char(out, ' ');
    out_int(out, facts->keeper_fd);
    return true;
}

/* --- what was moved ---------------------------------------------------------------- */

static const struct field *field_of(const struct lecture *lecture, const char *name, size_t size)
{
    const struct call_info *const call = lecture->view->call;
    for (unsigned i = 0; i < call->field_count; i++) {
        if (field_is(&call->fields[i], name, size))
            return &call->fields[i];
    }
    return NULL;
}

/* What went; of a call that failed: what it offered. */
static bool fill_bytes(struct out *out, const struct lecture *lecture)
{
    const struct field *const length = field_of(lecture, "len", 3);
    struct arg offer = {.number = lecture->view->bytes};
    if (lecture->view->failed && length != NULL && !arg_find(lecture->view, length, &offer))
        out_text(out, lecture_word("some_bytes", lecture->language));
    else
        lecture_bytes(out, offer.number, lecture->language);
    return true;
}

/* English: one byte lies there, and it is copied. */
static bool fill_it(struct out *out, const struct lecture *lecture)
{
    out_text(out, lecture->view->bytes == 1 ? "it" : "them");
    return true;
}

static bool fill_lie(struct out *out, const struct lecture *lecture)
{
    out_text(out, lecture->view->bytes == 1 ? "lies" : "lie");
    return true;
}

/* How large the buffer is; nothing where the call does not tell. */
static bool fill_len(struct out *out, const struct lecture *lecture)
{
    const struct field *const length = field_of(lecture, "len", 3);
    const uint64_t bytes = length != NULL ? lecture->view->record->arg[length->index % 3] : 0;
    if (bytes != 0)
        lecture_bytes(out, bytes, lecture->language);
    return bytes != 0;
}

static bool fill_data(struct out *out, const struct lecture *lecture)
{
    if (!put_quoted(out, lecture->view, lecture->shown))
        return false;
    const size_t before = out->used;
    out_text(out, " (DNS: ");
    if (put_dns(out, lecture->view))
        out_char(out, ')');
    else
        out->used = before;
    return true;
}

static bool fill_place(struct out *out, const struct lecture *lecture)
{
    const unsigned place = lecture->view->record->marks & MARK_PLACE;
    const char *const name = place != PLACE_UNKNOWN ? name_of(KIND_place, place) : NULL;
    if (name != NULL)
        put_word(out, lecture, name);
    return name != NULL;
}

/* How long the call took, where that is worth a word. A write may be slow for
 * many a reason; only where it is very slow, it surely had to wait. */
static bool fill_waited(struct out *out, const struct lecture *lecture)
{
    const bool outwards = (lecture->view->record->marks & MARK_OUT) != 0;
    if (lecture->view->duration < (outwards ? 50 : 1) * (uint64_t)NANOSECONDS_PER_MILLISECOND)
        return false;
    lecture_time(out, lecture->view->duration, lecture->language);
    return true;
}

/* What the other side has not read yet, where it is more than went just now. */
static bool fill_left(struct out *out, const struct lecture *lecture)
{
    const struct facts *const facts = lecture->facts;
    if (!facts->left_known || facts->left == 0 || (!lecture->deep && facts->left <= lecture->view->bytes))
        return false;
    lecture_bytes(out, facts->left, lecture->language);
    return true;
}

static bool fill_them(struct out *out, const struct lecture *lecture)
{
    static const char *const names[ACTINGS] = {[AS_CLIENT] = "them_client", [AS_SERVER] = "them_server"};
    const char *const name = names[lecture->facts->acting];
    put_word(out, lecture, name != NULL ? name : "them_any");
    return true;
}

static bool fill_them_first(struct out *out, const struct lecture *lecture)
{
    const size_t at = out->used;
    fill_them(out, lecture);
    if (out->buffer[at] == 't')
        out->buffer[at] = 'T';
    return true;
}

/* --- the call and its arguments ---------------------------------------------------- */

static bool fill_call(struct out *out, const struct lecture *lecture)
{
    out_text(out, lecture->view->call->api);
    return true;
}

static bool fill_ret(struct out *out, const struct lecture *lecture)
{
    out_int(out, lecture->view->record->ret);
    return true;
}

static bool fill_error(struct out *out, const struct lecture *lecture)
{
    if (lecture->view->error != NULL)
        out_text(out, lecture->view->error);
    else
        out_int(out, lecture->view->record->error);
    return true;
}

/* An argument by its name in calls.def. */
static bool fill_argument(struct out *out, const struct lecture *lecture, const char *name, size_t size)
{
    const struct field *const field = field_of(lecture, name, size);
    struct arg arg;
    if (field == NULL || !arg_find(lecture->view, field, &arg))
        return false;
    arg_put(out, lecture->view, &arg, ARG_TEXT, lecture->shown > 64 ? lecture->shown : 64);
    return true;
}

/* What the error means that SO_ERROR told. */
static bool fill_outcome(struct out *out, const struct lecture *lecture)
{
    const uint64_t *const arg = lecture->view->record->arg;
    int32_t error = 0;
    if (arg[0] != SOL_SOCKET || arg[1] != SO_ERROR || !meaning_number(lecture->view->items[ITEM_VALUE], &error) ||
        error <= 0)
        return false;
    const char *const name = name_of(KIND_errno, (uint64_t)error);
    if (name != NULL)
        phrase_put(out, lecture_trouble(name)->text[lecture->language][0], lecture_fill, lecture);
    return name != NULL;
}

static const struct {
    const char *name;
    bool (*fill)(struct out *out, const struct lecture *lecture);
} holes[] = {
    {"call", fill_call},
    {"fd", fill_fd},
    {"ret", fill_ret},
    {"error", fill_error},
    {"new", fill_new},
    {"second", fill_second},
    {"local", fill_local},
    {"peer", fill_peer},
    {"asked", fill_asked},
    {"chosen", fill_chosen},
    {"lport", fill_lport},
    {"lport_or_none", fill_lport_or_none},
    {"no_port_word", fill_no_port},
    {"pport", fill_pport},
    {"pip", fill_pip},
    {"aim", fill_aim},
    {"host", fill_host},
    {"before", fill_before},
    {"unset", fill_unset},
    {"had", fill_had},
    {"inode", fill_inode},
    {"created", fill_created},
    {"keeper", fill_keeper},
    {"bytes", fill_bytes},
    {"len", fill_len},
    {"data", fill_data},
    {"place", fill_place},
    {"waited", fill_waited},
    {"left", fill_left},
    {"them", fill_them},
    {"them_first", fill_them_first},
    {"it_word", fill_it},
    {"lie_word", fill_lie},
    {"how_word", meaning_how},
    {"how_ends", meaning_ends},
    {"told_word", meaning_told},
    {"lack_word", meaning_lack},
    {"request_word", meaning_request},
    {"queue", meaning_queue},
    {"cmd_word", meaning_command},
    {"option_word", meaning_option},
    {"outcome_word", fill_outcome},
    {"what_word", meaning_hidden},
    {"blind_word", meaning_blind},
};

bool lecture_fill(struct out *out, const char *name, size_t size, const void *context)
{
    const struct lecture *const lecture = context;
    for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++) {
        if (strlen(holes[i].name) == size && memcmp(holes[i].name, name, size) == 0)
            return holes[i].fill(out, lecture);
    }
    return fill_argument(out, lecture, name, size);
}

bool lecture_put(struct out *out, const struct lecture *lecture, enum lecture_line line)
{
    const struct lecture_step *const step = lecture_step(lecture->view->call->api, lecture->facts);
    const char *text = step != NULL ? step->text[lecture->language][line] : NULL;
    if (lecture->view->failed && lecture->facts->outcome != OUTCOME_PENDING) {
        if (line == LECTURE_HEAD)
            text = lecture_word("failed_head", lecture->language);
        else if (line != LECTURE_ASKED)
            text = lecture_trouble(lecture->view->error)->text[lecture->language][line == LECTURE_NOTED];
    }
    const size_t before = out->used;
    if (text != NULL)
        phrase_put(out, text, lecture_fill, lecture);
    return out->used > before;
}
