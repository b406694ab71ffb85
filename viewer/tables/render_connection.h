/* render_connection.h - a connection as a row with both its ends: text, JSON,
 * CSV. */
#ifndef SOCKSPY_RENDER_CONNECTION_H
#define SOCKSPY_RENDER_CONNECTION_H

#include "model.h"
#include "out/table.h"

enum { CONNECTION_COLUMNS = 12 };
extern const struct column connection_columns[CONNECTION_COLUMNS];

/* One row of such a table. */
void connection_row(struct table *table, const struct model *model, const struct connection *connection);

/* One JSON object and a newline; the keys are public and stable. */
void connection_jsonl(struct out *out, const struct model *model, const struct connection *connection);

void connection_csv_header(struct out *out);
void connection_csv(struct out *out, const struct connection *connection);

#endif
