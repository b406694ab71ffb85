/* explain.c - see explain.h. */
#include "lecture/explain.h"

#include "lecture/story_facts.h"
#include "out/phrase.h"
#include "tables/put.h"

#include <sys/socket.h>

enum { INDENT = 3, OFTEN_ENOUGH = 2 /* times that the same text is said in full */ };

static const char *const phase_signs[] = {"·", "①", "②", "③", "④"};
static const enum paint phase_paints[] = {PAINT_PLAIN, PAINT_CREATE, PAINT_CONNECT, PAINT_TRANSFER, PAINT_CLOSE};

static bool speaks(const struct explain *explain, enum language language)
{
    return (explain->languages & 1u << language) != 0;
}

/* --- what lies in the scratch, onto the page ----------------------------------------- */

/* An empty scratch to put the next text together in. */
static struct out *begin(struct explain *explain)
{
    explain->scratch.used = 0;
    explain->scratch.column = 0;
    return &explain->scratch;
}

/* The text in the scratch, as this terminal can show it. */
static size_t settle(struct explain *explain)
{
    struct out *const scratch = &explain->scratch;
    if (!explain->out->utf8)
        scratch->used = page_ascii(scratch->buffer, scratch->used);
    return scratch->used;
}

static void put_paragraph(struct explain *explain, const struct block *block, size_t hang, enum paint paint)
{
    const size_t size = settle(explain);
    page_paragraph(explain->out, block, explain->scratch.buffer, size, hang, paint);
}

/* The word in the first language. */
static void word(struct explain *explain, const char *name)
{
    out_text(&explain->scratch, lecture_word(name, lecture_first(explain->languages)));
}

/* The word in all languages, with a sign between. */
static void words(struct explain *explain, const char *name)
{
    for (enum language language = 0; language < LANGUAGES; language++) {
        if (!speaks(explain, language))
            continue;
        if (language == LANGUAGE_KO && speaks(explain, LANGUAGE_EN))
            out_text(&explain->scratch, " · ");
        out_text(&explain->scratch, lecture_word(name, language));
    }
}

/* --- heads of tales ------------------------------------------------------------------ */

/* ━━ text ━━━━━━━━━ */
static void put_title(struct explain *explain)
{
    struct out *const out = explain->out;
    const size_t size = settle(explain);
    out_paint(out, PAINT_BOLD);
    page_rule(out, 2, "━", "=");
    out_char(out, ' ');
    out_words(out, explain->scratch.buffer, width_fit(explain->scratch.buffer, size, explain->width - 4));
    out_char(out, ' ');
    page_rule(out, explain->width, "━", "=");
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}

/* One line of a pipe's two ends: the left one's text lies in the scratch up to
 * `split`, the right one's behind it. */
static void put_ends(struct explain *explain, size_t split, const char *between, const char *ascii)
{
    struct out *const out = explain->out;
    const struct out *const scratch = &explain->scratch;
    const size_t half = (explain->width - 3) / 2;
    const size_t left = width_fit(scratch->buffer, split, half);
    const size_t right = width_fit(scratch->buffer + split, scratch->used - split, half);
    const size_t begins = explain->width - width_text(scratch->buffer + split, right);
    out_words(out, scratch->buffer, left);
    out_text(out, left != 0 ? " " : "");
    page_rule(out, begins - (right != 0), between, ascii);
    out_pad(out, begins, 0);
    out_words(out, scratch->buffer + split, right);
    out_line(out);
}

static void end_process(struct explain *explain, const struct holder *holder)
{
    if (holder != NULL)
        put_process(&explain->scratch, holder->process);
    else
        word(explain, "unrecorded");
}

static void end_descriptor(struct explain *explain, const struct holder *holder)
{
    if (holder == NULL)
        return;
    word(explain, "descriptor");
    out_char(&explain->scratch, ' ');
    out_int(&explain->scratch, holder->fd);
}

static void end_address(struct explain *explain, const struct address *address)
{
    if (address->family != 0)
        put_place(&explain->scratch, address, NULL);
}

