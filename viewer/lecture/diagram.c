/* diagram.c - see diagram.h. What stands on the arrows is diagram_label.c's. */
#include "lecture/diagram.h"

#include "lecture/diagram_label.h"
#include "lecture/lifelines.h"
#include "lecture/story_facts.h"
#include "out/canvas.h"
#include "out/phrase.h"
#include "tables/put.h"

#include <stdio.h>

enum { LONG_PAUSE = 20000000 /* ns */, LEAST_LABEL = 5 /* columns: less says nothing */ };

static const char *const phase_signs[] = {" ", "①", "②", "③", "④"};
static const char *const phase_digits[] = {" ", "1", "2", "3", "4"};
static const enum paint phase_paints[] = {PAINT_PLAIN, PAINT_CREATE, PAINT_CONNECT, PAINT_TRANSFER, PAINT_CLOSE};

struct drawing {
    const struct diagram *diagram;
    struct canvas canvas;
    struct lifelines lifelines;
    struct out label;           /* a scratch */
    const struct entry *forked; /* the fork that was drawn last */
    int64_t last;               /* time of the last row */
};

/* --- lines, titles, pauses ----------------------------------------------------------- */

/* All lifelines as they are now: solid where the process holds a socket. */
static void put_lines(struct drawing *drawing, bool pause)
{
    for (size_t i = 0; i < drawing->lifelines.count; i++) {
        const struct lifeline *const line = &drawing->lifelines.lines[i];
        if (pause || line->open <= 0)
            canvas_sign(&drawing->canvas, line->column, "┊", ":", PAINT_DIM);
        else
            canvas_sign(&drawing->canvas, line->column, "│", "|", PAINT_PLAIN);
    }
}

/* The columns that belong to a line: halfway to its neighbours. */
static void room_of(const struct drawing *drawing, size_t index, size_t *left, size_t *right)
{
    const struct lifeline *const lines = drawing->lifelines.lines;
    *left = index != 0 ? (lines[index - 1].column + lines[index].column) / 2 + 1 : 0;
    *right = index + 1 < drawing->lifelines.count ? (lines[index].column + lines[index + 1].column) / 2
                                                  : drawing->canvas.width;
}

/* A text over a line: in its middle, as far as the neighbours let it. */
static void put_over(struct drawing *drawing, size_t index, enum paint paint)
{
    const struct out *const text = &drawing->label;
    const size_t column = drawing->lifelines.lines[index].column;
    size_t left, right;
    room_of(drawing, index, &left, &right);
    const size_t width = width_text(text->buffer, text->used), room = right - left;
    size_t at = column > width / 2 ? column - width / 2 : 0;
    at = at < left ? left : at;
    at = width < room && at + width > right ? right - width : at;
    canvas_text(&drawing->canvas, at, text->buffer, text->used, right - at, paint);
}

/* Who each line is; by socket, its descriptor beneath. */
static void put_titles(struct drawing *drawing)
{
    const enum language language = drawing->diagram->language;
    struct out *const text = &drawing->label;
    for (size_t i = 0; i < drawing->lifelines.count; i++) {
        const struct lifeline *const line = &drawing->lifelines.lines[i];
        text->used = 0;
        if (line->process != NULL)
            put_process(text, line->process);
        else if (line->folded != 0)
            out_char(text, '+'), out_uint(text, line->folded);
        else
            out_text(text, lecture_word(drawing->lifelines.filtered ? "elsewhere" : "unrecorded", language));
        put_over(drawing, i, PAINT_BOLD);
    }
    canvas_flush(&drawing->canvas);
    for (size_t i = 0; i < drawing->lifelines.count && drawing->lifelines.by_socket; i++) {
        const struct socket *const socket = drawing->lifelines.lines[i].socket;
        const struct holder *const holder = socket != NULL ? socket_holder(socket) : NULL;
        if (holder == NULL)
            continue;
        text->used = 0;
        out_text(text, lecture_word("descriptor", language));
        out_char(text, ' ');
        out_int(text, holder->fd);
        put_over(drawing, i, PAINT_PLAIN);
    }
    if (drawing->lifelines.by_socket)
        canvas_flush(&drawing->canvas);
}

