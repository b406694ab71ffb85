/* mask.h - command lines without their secrets. */
#ifndef SOCKSPY_MASK_H
#define SOCKSPY_MASK_H

#include <stddef.h>

/* Copies the words of a command line, `size` bytes with a NUL behind each, to `to`: at
 * most `room` - 1 bytes and a NUL, with blanks between them. "***" takes the place of the
 * user part of a URL, and of the value of an option, variable, header or part of a query
 * in whose name pass, secret, token, key, auth or cred stands, in any case; also within a
 * word that is a command itself. Returns the length. */
size_t mask_words(const char *from, size_t size, char *to, size_t room);

#endif
