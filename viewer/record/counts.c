/* counts.c - see counts.h. */
#include "record/counts.h"

static const struct {
    const char *key, *one, *many;
} words[COUNT_KINDS] = {
    [COUNT_UNWRITTEN] = {"unwritten", "record for which the ring had no room",
                         "records for which the ring had no room"},
    [COUNT_HIDDEN_OPEN] = {"hidden_opens", "socket was opened out of sight (inside libc, or by a system call)",
                           "sockets were opened out of sight (inside libc, or by system calls)"},
    [COUNT_HIDDEN_CLOSE] = {"hidden_closes", "descriptor was closed out of sight",
                            "descriptors were closed out of sight"},
    [COUNT_HIDDEN_USE] = {"hidden_uses", "call used sockets inside libc", "calls used sockets inside libc"},
    [COUNT_BLIND_EXEC] = {"blind_execs", "program was started without the library: it is not recorded",
                          "programs were started without the library: they are not recorded"},
    [COUNT_IO_URING] = {"io_uring", "io_uring was made: what goes through it is not seen",
                        "io_urings were made: what goes through them is not seen"},
    [COUNT_MAPPED] = {"mapped", "packet socket shares its packets in memory: they are not seen",
                      "packet sockets share their packets in memory: they are not seen"},
    [COUNT_AROUND] = {"around", "program makes its system calls by itself (Go): its sockets are not seen",
                      "programs make their system calls by themselves (Go): their sockets are not seen"},
    [COUNT_OWN] = {"own_functions", "function of a program's own library stands behind ours: passed on, not recorded",
                   "functions of programs' own libraries stand behind ours: passed on, not recorded"},
    [COUNT_STOPPED] = {"stopped", "program forbade itself the clock: its records end there",
                       "programs forbade themselves the clock: their records end there"},
    [COUNT_PARTED] = {"parted", "call came from a thread with descriptors of its own: not recorded",
                      "calls came from threads with descriptors of their own: not recorded"},
    [COUNT_LOCKED] = {"locked",
                      "program locks its memory, and the ring was too much: its records end there (a smaller "
                      "SOCKSPY_SIZE, or a higher ulimit -l)",
                      "programs lock their memory, and the ring was too much: their records end there (a smaller "
                      "SOCKSPY_SIZE, or a higher ulimit -l)"},
};

const char *count_words(enum ring_count kind, uint64_t count)
{
    return count == 1 ? words[kind].one : words[kind].many;
}

const char *count_key(enum ring_count kind)
{
    return words[kind].key;
}