/* "120 ms" between dotted lines. */
static void put_pause(struct drawing *drawing, int64_t length)
{
    struct out *const text = &drawing->label;
    text->used = 0;
    lecture_time(text, (uint64_t)length, drawing->diagram->language);
    put_lines(drawing, true);
    const size_t width = width_text(text->buffer, text->used);
    const struct lifeline *const lines = drawing->lifelines.lines;
    const size_t middle =
        drawing->lifelines.count > 1 ? (lines[0].column + lines[1].column) / 2 : lines[0].column + 2 + width;
    canvas_text(&drawing->canvas, middle > width / 2 ? middle - width / 2 : 0, text->buffer, text->used, width,
                PAINT_DIM);
    canvas_flush(&drawing->canvas);
}

/* --- rows ---------------------------------------------------------------------------- */

static void put_phase(struct drawing *drawing, enum phase phase)
{
    canvas_sign(&drawing->canvas, 0, phase_signs[phase], phase_digits[phase], phase_paints[phase]);
}

/* "3" beside a lifeline, with a blank at both sides; a blank alone where there is
 * no descriptor. Towards +1 to its right, -1 to its left. Returns the column
 * behind it. */
static size_t put_number(struct drawing *drawing, size_t column, int towards, int fd)
{
    char text[16];
    if (fd < 0) {
        canvas_text(&drawing->canvas, column + (size_t)towards, " ", 1, 1, PAINT_PLAIN);
        return column + 2 * (size_t)towards;
    }
    const int size = snprintf(text, sizeof text, " %d ", fd);
    const size_t at = towards > 0 ? column + 1 : column - (size_t)size;
    canvas_text(&drawing->canvas, at, text, (size_t)size, (size_t)size, PAINT_BOLD);
    return towards > 0 ? at + (size_t)size : at - 1;
}

/* The ports of a connect whose other end is on the same line. */
static void put_ports(struct out *text, const struct label *label)
{
    if (label->from_address.port == 0 || label->to_address.port == 0)
        return;
    out_text(text, " :");
    out_uint(text, label->from_address.port);
    out_char(text, ' ');
    out_symbol(text, "→", "->");
    out_text(text, " :");
    out_uint(text, label->to_address.port);
}

/* Something that happens at one line only. */
static void put_local(struct drawing *drawing, const struct label *label, const struct lifeline *line)
{
    if (label->ports)
        put_ports(&drawing->label, label);
    const size_t index = (size_t)(line - drawing->lifelines.lines), count = drawing->lifelines.count;
    const struct lifeline *const lines = drawing->lifelines.lines;
    const bool leftwards = count > 1 && index + 1 == count;
    struct canvas *const canvas = &drawing->canvas;
    const struct out *const text = &drawing->label;
    const size_t next = leftwards           ? lines[index - 1].column
                        : index + 1 < count ? lines[index + 1].column
                                            : canvas->width;
    const size_t from = put_number(drawing, line->column, leftwards ? -1 : 1, label->fd);
    const size_t room = leftwards ? from - next - 1 : next - from - 1;
    const size_t width = width_text(text->buffer, text->used);
    const size_t shown = width < room ? width : room;
    canvas_text(canvas, leftwards ? from + 1 - shown : from, text->buffer, text->used, room, label->paint);
    if (label->birth)
        canvas_sign(canvas, line->column, "●", "o", PAINT_CREATE);
    else if (label->death)
        canvas_sign(canvas, line->column, "×", "x", PAINT_CLOSE);
    else
        canvas_sign(canvas, line->column, leftwards ? "┤" : "├", "+", PAINT_PLAIN);
}

