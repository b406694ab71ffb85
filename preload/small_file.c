/* small_file.c - see small_file.h. */
#include "small_file.h"

#include "sys.h"

#include <fcntl.h>
#include <string.h>

size_t small_file_read(const char *path, char *text, size_t room)
{
    text[0] = '\0';
    const long fd = sys_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    const long got = sys_call(SYS_read, fd, text, room - 1);
    sys_call(SYS_close, fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

bool small_file_line(const char *path, char *line, size_t room)
{
    const bool there = small_file_read(path, line, room) != 0;
    line[strcspn(line, "\n")] = '\0';
    return there;
}
