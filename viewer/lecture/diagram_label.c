/* diagram_label.c - see diagram_label.h. */
#include "lecture/diagram_label.h"

#include "lecture/story_facts.h"
#include "record/args.h"
#include "tables/put.h"

#include <string.h>
#include <sys/socket.h>

static void put_word(struct out *text, const struct diagram *diagram, const char *name)
{
    out_text(text, lecture_word(name, diagram->language));
}

static void put_port(struct out *text, const struct address *address)
{
    char name[ADDRESS_TEXT];
    if (address->family == 0)
        return;
    out_char(text, ' ');
    if (address->port != 0 && address->family != AF_UNIX) {
        out_char(text, ':');
        out_uint(text, address->port);
    } else {
        out_foreign(text, name, address_format(address, name), ESCAPE_TEXT);
    }
}

static void put_data(struct out *text, const struct diagram *diagram, const struct view *view)
{
    if (view->items[ITEM_PAYLOAD] == NULL || diagram->shown == 0)
        return;
    out_char(text, ' ');
    if (!put_dns(text, view))
        put_quoted(text, view, diagram->shown);
}

static void put_created(struct out *text, const struct view *view)
{
    for (size_t i = 0; i < view->created_count; i++) {
        out_char(text, ' ');
        if (i == 0) {
            out_symbol(text, "→", "->");
            out_char(text, ' ');
        }
        out_int(text, view->created[i].fd);
    }
}

/* The argument that tells most. */
static void put_argument(struct out *text, const struct view *view)
{
    static const char *const telling[] = {"option", "request", "cmd", "how", "name", "op"};
    const struct call_info *const call = view->call;
    for (size_t t = 0; t < sizeof telling / sizeof telling[0]; t++) {
        for (unsigned i = 0; i < call->field_count; i++) {
            struct arg arg;
            const struct field *const field = &call->fields[i];
            if (!field_is(field, telling[t], strlen(telling[t])) || !arg_find(view, field, &arg))
                continue;
            out_char(text, ' ');
            arg_put(text, view, &arg, ARG_TEXT, 32);
            return;
        }
    }
}

static void put_failure(struct out *text, const struct view *view)
{
    out_char(text, ' ');
    if (view->error != NULL)
        out_text(text, view->error);
    else
        out_int(text, view->record->error);
}

/* --- kinds of scenes ----------------------------------------------------------------- */

static void transfer(struct label *label, struct out *text, const struct diagram *diagram, const struct scene *scene,
                     const struct view *view)
{
    const bool out = (view->record->marks & MARK_OUT) != 0;
    out_char(text, ' ');
    out_uint(text, view->bytes);
    if (scene->facts.outcome == OUTCOME_END || scene->facts.outcome == OUTCOME_HALF) {
        out_text(text, ": ");
        put_word(text, diagram, scene->facts.outcome == OUTCOME_END ? "peer_gone" : "peer_half");
    }
    if (view->items[ITEM_PASSED] != NULL || view->created_count != 0) {
        out_text(text, " + ");
        put_word(text, diagram, "descriptor");
        put_created(text, view);
    }
    const bool seen = scene->entry != NULL && scene->entry->other != NONE; /* on the sender's arrow */
    if (out || !seen)
        put_data(text, diagram, view);
    label->goes = out;
}

static void closing(struct label *label, struct out *text, const struct diagram *diagram, const struct scene *scene)
{
    label->death = true;
    if (scene->facts.outcome == OUTCOME_KEPT) {
        out_text(text, ": ");
        put_word(text, diagram, "socket_stays");
    } else if (scene->facts.outcome == OUTCOME_UNREAD) {
        out_text(text, ": RST");
    }
    const bool stream = scene->facts.acting != AS_DATAGRAM && scene->facts.acting != AS_LISTENER &&
                        scene->pipe != NULL && scene->pipe->connection->error == 0;
    label->goes = label->quiet =
        stream && scene->facts.outcome != OUTCOME_KEPT && scene->facts.outcome != OUTCOME_AFTER;
}