/* ":8080" on the pipe, beside a descriptor. */
static size_t put_port(struct drawing *drawing, size_t column, int towards, const struct address *address)
{
    char text[16];
    if (address->port == 0)
        return column;
    const int size = snprintf(text, sizeof text, ":%u", address->port);
    const size_t at = towards > 0 ? column : column + 1 - (size_t)size;
    canvas_text(&drawing->canvas, at, text, (size_t)size, (size_t)size, PAINT_CONNECT);
    return towards > 0 ? at + (size_t)size : at - 1;
}

/* Something that goes from one line to another. */
static void put_arrow(struct drawing *drawing, const struct label *label, const struct lifeline *from,
                      const struct lifeline *to)
{
    struct canvas *const canvas = &drawing->canvas;
    const struct out *const text = &drawing->label;
    const int towards = to->column > from->column ? 1 : -1;
    const size_t low = towards > 0 ? from->column : to->column, high = towards > 0 ? to->column : from->column;
    for (size_t x = low + 1; x < high; x++)
        canvas_sign(canvas, x, label->quiet ? "╌" : "─", label->quiet ? "." : "-", label->paint);
    for (size_t i = 0; i < drawing->lifelines.count; i++) {
        const size_t column = drawing->lifelines.lines[i].column;
        if (column > low && column < high)
            canvas_sign(canvas, column, "┼", "+", PAINT_PLAIN);
    }
    size_t begin = put_number(drawing, from->column, towards, label->fd);
    size_t end = put_number(drawing, to->column, -towards, label->other_fd);
    canvas_sign(canvas, end, towards > 0 ? "▶" : "◀", towards > 0 ? ">" : "<", label->paint);
    end -= (size_t)towards;
    if (label->ports) {
        begin = put_port(drawing, begin, towards, &label->from_address);
        end = put_port(drawing, end, -towards, &label->to_address);
    }
    canvas_sign(canvas, from->column, towards > 0 ? "├" : "┤", "+", PAINT_PLAIN);
    if (label->death)
        canvas_sign(canvas, from->column, "×", "x", PAINT_CLOSE);
    const size_t left = towards > 0 ? begin : end, right = towards > 0 ? end : begin; /* both free */
    const size_t room = right > left + 4 ? right - left - 3 : 0, width = width_text(text->buffer, text->used);
    const size_t shown = width < room ? width : room;
    if (shown == 0 || (shown < width && shown < LEAST_LABEL))
        return;
    const size_t at = left + 1 + (room - shown) / 2 + (towards > 0 ? 0 : 1);
    canvas_text(canvas, at, " ", 1, 1, PAINT_PLAIN);
    canvas_text(canvas, at + 1, text->buffer, text->used, shown, label->paint);
    canvas_text(canvas, at + 1 + shown, " ", 1, 1, PAINT_PLAIN);
}

/* At whom the scene's arrow points, or NULL: it has none. */
static struct lifeline *target_of(struct drawing *drawing, const struct scene *scene, const struct label *label)
{
    const struct story *const story = drawing->diagram->story;
    if (!label->goes || scene->pipe == NULL)
        return NULL;
    const struct entry *const other =
        scene->entry != NULL && scene->entry->other != NONE ? &story->history.entries[scene->entry->other] : NULL;
    const struct holder *const holder = story_end_holder(story, scene->pipe, 1 - scene->end);
    const struct process *const process = other != NULL ? other->process : holder != NULL ? holder->process : NULL;
    return lifelines_find(&drawing->lifelines, process, scene->pipe->connection->ends[1 - scene->end].socket);
}

