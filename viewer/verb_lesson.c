/* verb_lesson.c - sockspy lesson: sample programs played under the library, then
 * drawn and explained. The display waits for Enter with --step; the programs,
 * which have ended by then, do not. */
#include "base/memory.h"
#include "base/stop.h"
#include "lecture/cast.h"
#include "lecture/code.h"
#include "lecture/diagram.h"
#include "lecture/explain.h"
#include "lecture/lesson.h"
#include "options/output.h"
#include "out/phrase.h"
#include "proc/program.h"
#include "verb.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDEST = 110, PRINTED_LINES = 8, STATUS_INTERRUPTED = 130 };

struct show {
    const struct options *options;
    const struct lesson *lesson;
    unsigned languages;
    bool step; /* wait for Enter */
    char library[PATH_MAX], programs[PATH_MAX], sources[PATH_MAX], ring[PATH_MAX];
    struct cast cast;
    struct story story;
    struct code code;
    size_t *lines; /* index in `code` of each scene; SIZE_MAX: none */
    struct out out, scratch;
    struct block page;
};

static bool speaks(const struct show *show, enum language language)
{
    return (show->languages & 1u << language) != 0;
}

/* --- places ------------------------------------------------------------------------ */

static bool find_places(struct show *show)
{
    static const char *const programs[] = {"/build/samples", PROGRAM_LIBDIRS("sockspy/samples")};
    static const char *const sources[] = {"/samples", PROGRAM_LIBDIRS("sockspy/samples")};
    program_library(show->library, sizeof show->library);
    if (strpbrk(show->library, " :") != NULL) {
        complain("%s: the loader takes no preload from a path with a blank or colon; put it elsewhere", show->library);
        return false;
    }
    if (!program_find(programs, sizeof programs / sizeof programs[0], show->programs, sizeof show->programs)) {
        complain("the sample programs are not there: 'make' builds them, 'make install' installs them");
        return false;
    }
    if (!program_find(sources, sizeof sources / sizeof sources[0], show->sources, sizeof show->sources))
        show->sources[0] = '\0';
    const char *const keep = show->options->keep;
    const char *const directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (keep == NULL)
        snprintf(show->ring, sizeof show->ring, "%s/sockspy-%lu.run-%ld", directory, (unsigned long)getuid(),
                 (long)getpid());
    else
        snprintf(show->ring, sizeof show->ring, "%s", keep);
    if (access(show->ring, F_OK) == 0) {
        complain("%s is there already; name another", show->ring);
        return false;
    }
    return true;
}

/* Is the loopback interface there? Without it no program reaches another. */
static bool loopback_is_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool up = fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) != 0 || (request.ifr_flags & IFF_UP) != 0;
    if (fd >= 0)
        close(fd);
    return up;
}

/* --- waiting ----------------------------------------------------------------------- */

/* Reads a line. Returns its first letter, '\n' where it has none, 0 at the end of
 * the input, or where we shall stop. */
static char read_key(void)
{
    char first = 0, letter = 0;
    while (letter != '\n') {
        const ssize_t count = stop_or_input(STDIN_FILENO) ? read(STDIN_FILENO, &letter, 1) : 0;
        if (count == 0 || (count < 0 && errno != EINTR))
            return 0;
        if (count > 0 && first == 0)
            first = letter;
    }
    return first;
}

/* Waits for Enter, with --step. Returns whether to go on. */
static bool pause_here(void *context)
{
    struct show *const show = context;
    if (!show->step || stop_wanted())
        return !stop_wanted();
    const char *const prompt = lecture_word("prompt", lecture_first(show->languages));
    out_paint(&show->out, PAINT_DIM);
    out_words(&show->out, prompt, strlen(prompt));
    out_paint(&show->out, PAINT_PLAIN);
    out_flush(&show->out);
    const char key = read_key();
    if (key == 0) {
        show->step = false; /* nobody is there: go on alone */
        out_line(&show->out);
    }
    show->out.column = 0;
    return key != 'q' && !stop_wanted();
}

/* --- what stands around the explanation -------------------------------------------- */