static void connecting(struct label *label, struct out *text, const struct scene *scene, const struct view *view)
{
    if (scene->facts.outcome == OUTCOME_PENDING)
        put_failure(text, view);
    const bool local = scene->socket != NULL && scene->socket->family == AF_UNIX;
    label->goes = label->quiet = true;
    label->ports = !local;
    label->from_address = view->local;
    label->to_address = view->peer;
    if (local)
        put_port(text, &view->peer);
}

/* The socket's own port, or that it has none. */
static void put_own(struct out *text, const struct diagram *diagram, const struct view *view)
{
    if (view->local.family != 0) {
        put_port(text, &view->local);
    } else {
        out_text(text, ": ");
        put_word(text, diagram, "portless");
    }
}

/* The new descriptor beside the line, the listening one with the call. */
static void accepting(struct label *label, struct out *text, const struct view *view)
{
    label->birth = true;
    label->fd = view->created[0].fd;
    out_char(text, '(');
    out_int(text, view->record->fd);
    out_char(text, ')');
}

/* The other end's descriptor, if it has one at that time: one that accept gives
 * is not there before, and one that was closed no more. */
static int other_descriptor(const struct diagram *diagram, const struct scene *scene)
{
    const struct history *const history = &diagram->story->history;
    const struct entry *const other =
        scene->entry != NULL && scene->entry->other != NONE ? &history->entries[scene->entry->other] : NULL;
    const uint32_t holding = other != NULL         ? other->holding
                             : scene->pipe != NULL ? scene->pipe->holdings[1 - scene->end]
                                                   : NONE;
    const struct holder *const holder = holding != NONE ? history->holdings[holding].holder : NULL;
    return holder != NULL && facts_holds(holder, scene->time) ? holder->fd : -1;
}

void label_find(struct label *label, struct out *text, const struct diagram *diagram, const struct scene *scene,
                const struct view *view)
{
    static const enum paint paints[] = {PAINT_PLAIN, PAINT_CREATE, PAINT_CONNECT, PAINT_TRANSFER, PAINT_CLOSE};
    const char *const api = view->call->api;
    const enum phase phase = facts_phase(scene, view);
    *label = (struct label){.fd = scene->facts.fd, .other_fd = -1, .paint = paints[phase]};
    if (scene->entry == NULL)
        put_word(text, diagram, "program_ends");
    else
        out_text(text, api);
    if (view->failed && scene->facts.outcome != OUTCOME_PENDING) {
        put_failure(text, view);
        label->paint = PAINT_ERROR;
    } else if (view->call->class == CLASS_IO) {
        transfer(label, text, diagram, scene, view);
    } else if (facts_is_accept(view)) {
        accepting(label, text, view);
    } else if (strcmp(api, "connect") == 0) {
        connecting(label, text, scene, view);
    } else if (strcmp(api, "bind") == 0 || strcmp(api, "listen") == 0) {
        put_port(text, &view->local);
    } else if (strcmp(api, "getsockname") == 0) {
        put_own(text, diagram, view);
    } else if (strcmp(api, "shutdown") == 0) {
        put_argument(text, view);
        label->goes = label->quiet = view->record->arg[0] != SHUT_RD;
    } else if (phase == PHASE_CLOSE) {
        closing(label, text, diagram, scene);
    } else {
        label->birth = phase == PHASE_CREATE;
        if (label->birth && strcmp(api, "socket") != 0)
            put_created(text, view);
        if (facts_is_fork(view)) {
            out_char(text, ' ');
            out_symbol(text, "→", "->");
            out_char(text, ' ');
            out_int(text, view->record->ret);
            label->fd = -1;
        }
        put_argument(text, view);
    }
    if (label->goes)
        label->other_fd = other_descriptor(diagram, scene);
}
