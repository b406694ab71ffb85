/* utf8.h - reading UTF-8 (RFC 3629) that may be wrong. */
#ifndef SOCKSPY_UTF8_H
#define SOCKSPY_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* One character of UTF-8 at bytes[0 .. size > 0). Returns its length and sets
 * *code, or returns 0 where there is none. */
size_t utf8_decode(const unsigned char *bytes, size_t size, uint32_t *code);

#endif