/* The pipe as a picture: who is at its ends, under which descriptors and ports. */
static void put_pipe(struct explain *explain, const struct pipe *pipe, unsigned number)
{
    const struct story *const story = explain->story;
    const struct holder *const client = story_end_holder(story, pipe, CLIENT_END);
    const struct holder *const server = story_end_holder(story, pipe, SERVER_END);
    struct out *scratch = begin(explain);
    const bool stream = pipe->connection->type != SOCK_DGRAM; /* else each datagram goes its own way */
    words(explain, stream ? "pipe" : "datagrams");
    out_char(scratch, ' ');
    out_uint(scratch, number);
    out_text(scratch, " (");
    put_kind(scratch, pipe->connection->family, pipe->connection->type, pipe->connection->protocol);
    out_char(scratch, ')');
    if (pipe->connection->error != 0) { /* it never came to be */
        const char *const error = name_of(KIND_errno, (uint64_t)pipe->connection->error);
        out_text(scratch, ": ");
        out_text(scratch, error != NULL ? error : "?");
    }
    put_title(explain);

    begin(explain);
    end_process(explain, client);
    size_t split = scratch->used;
    end_process(explain, server);
    put_ends(explain, split, " ", " ");

    begin(explain);
    end_descriptor(explain, client);
    split = scratch->used;
    end_descriptor(explain, server);
    put_ends(explain, split, " ", " ");

    begin(explain);
    end_address(explain, &pipe->connection->addresses[CLIENT_END]);
    split = scratch->used;
    end_address(explain, &pipe->connection->addresses[SERVER_END]);
    const bool solid = stream && pipe->connection->error == 0;
    put_ends(explain, split, solid ? "═" : "┄", solid ? "=" : ".");
}

static void put_head(struct explain *explain, const struct tale *tale, unsigned number)
{
    if (tale->kind == TALE_PIPE) {
        put_pipe(explain, tale->pipe, number);
        return;
    }
    struct out *const scratch = begin(explain);
    const struct socket *const socket = tale->socket;
    words(explain, socket == NULL ? "process_word" : socket->role == ROLE_LISTENING ? "listening_word" : "socket_word");
    out_text(scratch, ": ");
    const struct holder *const holder = socket != NULL ? socket_holder(socket) : NULL;
    if (holder != NULL || tale->process != NULL)
        put_process(scratch, holder != NULL ? holder->process : tale->process);
    if (holder != NULL) {
        out_text(scratch, ", ");
        end_descriptor(explain, holder);
    }
    if (socket != NULL && socket->local.family != 0) {
        out_text(scratch, ", ");
        put_place(scratch, &socket->local, NULL);
    }
    put_title(explain);
}

/* --- scenes -------------------------------------------------------------------------- */

/* "① creating the socket  " */
static void put_phase(struct out *scratch, enum phase phase, enum language language)
{
    out_text(scratch, phase_signs[phase]);
    out_char(scratch, ' ');
    if (phase != PHASE_NONE) {
        out_text(scratch, lecture_phase(phase, language));
        out_text(scratch, "  ");
    }
}

/* The process that the head of the scene's tale names. */
static const struct process *main_process(struct explain *explain, const struct scene *scene)
{
    const struct holder *holder = NULL;
    if (scene->pipe != NULL) {
        holder = story_end_holder(explain->story, scene->pipe, scene->end);
    } else if (scene->socket != NULL) {
        if (explain->main_of != scene->socket) /* it may have many */
            explain->main = socket_holder(scene->socket);
        explain->main_of = scene->socket;
        holder = explain->main;
    }
    return holder != NULL ? holder->process : scene->process;
}

/* " · name " */
static void put_depth_word(struct explain *explain, const char *name)
{
    out_text(&explain->scratch, " · ");
    word(explain, name);
    out_char(&explain->scratch, ' ');
}

/* What only --deep says: the time, how long it took, the inode (of accept: and the
 * new socket's), and what the kernel reserves for the socket's queues. */
