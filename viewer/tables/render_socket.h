/* render_socket.h - a socket as a row: text, JSON, CSV. */
#ifndef SOCKSPY_RENDER_SOCKET_H
#define SOCKSPY_RENDER_SOCKET_H

#include "model.h"
#include "out/table.h"

enum { SOCKET_COLUMNS = 11 };
extern const struct column socket_columns[SOCKET_COLUMNS];

/* One row of such a table. `note`: what else is to be said, or NULL. */
void socket_row(struct table *table, const struct model *model, const struct socket *socket, const char *note);

/* One JSON object and a newline; the keys are public and stable. */
void socket_jsonl(struct out *out, const struct model *model, const struct socket *socket, const char *note);

void socket_csv_header(struct out *out);
void socket_csv(struct out *out, const struct model *model, const struct socket *socket, const char *note);

#endif
