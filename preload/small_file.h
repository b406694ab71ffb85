/* small_file.h - what the kernel tells in small files. */
#ifndef SOCKSPY_SMALL_FILE_H
#define SOCKSPY_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the first `room` - 1 bytes as text. Returns whether there were any; errno stays. */
bool small_file_read(const char *path, char *text, size_t room);

/* The same up to the end of its first line. */
bool small_file_line(const char *path, char *line, size_t room);

#endif