static void put_paragraph(struct show *show, size_t hang, enum paint paint)
{
    struct out *const scratch = &show->scratch;
    if (!show->out.utf8)
        scratch->used = page_ascii(scratch->buffer, scratch->used);
    page_paragraph(&show->out, &show->page, scratch->buffer, scratch->used, hang, paint);
    scratch->used = 0;
}

static bool fill_number(struct out *out, const char *name, size_t size, const void *context)
{
    const struct lesson *const lesson = context;
    (void)name, (void)size; /* there is only one */
    out_uint(out, lesson->number);
    return true;
}

static void put_opening(struct show *show)
{
    for (enum language language = 0; language < LANGUAGES; language++) {
        if (!speaks(show, language))
            continue;
        phrase_put(&show->scratch, lecture_word("lesson", language), fill_number, show->lesson);
        out_char(&show->scratch, ' ');
        out_text(&show->scratch, show->lesson->text[language][LESSON_TITLE]);
        put_paragraph(show, 0, PAINT_BOLD);
        out_text(&show->scratch, show->lesson->text[language][LESSON_QUESTION]);
        put_paragraph(show, 0, PAINT_PLAIN);
        out_line(&show->out);
    }
}

/* The programs as one would type them, and what they printed. */
static void put_programs(struct show *show)
{
    for (size_t i = 0; i < show->cast.count; i++) {
        const struct actor *const actor = &show->cast.actors[i];
        out_text(&show->scratch, "$ ");
        out_foreign(&show->scratch, actor->line, strlen(actor->line), ESCAPE_TEXT);
        put_paragraph(show, 4, PAINT_BOLD);
        const char *line = actor->prints;
        for (size_t n = 0; n < PRINTED_LINES && *line != '\0'; n++) {
            const size_t size = strcspn(line, "\r\n");
            out_text(&show->scratch, "  ");
            out_foreign(&show->scratch, line, size, ESCAPE_TEXT);
            put_paragraph(show, 4, PAINT_DIM);
            line += size + strspn(line + size, "\r\n");
        }
    }
    out_line(&show->out);
}

static void put_diagram(struct show *show)
{
    const struct diagram diagram = {.out = &show->out,
                                    .story = &show->story,
                                    .language = lecture_first(show->languages),
                                    .apart = true,
                                    .shown = show->options->shown,
                                    .width = show->page.width};
    diagram_draw(&diagram);
    out_line(&show->out);
}

static bool put_notices(struct show *show, enum language language)
{
    const char *line = show->lesson->text[language][LESSON_NOTICE];
    if (show->options->detail == DETAIL_BRIEF)
        out_line(&show->out);
    out_text(&show->scratch, lecture_word("notice", language));
    put_paragraph(show, 0, PAINT_BOLD);
    while (*line != '\0') {
        const size_t size = strcspn(line, "\n");
        out_text(&show->scratch, "- ");
        lesson_notice(&show->scratch, &show->story, line, size);
        put_paragraph(show, 2, PAINT_PLAIN);
        line += size + (line[size] == '\n');
        if (*line != '\0' && !pause_here(show))
            return false;
    }
    out_line(&show->out);
    return true;
}

/* --- the code beside ---------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void find_code(struct show *show)
{
    struct story *const story = &show->story;
    show->code.directory = show->sources;
    show->lines = memory_new(story->count, sizeof *show->lines);
    for (size_t i = 0; i < story->count; i++) {
        const struct scene *const scene = &story->scenes[i];
        const struct view *const view = story_view(story, scene);
        const bool again = i != 0 && scene->entry == story->scenes[i - 1].entry; /* told for another socket as well */
        show->lines[i] = again ? show->lines[i - 1] : SIZE_MAX;
        if (scene->entry == NULL || scene->process == NULL || view->call->event || again)
            continue;
        const char *const name = base_name(scene->process->path);
        show->lines[i] = code_add(&show->code, view->record->pid, name, view->call->api);
        if (strcmp(view->call->api, "fork") == 0 && view->record->ret > 0)
            code_fork(&show->code, view->record->pid, (uint32_t)view->record->ret);
    }
    code_settle(&show->code);
}

