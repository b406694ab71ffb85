/* explain_jsonl.c - a story's scenes as JSON Lines, in both languages at once, so
 * that no setting changes what a program reads. */
#include "lecture/explain.h"
#include "lecture/story_facts.h"
#include "out/json.h"
#include "out/phrase.h"

static void put_language(struct json *json, struct out *scratch, struct lecture lecture, enum language language)
{
    static const char *const languages[LANGUAGES] = {[LANGUAGE_EN] = "en", [LANGUAGE_KO] = "ko"};
    static const char *const lines[LECTURE_LINES] = {"head", "asked", "stack", "noted"};
    lecture.language = language;
    json_open(json, languages[language], '{');
    for (enum lecture_line line = 0; line < LECTURE_LINES; line++) {
        scratch->used = 0;
        if (lecture_put(scratch, &lecture, line))
            json_string(json, lines[line], scratch->buffer, scratch->used);
    }
    json_close(json, '}');
}

static void put_scene(struct out *out, struct out *scratch, struct story *story, const struct scene *scene)
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
        json_word(&json, "end", scene->end == SERVER_END ? "server" : "client");
    }
    put_language(&json, scratch, lecture, LANGUAGE_EN);
    put_language(&json, scratch, lecture, LANGUAGE_KO);
    json_end(&json);
}

void explain_jsonl(struct out *out, struct story *story)
{
    struct out scratch;
    phrase_scratch(&scratch, true);
    for (size_t i = 0; i < story->count && !out->broken; i++) {
        if (!story->scenes[i].mention)
            put_scene(out, &scratch, story, &story->scenes[i]);
    }
    phrase_scratch_end(&scratch);
}
