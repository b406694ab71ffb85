/* table.h - rows in aligned columns, for people.
 *
 *     table_begin(&table, out, columns, COLUMNS, out_width(out));
 *     out_uint(&table.cell, 5), table_cell(&table, PAINT_PLAIN);   // for each column
 *     table_row(&table);
 *     table_print(&table);     // all rows so far, under a header
 *     table_free(&table);
 *
 * Columns are as wide as their widest cell. Where the terminal (or COLUMNS) is
 * too narrow for that, those that may be are cut to a fair width, with an
 * ellipsis; if that is not enough, the columns that matter least are left out,
 * and only then the rest are cut further.
 */
#ifndef SOCKSPY_TABLE_H
#define SOCKSPY_TABLE_H

#include "out.h"

enum { TABLE_COLUMNS = 16 };

/* Where a cell that is too wide loses its text. CUT_NAME: before its last bracket,
 * so that the number in "program[811]" stays. CUT_PLACE: first what stands in
 * brackets behind an address, then the address's front. */
enum cut { CUT_NEVER, CUT_END, CUT_FRONT, CUT_NAME, CUT_PLACE };

struct column {
    const char *title;
    bool right; /* numbers */
    enum cut cut;
    unsigned fair;  /* others are left out before it is cut below this width */
    unsigned least; /* not cut below this width */
    unsigned rank;  /* left out in a narrow window: the highest first; 0: never */
    unsigned usual; /* width to begin with where rows are printed one by one; 0: left out there */
};

struct table {
    struct out *out;
    struct out cell; /* write the next cell here */
    const struct column *columns;
    unsigned count;
    unsigned next;                  /* column of the next cell */
    unsigned widths[TABLE_COLUMNS]; /* as printed; 0: left out */
    bool headed;                    /* the header was printed */
    unsigned most;                  /* columns that the output has room for; 0: no limit */
    char *text;                     /* of all cells */
    size_t used, room;
    struct table_cell {
        size_t at, size;
        unsigned width;
        enum paint paint;
    } * cells;
    size_t cell_count, cell_room;
};

/* Columns of the terminal behind `out`, or what COLUMNS says; 0: no limit. */
unsigned out_width(const struct out *out);

/* `most`: as out_width(), or less. */
void table_begin(struct table *table, struct out *out, const struct column *columns, unsigned count, unsigned most);

/* Rows will be printed as they come: columns begin as wide as is usual. */
void table_stream(struct table *table);

/* What lies in table->cell is the next cell. */
void table_cell(struct table *table, enum paint paint);

/* The row is done; cells that were not given are empty. When very many wait,
 * they are printed, so that memory does not grow with their number. */
void table_row(struct table *table);

/* Prints the rows that wait. A later call goes on under the same header. */
void table_print(struct table *table);

void table_free(struct table *table);

#endif
