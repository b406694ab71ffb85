/* mermaid_text.h - text in which Mermaid finds nothing of its own syntax. */
#ifndef SOCKSPY_MERMAID_TEXT_H
#define SOCKSPY_MERMAID_TEXT_H

#include "out.h"

/* Writes the text, which is printable already; signs and words that mean something
 * to Mermaid as numbers: #59; */
void mermaid_text(struct out *out, const char *text, size_t size);

#endif
