/* absence.h - why there is no ring at a path: what /proc and the file system tell. */
#ifndef SOCKSPY_ABSENCE_H
#define SOCKSPY_ABSENCE_H

#include <stddef.h>

/* Writes the reason and the remedy to text[size], one line without the path. */
void absence_explain(const char *path, char *text, size_t size);

#endif
