/* table.c - see table.h. */
#include "out/table.h"

#include "base/memory.h"
#include "out/width.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { GAP = 2, CELLS_MAX = 1 << 17 /* that wait */ };

unsigned out_width(const struct out *out)
{
    struct winsize size;
    if (isatty(out->fd) && ioctl(out->fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
        return size.ws_col;
    const char *const columns = getenv("COLUMNS");
    const long number = columns != NULL ? strtol(columns, NULL, 10) : 0;
    return number > 0 && number < 10000 ? (unsigned)number : 0;
}

void table_begin(struct table *table, struct out *out, const struct column *columns, unsigned count, unsigned most)
{
    *table = (struct table){.out = out, .columns = columns, .count = count, .most = most};
    out_open(&table->cell, -1, COLOUR_NEVER);
}

void table_stream(struct table *table)
{
    for (unsigned i = 0; i < table->count; i++)
        table->widths[i] = table->columns[i].usual;
}

void table_free(struct table *table)
{
    table->cell.used = 0;
    out_close(&table->cell);
    free(table->text);
    free(table->cells);
}

void table_cell(struct table *table, enum paint paint)
{
    struct out *const cell = &table->cell;
    if (table->room - table->used <= cell->used) {
        table->room = 2 * table->room + cell->used + 4096;
        table->text = memory_grow(table->text, table->room, 1);
    }
    if (table->cell_count == table->cell_room) {
        table->cell_room = 2 * table->cell_room + 256;
        table->cells = memory_grow(table->cells, table->cell_room, sizeof *table->cells);
    }
    memcpy(table->text + table->used, cell->buffer, cell->used);
    table->cells[table->cell_count++] =
        (struct table_cell){table->used, cell->used, (unsigned)width_text(cell->buffer, cell->used), paint};
    table->used += cell->used;
    table->next++;
    cell->used = cell->column = 0;
}

void table_row(struct table *table)
{
    while (table->next < table->count)
        table_cell(table, PAINT_PLAIN);
    table->next = 0;
    if (table->cell_count >= CELLS_MAX)
        table_print(table);
}

/* --- widths ---------------------------------------------------------------------- */

static unsigned total(const struct table *table)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < table->count; i++)
        sum += table->widths[i] != 0 ? table->widths[i] + GAP : 0;
    return sum > GAP ? sum - GAP : 0;
}

/* Makes every column as wide as its widest cell; empty ones stay out. */
static void measure(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++) {
        const unsigned column = (unsigned)(i % table->count);
        if (table->headed && table->widths[column] == 0)
            continue; /* left out when the header was printed */
        if (table->cells[i].width > table->widths[column])
            table->widths[column] = table->cells[i].width;
    }
    for (unsigned i = 0; i < table->count; i++) {
        const unsigned title = (unsigned)strlen(table->columns[i].title);
        if (table->widths[i] != 0 && table->widths[i] < title)
            table->widths[i] = title;
    }
}

/* How narrow a column may be made by cutting: as far as is fair, or to the limit. */
enum hardship { FAIR, HARD };

static unsigned bound(const struct column *column, enum hardship hardship)
{
    return hardship == FAIR && column->fair > column->least ? column->fair : column->least;
}

/* How narrow the table can be made by fair cuts. */
static unsigned narrowest(const struct table *table)
{
    unsigned sum = total(table);
    for (unsigned i = 0; i < table->count; i++) {
        const struct column *const column = &table->columns[i];
        if (column->cut != CUT_NEVER && table->widths[i] > bound(column, FAIR))
            sum -= table->widths[i] - bound(column, FAIR);
    }
    return sum;
}

static void leave_out(struct table *table)
{
    unsigned worst = table->count;
    for (unsigned i = 0; i < table->count; i++) {
        const unsigned rank = table->columns[i].rank;
        if (table->widths[i] != 0 && rank != 0 && (worst == table->count || rank > table->columns[worst].rank))
            worst = i;
    }
    if (worst < table->count)
        table->widths[worst] = 0;
}

static bool can_leave_out(const struct table *table)
{
    for (unsigned i = 0; i < table->count; i++) {
        if (table->widths[i] != 0 && table->columns[i].rank != 0)
            return true;
    }
    return false;
}

/* Takes one off the width of the widest that may be cut. Returns false if none may. */
static bool shorten(struct table *table, enum hardship hardship)
{
    unsigned widest = table->count;
    for (unsigned i = 0; i < table->count; i++) {
        const struct column *const column = &table->columns[i];
        if (column->cut != CUT_NEVER && table->widths[i] > bound(column, hardship) &&
            (widest == table->count || table->widths[i] > table->widths[widest]))
            widest = i;
    }
    if (widest == table->count)
        return false;
    table->widths[widest]--;
    return true;
}

