/* small_file.h - what the kernel tells in small files. */
#ifndef SOCKSPY_SMALL_FILE_H
#define SOCKSPY_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the first `room` - 1 bytes as text. Returns how many there were, 0 also where it
 * cannot be read; errno stays. */
size_t small_file_read(const char *path, char *text, size_t room);

/* The same up to the end of its first line. */
bool small_file_line(const char *path, char *line, size_t room);

/* Puts a number into a path, with its NUL; returns where that is. */
static inline char *small_file_number(char *at, uint32_t number)
{
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        *at++ = digits[--count];
    *at = '\0';
    return at;
}

#endif
