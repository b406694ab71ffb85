#!/usr/bin/env bash
# T8: an alias that nobody thought of goes past us. Every name that libc exports
# and that can reach a socket is in calls.def, or in omitted.def with its reason.
. "$(dirname "$0")/../lib.sh" || exit 1
need nm /usr/bin/python3 objdump readelf
libc=$(ldd "$programs/free_port" | sed -n 's/.*libc\.so\.6 => \([^ ]*\) .*/\1/p')
[ -n "$libc" ] || skip "no glibc"

{
    echo '#define CALL(ret, name, params, args, class, api, schema) NAME name'
    echo '#define VARIADIC(ret, name, params, class, api, schema) NAME name'
    echo '#include "calls.def"'
} >calls.c
{
    echo '#define OMITTED(name, why) NAME name why'
    echo '#include "omitted.def"'
} >omitted.c
"${CC:-cc}" -E -P -I "$top/preload" calls.c | sed -n 's/.*NAME \([A-Za-z0-9_]*\).*/\1/p' | sort >calls
{ echo '#define UNRECORDED_TOO'; cat calls.c; } >opens.c
"${CC:-cc}" -E -P -I "$top/preload" opens.c | sed -n 's/.*NAME \([A-Za-z0-9_]*\).*/\1/p' | sort >opens
assert_eq "$(uniq -d opens | paste -sd' ')" "" "names that calls.def and unrecorded.def have twice"
"${CC:-cc}" -E -P -I "$top/preload" omitted.c | sed -n 's/.*NAME \([A-Za-z0-9_]*\) [A-Z_]*$/\1/p' | sort >omitted
nm -D --defined-only "$libc" | grep -v GLIBC_PRIVATE | awk '{ print $3 }' | sed 's/@.*//' | sort -u >libc
assert_eq "$(comm -12 calls omitted | paste -sd' ')" "" "names in both lists"
assert_eq "$(comm -23 calls libc | grep -vxE 'pidfd_getfd|epoll_pwait2|close_range|closefrom|_Fork' | paste -sd' ')" "" \
    "names of calls.def that this libc does not have"
assert_eq "$(comm -23 opens libc | grep -vxE 'pidfd_.*|epoll_pwait2|close_range|closefrom|_Fork|fs.*|open_tree|io_uring_.*' | paste -sd' ')" "" \
    "names of unrecorded.def that this libc does not have"
assert_eq "$(comm -23 omitted libc | paste -sd' ')" "" "names of omitted.def that this libc does not have"

# The names through which programs are known to reach a socket.
tr -s ' \n' '\n' >known <<'END'
socket socketpair accept accept4 dup dup2 __dup2 dup3 fcntl fcntl64 __fcntl pidfd_getfd
close __close close_range closefrom shutdown fclose fcloseall freopen freopen64 pclose
bind listen connect __connect getsockname getpeername getsockopt setsockopt ioctl sockatmark isfdtype bindresvport
send __send sendto sendmsg sendmmsg write __write writev pwritev2 pwritev64v2 sendfile sendfile64 splice tee vmsplice
dprintf vdprintf __dprintf_chk __vdprintf_chk
recv recvfrom recvmsg recvmmsg read __read readv preadv2 preadv64v2 __read_chk __recv_chk __recvfrom_chk
poll __poll __poll_chk ppoll __ppoll_chk select __select pselect
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
fork __fork _Fork vfork __vfork clone __clone execl execle execlp execv execve execvp execvpe execveat fexecve
posix_spawn posix_spawnp system popen daemon forkpty login_tty unshare setns prctl _exit _Exit quick_exit
getaddrinfo getaddrinfo_a gethostbyname gethostbyname_r gethostbyname2 gethostbyname2_r gethostbyaddr gethostbyaddr_r
getnameinfo res_query res_search res_send res_querydomain res_nquery res_nsearch res_nsend res_nquerydomain
getifaddrs if_nameindex if_nametoindex if_indextoname syslog vsyslog openlog __syslog_chk __vsyslog_chk
mq_notify rcmd rcmd_af rexec rexec_af rresvport rresvport_af
syscall aio_read aio_write aio_read64 aio_write64 lio_listio lio_listio64 fdopen
END
sort -u -o known known
sort -u calls omitted >covered
assert_eq "$(comm -13 covered known | paste -sd' ')" "" "known names in neither list"

# And those that libc's own code shows.
[ "$(uname -m)" = x86_64 ] || exit 0
"$top/tests/reach.py" "$libc" | cut -d' ' -f1 | sort >reach
[ "$(wc -l <reach)" -gt 100 ] || fail "libc's code shows only $(wc -l <reach) names"
assert_eq "$(comm -13 covered reach | paste -sd' ')" "" "names that reach a socket, in neither list"
