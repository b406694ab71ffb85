/* export.h - a recording in the forms of other programs. Each writes the whole of
 * it to `out`, which its caller opened. */
#ifndef SOCKSPY_EXPORT_H
#define SOCKSPY_EXPORT_H

#include "options/options.h"
#include "scan/history.h"

/* A capture file for Wireshark. */
void export_pcapng(struct out *out, struct history *history);

/* Chrome's trace events, as Perfetto reads them. */
void export_perfetto(struct out *out, struct history *history);

/* A sequence diagram for Markdown, of at most `messages` messages. */
void export_mermaid(struct out *out, struct history *history, size_t messages);

#endif
