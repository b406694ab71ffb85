/* objects.h - whose functions are what they are called? */
#ifndef SOCKSPY_OBJECTS_H
#define SOCKSPY_OBJECTS_H

#include <stdbool.h>

/* Is the loaded object with this path (or name) part of the C library? */
bool object_is_libc(const char *path);

/* May its functions be called as those of the C library with the same name? It is
 * part of that, or a wrapper: preloaded, or one that is known. Any other has
 * functions of its own, of whatever types. May read /etc/ld.so.preload. */
bool object_keeps_types(const char *path);

#endif