static void put_depth(struct explain *explain, const struct block *block, const struct scene *scene,
                      const struct view *view)
{
    static const char *const buffers[] = {"deep_send", "deep_receive"};
    const enum language language = lecture_first(explain->languages);
    struct out *const scratch = begin(explain);
    put_clock(scratch, view->time);
    if (!view->call->event) {
        put_depth_word(explain, "deep_took");
        lecture_time(scratch, view->duration, language);
    }
    if (view->record->inode != 0) {
        put_depth_word(explain, "deep_inode");
        out_uint(scratch, view->record->inode);
        if (facts_is_accept(view) && view->created[0].inode != 0) {
            out_text(scratch, " → ");
            out_uint(scratch, view->created[0].inode);
        }
    }
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        if (scene->facts.buffers[i] == 0)
            continue;
        put_depth_word(explain, buffers[i]);
        lecture_bytes(scratch, scene->facts.buffers[i], language);
    }
    put_paragraph(explain, block, 0, PAINT_DIM);
}

static void put_beside(struct explain *explain, const struct block *block, const struct scene *scene,
                       const struct view *view)
{
    if (explain->beside != NULL && !scene->mention && explain->beside(explain->context, begin(explain), scene, view))
        put_paragraph(explain, block, 2, PAINT_DIM);
}

/* Was this said often enough? What differs in a number is another text. */
static bool was_told(struct explain *explain, uint64_t text)
{
    const uintptr_t times = (uintptr_t)map_get(&explain->told, text);
    map_put(&explain->told, text, (void *)(times + 1));
    return times >= OFTEN_ENOUGH && explain->detail != DETAIL_DEEP;
}

static uint64_t hash_of(const struct out *text)
{
    uint64_t hash = text->used;
    for (size_t i = 0; i < text->used; i++)
        hash = map_mix(hash, (unsigned char)text->buffer[i]);
    return hash;
}

/* What belongs to none of the phases (options, questions) is explained once for all
 * of its kind; then only what was noted is told. */
static enum lecture_line first_line(struct explain *explain, const struct scene *scene, const struct view *view)
{
    if (explain->detail == DETAIL_BRIEF || scene->mention)
        return LECTURE_LINES;
    if (facts_phase(scene, view) != PHASE_NONE || view->failed || explain->detail == DETAIL_DEEP)
        return LECTURE_ASKED;
    const uint64_t step = (uint64_t)(uintptr_t)lecture_step(view->call->api, &scene->facts);
    const bool told = map_get(&explain->told, step) != NULL;
    map_put(&explain->told, step, explain);
    return told ? LECTURE_NOTED : LECTURE_ASKED;
}

/* Puts the text of a line together in the scratch. Returns whether to say it. */
static bool find_line(struct explain *explain, const struct lecture *lecture, enum lecture_line line)
{
    struct out *const scratch = begin(explain);
    out_text(scratch, "- ");
    return lecture_put(scratch, lecture, line);
}

static void put_language(struct explain *explain, const struct block *block, const struct scene *scene,
                         const struct view *view, enum language language, enum lecture_line first)
{
    const struct lecture lecture = {view, &scene->facts, language, explain->detail == DETAIL_DEEP, explain->shown};
    struct lecture head = lecture;
    bool said[LECTURE_LINES] = {false};
    for (enum lecture_line line = first; line < LECTURE_LINES; line++) {
        said[line] = find_line(explain, &lecture, line) && !was_told(explain, hash_of(&explain->scratch));
        if (said[line])
            head.shown = 0; /* the payload stands below */
    }
    const struct block inner = {block->left + INDENT, block->width - INDENT};
    const enum phase phase = facts_phase(scene, view);
    struct out *scratch = begin(explain);
    put_phase(scratch, phase, language);
    if (scene->process != NULL && scene->process != main_process(explain, scene)) {
        put_process(scratch, scene->process); /* another one that holds the socket */
        out_text(scratch, ": ");
    }
    lecture_put(scratch, &head, LECTURE_HEAD);
    put_paragraph(explain, block, INDENT, view->failed ? PAINT_ERROR : phase_paints[phase]);
    if (language == lecture_first(explain->languages))
        put_beside(explain, &inner, scene, view);
    for (enum lecture_line line = first; line < LECTURE_LINES; line++) {
        if (said[line] && find_line(explain, &lecture, line))
            put_paragraph(explain, &inner, 2, PAINT_PLAIN);
    }
}

