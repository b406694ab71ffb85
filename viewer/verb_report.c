/* verb_report.c - sockspy report: one page that is whole in itself. Its HTML
 * (report.html), style and scripts (report/) are put into the program by
 * report_page.S; the recording stands in the page as JSON.
 */
#include "options/output.h"
#include "report/report.h"
#include "verb.h"

#include <unistd.h>

/* What report_page.S put there. */
#define FILE(id, kind, file) extern const char id[], id##_end[];
#include "report/report_files.def"
#undef FILE

/* The lines of report.html that stand for a file, and what comes in their place.
 * The page's policy runs only what bears this nonce. */
#define PAGE_LINE(file) "\n" /* the page itself: no line is that */
#define PAGE_BEFORE ""
#define PAGE_AFTER ""
#define STYLE_LINE(file) "<link rel=\"stylesheet\" href=\"" file "\">"
#define STYLE_BEFORE "<style nonce=\"sockspy\">\n"
#define STYLE_AFTER "</style>"
#define SCRIPT_LINE(file) "<script src=\"" file "\"></script>"
#define SCRIPT_BEFORE "<script nonce=\"sockspy\">\n"
#define SCRIPT_AFTER "</script>"
static const struct piece {
    const char *line, *before, *begin, *end, *after;
} pieces[] = {
#define FILE(id, kind, file) {kind##_LINE(file), kind##_BEFORE, id, id##_end, kind##_AFTER},
#include "report/report_files.def"
};

static const char recording_line[] = "<script type=\"application/json\" id=\"recording\"></script>";
static const char recording_before[] = "<script type=\"application/json\" id=\"recording\">";

static void put(struct out *out, const char *begin, const char *end)
{
    while (begin < end) {
        const size_t size = (size_t)(end - begin) < OUT_BUFFER ? (size_t)(end - begin) : OUT_BUFFER;
        out_bytes(out, begin, size);
        begin += size;
    }
}

static bool is_line(const char *line, size_t size, const char *wanted)
{
    return size == strlen(wanted) && memcmp(line, wanted, size) == 0;
}

static void put_line(struct out *out, const char *line, size_t size, struct story *story, const char *ring)
{
    if (is_line(line, size, recording_line)) {
        out_text(out, recording_before);
        report_data(out, story, ring);
        out_text(out, "</script>\n");
        return;
    }
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const struct piece *const piece = &pieces[i];
        if (!is_line(line, size, piece->line))
            continue;
        out_text(out, piece->before);
        put(out, piece->begin, piece->end);
        out_text(out, piece->after);
        out_char(out, '\n');
        return;
    }
    put(out, line, line + size);
    out_char(out, '\n');
}

static void put_page(struct out *out, struct story *story, const char *ring)
{
    // cppcheck-suppress comparePointers ; report_page.S puts the end behind the page
    for (const char *line = report_html; line < report_html_end;) {
        const size_t size = strcspn(line, "\n");
        put_line(out, line, size, story, ring);
        line += size + 1;
    }
}

int verb_report(const struct options *options)
{
    struct story story;
    struct out out;
    if (options->output == NULL && isatty(STDOUT_FILENO))
        return misused("a page is nothing for a terminal: name a file with -o");
    const char *const wrong = story_open(&story, options->ring, &options->filter);
    if (wrong != NULL)
        return complain("%s: %s", options->ring, wrong);
    if (!output_open(&out, options)) {
        story_close(&story);
        return STATUS_FAILED;
    }
    out.utf8 = true;
    put_page(&out, &story, options->ring);
    story_close(&story);
    return output_close(&out, options);
}
