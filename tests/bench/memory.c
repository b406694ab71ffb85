/* memory.c - opens a hundred sockets, uses them, and prints its /proc/self/smaps. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int pairs[50][2];
    char buffer[4096];
    for (int i = 0; i < 50; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) != 0 || write(pairs[i][0], "hello", 5) != 5 ||
            read(pairs[i][1], buffer, sizeof buffer) != 5)
            return 1;
    }
    const int maps = open("/proc/self/smaps", O_RDONLY);
    ssize_t got;
    while ((got = read(maps, buffer, sizeof buffer)) > 0)
        if (write(STDOUT_FILENO, buffer, (size_t)got) != got)
            return 1;
    return 0;
}
