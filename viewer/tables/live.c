/* live.c - see live.h. The screen is the alternate one, so that what was on the
 * terminal before is there again afterwards; only what every terminal since the
 * VT100 understands is used beside that. */
#include "tables/live.h"

#include "base/memory.h"
#include "base/stop.h"
#include "out/utf8.h"
#include "out/width.h"
#include "tables/put.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define FRAME_LEAST (SECOND / 5) /* between two drawings */

#define SCREEN_BEGIN "\033[?1049h\033[?25l"
#define SCREEN_END "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

static int64_t clock_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

bool live_has_screen(const struct scan *scan)
{
    const char *const terminal = getenv("TERM");
    return scan->options->format == FORMAT_TEXT && scan->options->output == NULL && isatty(scan->out.fd) &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* --- drawing --------------------------------------------------------------------- */

/* How long the escape sequence at the beginning of `text` is; 0: there is none. */
static size_t escape_size(const char *text, size_t size)
{
    if (size < 2 || text[0] != '\033' || text[1] != '[')
        return 0;
    size_t length = 2;
    while (length < size && (text[length] < '@' || text[length] > '~'))
        length++;
    return length < size ? length + 1 : size;
}

/* A line of the frame, as much of it as the screen is wide. */
static void put_line(struct out *out, const char *line, size_t size, unsigned columns)
{
    unsigned used = 0;
    while (size != 0) {
        size_t length = escape_size(line, size);
        if (length == 0) {
            uint32_t code = 0;
            length = utf8_decode((const unsigned char *)line, size, &code);
            const unsigned width = length != 0 ? width_of(code) : 1;
            length = length != 0 ? length : 1;
            used += width;
        }
        if (used <= columns)
            out_bytes(out, line, length);
        line += length;
        size -= length;
    }
    out_text(out, CLEAR_LINE);
}

/* When, and how much there is. */
static void put_title(struct out *frame, const struct scan *scan)
{
    const struct model_sums sums = model_sums(scan->model);
    const time_t second = time(NULL);
    struct tm local;
    char clock[16];
    if (localtime_r(&second, &local) == NULL)
        return;
    strftime(clock, sizeof clock, "%H:%M:%S", &local);
    out_paint(frame, PAINT_BOLD);
    out_text(frame, clock);
    out_paint(frame, PAINT_DIM);
    out_text(frame, "  ");
    out_grouped(frame, sums.records);
    out_text(frame, " records, ");
    if (sums.lost != 0) {
        out_grouped(frame, sums.lost);
        out_text(frame, " lost, ");
    }
    out_grouped(frame, sums.sockets);
    out_text(frame, " sockets, ");
    out_grouped(frame, sums.connections);
    out_text(frame, " connections");
    out_paint(frame, PAINT_PLAIN);
    out_line(frame);
}

static void draw(const struct live *live)
{
    struct out *const out = &live->scan->out;
    struct winsize size = {0};
    struct out frame;
    ioctl(out->fd, TIOCGWINSZ, &size);
    const unsigned columns = size.ws_col != 0 ? size.ws_col : 80, rows = size.ws_row > 2 ? size.ws_row : 24;
    out_open(&frame, -1, COLOUR_NEVER);
    frame.colour = out->colour;
    put_title(&frame, live->scan);
    live->draw(live->context, &frame, rows - 1, columns);
    out_text(out, HOME);
    const char *at = frame.buffer;
    const char *const end = at + frame.used;
    for (unsigned row = 0; row < rows && at < end; row++) {
        const char *const line_end = memchr(at, '\n', (size_t)(end - at));
        out_text(out, row != 0 ? "\r\n" : "");
        put_line(out, at, (size_t)((line_end != NULL ? line_end : end) - at), columns);
        at = line_end != NULL ? line_end + 1 : end;
    }
    out_text(out, CLEAR_BELOW);
    out_flush(out);
    frame.used = 0;
    out_close(&frame);
}

/* --- following ------------------------------------------------------------------- */

/* Lets time go on where there are no records to tell it. */
static void settle(const struct live *live, bool check)
{
    if (!ring_is_of_this_boot(&live->scan->source.ring))
        return;
    live->visit(live->context, model_settle(live->scan->model, clock_now(CLOCK_REALTIME) - SECOND / 10), true);
    if (check)
        living_check(live->scan, live->procfs, live->visit, live->context);
}

void live_follow(const struct live *live)
{
    struct scan *const scan = live->scan;
    const bool screen = live_has_screen(scan);
    int64_t drawn = 0, checked = 0;
    bool news = true;
    stop_catch();
    if (screen)
        out_text(&scan->out, SCREEN_BEGIN);
    while (!stop_wanted() && !scan->out.broken) {
        news |= scan_more(scan, false, live->visit, live->context);
        const int64_t now = clock_now(CLOCK_MONOTONIC);
        const bool check = now - checked >= SECOND;
        settle(live, check);
        if (check)
            checked = now;
        if (screen && ((news && now - drawn >= FRAME_LEAST) || now - drawn >= SECOND)) {
            draw(live);
            drawn = now;
            news = false;
        }
        out_flush(&scan->out);
        source_sleep(&scan->source);
    }
    scan_more(scan, true, live->visit, live->context);
    if (screen) {
        out_text(&scan->out, SCREEN_END);
        out_flush(&scan->out);
    }
}

/* --- rows ------------------------------------------------------------------------ */

#define RECENT_LASTS (3 * SECOND)

static void drop_first(struct live_recent *recent)
{
    recent->release(recent->context, recent->slots[0].item);
    recent->count--;
    memmove(recent->slots, recent->slots + 1, recent->count * sizeof recent->slots[0]);
}

void live_recent_put(struct live_recent *recent, void *item)
{
    if (recent->count == LIVE_RECENT)
        drop_first(recent);
    recent->slots[recent->count].item = item;
    recent->slots[recent->count++].until = clock_now(CLOCK_MONOTONIC) + RECENT_LASTS;
}

void live_recent_expire(struct live_recent *recent, bool all)
{
    const int64_t now = clock_now(CLOCK_MONOTONIC);
    while (recent->count != 0 && (all || recent->slots[0].until <= now))
        drop_first(recent);
}

void live_rows_add(struct live_rows *rows, void *item, int64_t used)
{
    if (rows->count == rows->room) {
        rows->room = 2 * rows->room + 64;
        rows->rows = memory_grow(rows->rows, rows->room, sizeof *rows->rows);
    }
    rows->rows[rows->count++] = (struct live_row){item, used};
}

static int compare_ids(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)((const struct live_row *)left)->item;
    const uint64_t b = *(const uint64_t *)((const struct live_row *)right)->item;
    return (a > b) - (a < b);
}

