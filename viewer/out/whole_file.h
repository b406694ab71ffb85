/* whole_file.h - a file that is there whole or not at all. */
#ifndef SOCKSPY_WHOLE_FILE_H
#define SOCKSPY_WHOLE_FILE_H

#include <stdbool.h>

struct whole_file {
    const char *path; /* the file to be made; the caller's */
    char *temporary;  /* where it is written until it is renamed, or NULL */
    bool nameless;    /* it has no name until then */
    int fd;           /* to write to */
};

/* With `whole`, it is written elsewhere until whole_file_close(); devices and pipes
 * are written directly. Returns false with errno set. */
bool whole_file_open(struct whole_file *file, const char *path, bool whole);

/* Puts it in place, unless there was an `error` (an errno, or 0) in writing it. Returns
 * the first error of all. */
int whole_file_close(struct whole_file *file, int error);

#endif