/* "socket(AF_INET, SOCK_STREAM, 0);   http_client.c:19" */
static bool put_code(void *context, struct out *text, const struct scene *scene, const struct view *view)
{
    const struct show *const show = context;
    const size_t index = show->lines[scene - show->story.scenes];
    const struct code_line line = index != SIZE_MAX ? code_line(&show->code, index) : (struct code_line){0};
    (void)view;
    if (line.text == NULL)
        return false;
    out_text(text, line.name);
    out_text(text, ".c:");
    out_uint(text, line.number);
    out_text(text, "  ");
    out_words(text, line.text, line.size); /* our own source */
    return true;
}

/* --- the whole ---------------------------------------------------------------------- */

static void tell(struct show *show)
{
    struct explain explain = {.out = &show->out,
                              .story = &show->story,
                              .languages = show->languages,
                              .detail = show->options->detail,
                              .shown = show->options->shown,
                              .width = show->page.width,
                              .beside = show->options->code ? put_code : NULL,
                              .pause = pause_here,
                              .context = show};
    if (show->options->code)
        find_code(show);
    put_opening(show);
    put_programs(show);
    if (!pause_here(show))
        return;
    put_diagram(show);
    if (!pause_here(show) || !explain_story(&explain))
        return;
    for (enum language language = 0; language < LANGUAGES; language++) {
        if (speaks(show, language) && !put_notices(show, language))
            return;
    }
}

/* Plays the lesson and tells it. Returns the exit status. */
static int perform(struct show *show)
{
    show->cast.library = show->library;
    show->cast.directory = show->programs;
    show->cast.ring = show->ring;
    const char *wrong = cast_play(&show->cast, show->lesson->play);
    if (stop_wanted())
        return STATUS_INTERRUPTED;
    if (wrong != NULL)
        return complain("lesson %u: %s", show->lesson->number, wrong);
    wrong = access(show->ring, F_OK) != 0 ? "nothing was recorded: the library was not loaded (SOCKSPY_DEBUG=1 tells)"
                                          : story_open(&show->story, show->ring, &show->options->filter);
    if (wrong != NULL)
        return complain("lesson %u: %s", show->lesson->number, wrong);
    out_open(&show->out, STDOUT_FILENO, show->options->colour);
    phrase_scratch(&show->scratch, show->out.utf8);
    show->page = (struct block){0, page_width(&show->out, WIDEST)};
    tell(show);
    phrase_scratch_end(&show->scratch);
    code_free(&show->code);
    free(show->lines);
    story_close(&show->story);
    const int status = output_close(&show->out, show->options);
    return stop_wanted() ? STATUS_INTERRUPTED : status;
}

static int list_lessons(const struct options *options)
{
    struct out out;
    const unsigned languages = lecture_languages(options->languages);
    out_open(&out, STDOUT_FILENO, options->colour);
    for (size_t i = 0; i < lesson_count; i++) {
        for (enum language language = 0; language < LANGUAGES; language++) {
            const char *const title = lessons[i].text[language][LESSON_TITLE];
            if ((languages & 1u << language) == 0)
                continue;
            out_text(&out, lessons[i].number < 10 ? "   " : "  ");
            out_uint(&out, lessons[i].number);
            out_text(&out, "  ");
            out_words(&out, title, strlen(title));
            out_line(&out);
        }
    }
    return output_close(&out, options);
}

int verb_lesson(const struct options *options)
{
    struct show show = {.options = options, .languages = lecture_languages(options->languages), .step = options->step};
    if (options->lesson == NULL)
        return list_lessons(options);
    show.lesson = lesson_find(options->lesson);
    if (show.lesson == NULL)
        return misused("there is no lesson '%s'; 'sockspy lesson' lists them", options->lesson);
    if (!find_places(&show))
        return STATUS_FAILED;
    if (!loopback_is_up())
        return complain(
            "the loopback interface is down, and the programs talk through it: 'ip link set lo up' starts it");
    stop_catch();
    const int status = perform(&show);
    if (options->keep == NULL)
        cast_remove_ring(&show.cast);
    return status;
}
