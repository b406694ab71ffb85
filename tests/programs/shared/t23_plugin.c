/* For t23_hidden: loaded with RTLD_DEEPBIND, it finds libc's socket before ours. */
#include <sys/socket.h>

int plugin_socket(int domain, int type, int protocol);
int plugin_socket(int domain, int type, int protocol)
{
    return socket(domain, type, protocol);
}