static int compare_use(const void *left, const void *right)
{
    const int64_t a = ((const struct live_row *)left)->used, b = ((const struct live_row *)right)->used;
    return a != b ? (a < b) - (a > b) : compare_ids(right, left);
}

/* Which of two that are busy was used last changes all the time: they count the
 * same, so that the rows of a screen stay in their places. */
static void level_the_busy(struct live_rows *rows)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < rows->count; i++)
        newest = rows->rows[i].used > newest ? rows->rows[i].used : newest;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].used > newest - RECENT_LASTS)
            rows->rows[i].used = newest;
    }
}

size_t live_rows_choose(struct live_rows *rows, size_t most)
{
    const size_t all = rows->count;
    if (all > most) {
        level_the_busy(rows);
        qsort(rows->rows, all, sizeof *rows->rows, compare_use);
        rows->count = most;
    }
    if (rows->count != 0)
        qsort(rows->rows, rows->count, sizeof *rows->rows, compare_ids);
    return all - rows->count;
}

void live_rows_free(struct live_rows *rows)
{
    free(rows->rows);
}

void live_put_more(struct out *out, size_t more)
{
    if (more == 0)
        return;
    out_paint(out, PAINT_DIM);
    out_symbol(out, "…", "..");
    out_char(out, ' ');
    out_grouped(out, more);
    out_text(out, " more");
    out_paint(out, PAINT_PLAIN);
    out_line(out);
}