static void fit(struct table *table, unsigned most)
{
    while (!table->headed && narrowest(table) > most && can_leave_out(table))
        leave_out(table);
    while (total(table) > most && (shorten(table, FAIR) || shorten(table, HARD)))
        ;
}

/* --- printing -------------------------------------------------------------------- */

static void put_blanks(struct out *out, unsigned count)
{
    while (count-- != 0)
        out_char(out, ' ');
}

/* Where to begin, so that the rest is no wider than `room`. */
static size_t tail_from(const char *text, size_t size, unsigned room)
{
    size_t from = 0, width = width_text(text, size);
    while (from < size && width > room) {
        uint32_t code;
        const size_t length = utf8_decode((const unsigned char *)text + from, size - from, &code);
        width -= length != 0 ? width_of(code) : 1;
        from += length != 0 ? length : 1;
    }
    return from;
}

/* How a place is cut: "127.0.0.1:80 (examp…", or "….0.1:80" where the address has
 * no room. *size becomes that of the part to be cut. */
static enum cut place_cut(const char *text, size_t *size, unsigned room)
{
    const char *const bracket = memmem(text, *size, " (", 2);
    const size_t address = bracket != NULL ? (size_t)(bracket - text) : *size;
    if (bracket != NULL && width_text(text, address) < room)
        return CUT_END;
    *size = address;
    return CUT_FRONT;
}

/* The text without what does not fit, and an ellipsis for it. */
static void put_cut(struct out *out, const char *text, size_t size, unsigned width, enum cut cut)
{
    if (cut == CUT_PLACE)
        cut = place_cut(text, &size, width);
    const unsigned mark = out->utf8 ? 1 : 2;
    const unsigned room = width > mark ? width - mark : 0;
    const char *const bracket = cut == CUT_NAME ? memrchr(text, '[', size) : NULL;
    size_t tail = cut == CUT_FRONT ? tail_from(text, size, room) : size;
    if (bracket != NULL)
        tail = (size_t)(bracket - text);
    if (width_text(text + tail, size - tail) > room)
        tail = tail_from(text, size, room);
    const unsigned tail_width = (unsigned)width_text(text + tail, size - tail);
    const size_t head = cut == CUT_FRONT ? 0 : width_fit(text, tail, room - tail_width);
    out_words(out, text, head);
    out_symbol(out, "…", "..");
    out_words(out, text + tail, size - tail);
    put_blanks(out, room - tail_width - (unsigned)width_text(text, head));
}

static void put_cell(struct table *table, unsigned column, const char *text, size_t size, unsigned width,
                     enum paint paint)
{
    struct out *const out = table->out;
    const unsigned room = table->widths[column];
    if (paint != PAINT_PLAIN)
        out_paint(out, paint);
    if (width > room) {
        const enum cut cut = table->columns[column].cut;
        if (cut == CUT_NEVER)
            out_words(out, text, size);
        else
            put_cut(out, text, size, room, cut);
    } else {
        const bool right = table->columns[column].right;
        put_blanks(out, right ? room - width : 0);
        out_words(out, text, size);
        put_blanks(out, right ? 0 : room - width);
    }
    if (paint != PAINT_PLAIN)
        out_paint(out, PAINT_PLAIN);
}

static void put_header(struct table *table)
{
    const char *gap = "";
    for (unsigned i = 0; i < table->count; i++) {
        const char *const title = table->columns[i].title;
        if (table->widths[i] == 0)
            continue;
        out_text(table->out, gap);
        put_cell(table, i, title, strlen(title), (unsigned)strlen(title), PAINT_DIM);
        gap = "  ";
    }
    out_line(table->out);
    table->headed = true;
}

void table_print(struct table *table)
{
    measure(table);
    if (table->most != 0)
        fit(table, table->most);
    if (!table->headed && table->cell_count != 0)
        put_header(table);
    const char *gap = "";
    for (size_t i = 0; i < table->cell_count; i++) {
        const struct table_cell *const cell = &table->cells[i];
        const unsigned column = (unsigned)(i % table->count);
        if (table->widths[column] != 0) {
            out_text(table->out, gap);
            put_cell(table, column, table->text + cell->at, cell->size, cell->width, cell->paint);
            gap = "  ";
        }
        if (column == table->count - 1) {
            out_line(table->out);
            gap = "";
        }
    }
    table->used = table->cell_count = 0;
}