static void put_scene(struct drawing *drawing, const struct scene *scene)
{
    const struct diagram *const diagram = drawing->diagram;
    const struct view *const view = story_view(diagram->story, scene);
    struct lifeline *const line = lifelines_find(&drawing->lifelines, scene->process, scene->at);
    if (line == NULL || line->process == NULL)
        return;
    if (diagram->brief && facts_phase(scene, view) == PHASE_NONE && !facts_is_fork(view))
        return;
    if (facts_is_fork(view) && !diagram->by_socket && scene->entry == drawing->forked)
        return; /* it is told once, not for each socket */
    drawing->forked = scene->entry;
    if (drawing->last != 0 && scene->time - drawing->last >= LONG_PAUSE)
        put_pause(drawing, scene->time - drawing->last);
    drawing->last = scene->time;
    lifelines_advance(&drawing->lifelines, scene->time);
    put_lines(drawing, false);
    put_phase(drawing, facts_phase(scene, view));
    struct label label;
    drawing->label.used = 0;
    label_find(&label, &drawing->label, diagram, scene, view);
    const struct lifeline *const target = target_of(drawing, scene, &label);
    if (target != NULL && target != line)
        put_arrow(drawing, &label, line, target);
    else
        put_local(drawing, &label, line);
    canvas_flush(&drawing->canvas);
}

/* ① creating the socket  ② connecting … */
static void put_legend(struct drawing *drawing)
{
    struct out *const out = drawing->canvas.out;
    out_line(out);
    for (enum phase phase = PHASE_CREATE; phase <= PHASE_CLOSE; phase++) {
        const char *const name = lecture_phase(phase, drawing->diagram->language);
        out_paint(out, phase_paints[phase]);
        out_symbol(out, phase_signs[phase], phase_digits[phase]);
        out_char(out, ' ');
        out_words(out, name, strlen(name));
        out_paint(out, PAINT_PLAIN);
        out_text(out, phase != PHASE_CLOSE ? "   " : "");
    }
    out_line(out);
}

/* Draws the lines that were begun, with the scenes of their group. */
static void put_group(struct drawing *drawing, const struct company *company, size_t group)
{
    const struct story *const story = drawing->diagram->story;
    drawing->last = 0;
    drawing->forked = NULL;
    put_titles(drawing);
    for (size_t i = 0; i < company_scenes(company, story, group) && !drawing->canvas.out->broken; i++) {
        const struct scene *const scene = company_scene(company, story, group, i);
        if (!scene->mention)
            put_scene(drawing, scene);
    }
}

/* One drawing for each group. */
static void put_groups(struct drawing *drawing, const struct company *company)
{
    const struct diagram *const diagram = drawing->diagram;
    bool any = false;
    for (size_t group = 1; group <= company->groups && !diagram->out->broken; group++) {
        lifelines_begin(&drawing->lifelines, diagram->story, company, group, diagram->width);
        if (drawing->lifelines.count != 0) {
            if (any)
                out_line(diagram->out);
            put_group(drawing, company, group);
            any = true;
        }
        lifelines_end(&drawing->lifelines);
    }
}

static void put_nothing(struct drawing *drawing)
{
    const char *const nothing = lecture_word("nothing", drawing->diagram->language);
    out_words(drawing->canvas.out, nothing, strlen(nothing));
    out_line(drawing->canvas.out);
}

void diagram_draw(const struct diagram *diagram)
{
    struct drawing drawing = {.diagram = diagram};
    struct company company;
    canvas_begin(&drawing.canvas, diagram->out, diagram->width);
    phrase_scratch(&drawing.label, diagram->out->utf8);
    company_find(&company, diagram->story, diagram->by_socket);
    lifelines_begin(&drawing.lifelines, diagram->story, &company, 0, diagram->width);
    const bool any = drawing.lifelines.count != 0;
    const bool apart = any && company.groups > 1 && (diagram->apart || !lifelines_fit(&drawing.lifelines));
    if (any && !apart)
        put_group(&drawing, &company, 0);
    lifelines_end(&drawing.lifelines);
    if (apart)
        put_groups(&drawing, &company);
    any ? put_legend(&drawing) : put_nothing(&drawing);
    company_free(&company);
    phrase_scratch_end(&drawing.label);
    canvas_end(&drawing.canvas);
}