static void put_scene(struct explain *explain, const struct scene *scene, const struct block *block)
{
    const struct view *const view = story_view(explain->story, scene);
    const enum lecture_line first = first_line(explain, scene, view);
    for (enum language language = 0; language < LANGUAGES; language++) {
        if (speaks(explain, language))
            put_language(explain, block, scene, view, language, first);
    }
    const struct block inner = {block->left + INDENT, block->width - INDENT};
    if (explain->detail == DETAIL_DEEP && !scene->mention && scene->entry != NULL)
        put_depth(explain, &inner, scene, view);
    if (explain->detail != DETAIL_BRIEF)
        out_line(explain->out);
}

/* --- tales --------------------------------------------------------------------------- */

/* Are there scenes at both ends of the pipe? Then they stand left and right. */
static bool is_dialogue(const struct story *story, const struct tale *tale)
{
    bool seen[2] = {false, false};
    for (size_t i = 0; i < tale->count; i++)
        seen[story->scenes[tale->scenes[i]].end] = true;
    return tale->kind == TALE_PIPE && seen[CLIENT_END] && seen[SERVER_END];
}

/* The descriptors of a socket that nobody has closed. Returns whether there are any. */
static bool put_open(struct explain *explain, const struct socket *socket)
{
    const struct block block = {0, explain->width};
    bool any = false;
    for (const struct holder *holder = socket != NULL ? socket->holders : NULL; holder != NULL; holder = holder->next) {
        if (!holder->open)
            continue;
        struct out *const scratch = begin(explain);
        put_process(scratch, holder->process);
        out_text(scratch, ", ");
        end_descriptor(explain, holder);
        out_text(scratch, ": ");
        words(explain, "open_still");
        put_paragraph(explain, &block, INDENT, PAINT_DIM);
        any = true;
    }
    return any;
}

static void put_fate(struct explain *explain, const struct tale *tale)
{
    bool any = put_open(explain, tale->socket);
    for (int end = 0; tale->pipe != NULL && end < 2; end++)
        any |= put_open(explain, tale->pipe->connection->ends[end].socket);
    if (any && explain->detail != DETAIL_BRIEF)
        out_line(explain->out);
}

static bool put_tale(struct explain *explain, const struct tale *tale)
{
    const struct story *const story = explain->story;
    const bool dialogue = is_dialogue(story, tale);
    const size_t width = dialogue ? explain->width * 5 / 8 : explain->width;
    const struct block blocks[] = {{0, width}, {explain->width - width, width}};
    for (size_t i = 0; i < tale->count && !explain->out->broken; i++) {
        const struct scene *const scene = &story->scenes[tale->scenes[i]];
        put_scene(explain, scene, &blocks[dialogue ? scene->end : 0]);
        if (explain->pause != NULL && !explain->pause(explain->context))
            return false;
    }
    put_fate(explain, tale);
    return true;
}

static void put_missing(struct explain *explain, uint64_t lost)
{
    const struct block block = {0, explain->width};
    for (enum language language = 0; language < LANGUAGES; language++) {
        if (!speaks(explain, language))
            continue;
        struct out *const scratch = begin(explain);
        out_grouped(scratch, lost);
        out_text(scratch, lecture_word("missing", language));
        put_paragraph(explain, &block, INDENT, PAINT_ERROR);
    }
    out_line(explain->out);
}

bool explain_story(struct explain *explain)
{
    const struct story *const story = explain->story;
    const struct block block = {0, explain->width};
    unsigned pipes = 0;
    bool on = true;
    phrase_scratch(&explain->scratch, explain->out->utf8);
    if (story->history.lost != 0)
        put_missing(explain, story->history.lost);
    for (size_t i = 0; i < story->tale_count && on; i++) {
        const struct tale *const tale = &story->tales[i];
        pipes += tale->kind == TALE_PIPE;
        if (i != 0 && explain->detail == DETAIL_BRIEF)
            out_line(explain->out);
        put_head(explain, tale, pipes);
        on = put_tale(explain, tale);
    }
    if (story->tale_count == 0) {
        begin(explain);
        words(explain, "nothing");
        put_paragraph(explain, &block, 0, PAINT_DIM);
    }
    phrase_scratch_end(&explain->scratch);
    map_free(&explain->told);
    return on;
}
