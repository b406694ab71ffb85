/* explain_rows.c - a story's scenes as JSON Lines and as CSV, in both languages at
 * once, so that no setting changes what a program reads. */
#include "lecture/explain.h"
#include "lecture/story_facts.h"
#include "out/csv.h"
#include "out/json.h"
#include "out/phrase.h"

static const char *const languages[LANGUAGES] = {[LANGUAGE_EN] = "en", [LANGUAGE_KO] = "ko"};
static const char *const lines[LECTURE_LINES] = {"head", "asked", "stack", "noted"};

/* --- JSON ------------------------------------------------------------------------ */

static void put_language(struct json *json, struct out *scratch, struct lecture lecture, enum language language)
{
    lecture.language = language;
    json_open(json, languages[language], '{');
    for (enum lecture_line line = 0; line < LECTURE_LINES; line++) {
        scratch->used = 0;
        if (lecture_put(scratch, &lecture, line))
            json_string(json, lines[line], scratch->buffer, scratch->used);
    }
    json_close(json, '}');
}

static const char *end_word(const struct scene *scene)
{
    return scene->end == SERVER_END ? "server" : "client";
}

static void put_json(struct out *out, struct out *scratch, struct story *story, const struct scene *scene)
{
    const struct view *const view = story_view(story, scene);
    const struct lecture lecture = {view, &scene->facts, LANGUAGE_EN, true, PAYLOAD_MAX};
    struct json json = json_line(out);
    if (scene->entry != NULL)
        json_uint(&json, "id", scene->entry->id);
    json_time(&json, "time", scene->time);
    json_uint(&json, "pid", view->record->pid);
    json_string(&json, "comm", view->record->comm, view->comm_size);
    json_word(&json, "call", view->call->api);
    if (scene->facts.fd >= 0)
        json_int(&json, "fd", scene->facts.fd);
    json_uint(&json, "phase", facts_phase(scene, view));
    if (scene->socket != NULL)
        json_uint(&json, "socket", scene->socket->id);
    if (scene->pipe != NULL) {
        json_uint(&json, "pipe", scene->pipe->connection->id);
        json_word(&json, "end", end_word(scene));
    }
    put_language(&json, scratch, lecture, LANGUAGE_EN);
    put_language(&json, scratch, lecture, LANGUAGE_KO);
    json_end(&json);
}

/* --- CSV ------------------------------------------------------------------------- */

static void put_header(struct out *out)
{
    out_text(out, "id,time,pid,comm,call,fd,phase,socket,pipe,end");
    for (enum language language = 0; language < LANGUAGES; language++) {
        for (enum lecture_line line = 0; line < LECTURE_LINES; line++) {
            out_char(out, ',');
            out_text(out, languages[language]);
            out_char(out, '_');
            out_text(out, lines[line]);
        }
    }
    out_line(out);
}

static void put_csv(struct out *out, struct out *scratch, struct story *story, const struct scene *scene)
{
    const struct view *const view = story_view(story, scene);
    struct csv csv = csv_row(out);
    csv_known(&csv, scene->entry != NULL ? scene->entry->id : 0);
    csv_time(&csv, scene->time);
    csv_uint(&csv, view->record->pid);
    csv_string(&csv, view->record->comm, view->comm_size);
    csv_word(&csv, view->call->api);
    if (scene->facts.fd >= 0)
        csv_int(&csv, scene->facts.fd);
    else
        csv_field(&csv);
    csv_uint(&csv, facts_phase(scene, view));
    csv_known(&csv, scene->socket != NULL ? scene->socket->id : 0);
    csv_known(&csv, scene->pipe != NULL ? scene->pipe->connection->id : 0);
    csv_word(&csv, scene->pipe != NULL ? end_word(scene) : NULL);
    for (enum language language = 0; language < LANGUAGES; language++) {
        const struct lecture lecture = {view, &scene->facts, language, true, PAYLOAD_MAX};
        for (enum lecture_line line = 0; line < LECTURE_LINES; line++) {
            scratch->used = 0;
            const bool any = lecture_put(scratch, &lecture, line);
            out_csv_escaped(csv_field(&csv), scratch->buffer, any ? scratch->used : 0);
        }
    }
    csv_end(&csv);
}

/* --- both ------------------------------------------------------------------------ */

void explain_rows(struct out *out, struct story *story, bool csv)
{
    struct out scratch;
    phrase_scratch(&scratch, true);
    if (csv)
        put_header(out);
    for (size_t i = 0; i < story->count && !out->broken; i++) {
        if (!story->scenes[i].mention)
            (csv ? put_csv : put_json)(out, &scratch, story, &story->scenes[i]);
    }
    phrase_scratch_end(&scratch);
}
