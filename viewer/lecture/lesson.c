/* lesson.c - see lesson.h. */
#include "lecture/lesson.h"

#include "out/phrase.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#define EN(...)                                                                                                        \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }
#define KO(...)                                                                                                        \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

const struct lesson lessons[] = {
#define LESSON(number, play, en, ko) {number, play, {en, ko}},
#include "lecture/lessons.def"
};

const size_t lesson_count = sizeof lessons / sizeof lessons[0];

const struct lesson *lesson_find(const char *number)
{
    char *end;
    const unsigned long wanted = strtoul(number, &end, 10);
    for (size_t i = 0; i < lesson_count && *number >= '0' && *number <= '9' && *end == '\0'; i++) {
        if (lessons[i].number == wanted)
            return &lessons[i];
    }
    return NULL;
}

/* --- the numbers of a story ------------------------------------------------------- */

/* The descriptors at that end of all pipes: "4, 5". */
static bool put_descriptors(struct out *out, const struct story *story, int end)
{
    bool any = false;
    for (size_t i = 0; i < story->history.pipe_count; i++) {
        const struct holder *const holder = story_end_holder(story, &story->history.pipes[i], end);
        if (holder == NULL)
            continue;
        out_text(out, any ? ", " : "");
        out_int(out, holder->fd);
        any = true;
    }
    return any;
}

/* The ports at that end of the pipes: of all, or of the first. */
static bool put_ports(struct out *out, const struct story *story, int end, bool all)
{
    bool any = false;
    for (size_t i = 0; i < story->history.pipe_count && (all || !any); i++) {
        const struct address *const address = &story->history.pipes[i].connection->addresses[end];
        if (address->port == 0)
            continue;
        out_text(out, any ? ", " : "");
        out_uint(out, address->port);
        any = true;
    }
    return any;
}

static const struct socket *listening_socket(const struct story *story)
{
    const struct socket *socket = model_sockets(story->history.model);
    while (socket != NULL && socket->role != ROLE_LISTENING)
        socket = socket->next;
    return socket;
}

static bool put_listening(struct out *out, const struct story *story)
{
    const struct socket *const socket = listening_socket(story);
    const struct holder *const holder = socket != NULL ? socket_holder(socket) : NULL;
    if (holder != NULL)
        out_int(out, holder->fd);
    return holder != NULL;
}

static bool put_accepts(struct out *out, const struct story *story)
{
    const struct socket *const socket = listening_socket(story);
    if (socket != NULL)
        out_uint(out, socket->accepted);
    return socket != NULL;
}

/* How often that was, as Koreans say it. */
static bool put_times(struct out *out, const struct story *story)
{
    static const char *const said[] = {"한 번", "두 번", "세 번", "네 번"};
    const struct socket *const socket = listening_socket(story);
    const uint64_t times = socket != NULL ? socket->accepted : 0;
    if (times - 1 < sizeof said / sizeof said[0]) {
        out_text(out, said[times - 1]);
        return true;
    }
    if (put_accepts(out, story))
        out_text(out, "번");
    return socket != NULL;
}

/* The last call of this name that succeeded, of an ioctl with this request; or NULL. */
static const struct view *last_call(const struct story *story, const char *api, uint64_t request)
{
    for (size_t i = story->count; i-- != 0;) {
        const struct view *const view = decoder_view(story->history.decoder, story->scenes[i].record);
        if (strcmp(view->call->api, api) == 0 && !view->failed && (request == 0 || view->record->arg[0] == request))
            return view;
    }
    return NULL;
}

static bool put_own_port(struct out *out, const struct story *story, const char *api)
{
    const struct view *const view = last_call(story, api, 0);
    if (view != NULL)
        out_uint(out, view->local.port);
    return view != NULL;
}

static bool put_inode(struct out *out, const struct story *story)
{
    const struct view *const view = last_call(story, "dup", 0);
    if (view == NULL)
        return false;
    out_text(out, "socket:[");
    out_uint(out, view->record->inode);
    out_char(out, ']');
    return true;
}

static bool put_queue(struct out *out, const struct story *story, uint64_t request)
{
    int32_t bytes;
    const struct view *const view = last_call(story, "ioctl", request);
    const struct item *const value = view != NULL ? view->items[ITEM_VALUE] : NULL;
    if (value == NULL || value->size != sizeof bytes)
        return false;
    memcpy(&bytes, item_bytes(value), sizeof bytes);
    out_grouped(out, (uint64_t)bytes);
    return true;
}

static const char *const holes[] = {"listening", "accepts", "port",  "ports",    "clients", "servers",   "connected",
                                    "bound",     "sent",    "inode", "received", "unsent",  "times_word"};

static bool fill(struct out *out, const char *name, size_t size, const void *context)
{
    const struct story *const story = context;
    size_t i = 0;
    while (i < sizeof holes / sizeof holes[0] && (strlen(holes[i]) != size || memcmp(holes[i], name, size) != 0))
        i++;
    switch (i) {
    case 0: return put_listening(out, story);
    case 1: return put_accepts(out, story);
    case 2: return put_ports(out, story, SERVER_END, false);
    case 3: return put_ports(out, story, CLIENT_END, true);
    case 4: return put_descriptors(out, story, CLIENT_END);
    case 5: return put_descriptors(out, story, SERVER_END);
    case 6: return put_own_port(out, story, "connect");
    case 7: return put_own_port(out, story, "bind");
    case 8: return put_own_port(out, story, "sendto");
    case 9: return put_inode(out, story);
    case 10: return put_queue(out, story, FIONREAD);
    case 11: return put_queue(out, story, TIOCOUTQ);
    case 12: return put_times(out, story);
    default: return false;
    }
}

void lesson_notice(struct out *out, const struct story *story, const char *line, size_t size)
{
    char text[1024];
    size = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, line, size);
    text[size] = '\0';
    phrase_put(out, text, fill, story);
}
