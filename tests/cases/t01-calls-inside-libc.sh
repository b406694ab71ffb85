#!/usr/bin/env bash
# timeout: 180
# T1: libc uses sockets behind these calls, past every hook. Each has a record of
# its own, or is counted as hidden; strace shows that there was something.
. "$(dirname "$0")/../lib.sh" || exit 1
. "$top/tests/traps.sh"

# what, how often strace sees a socket or a connect made by it, record or count
while read -r what least sign; do
    rm -f "$SOCKSPY_RING"
    status=0
    recorded "$programs/t01_inside" "$what" 2>err || status=$?
    [ "$status" = 0 ] || [ "$status" = 77 ] || fail "$what ended with $status: $(cat err)"
    [ "$status" = 77 ] && continue # the kernel has no message queues
    case $sign in
    hidden) [ "$(count hidden_uses)" -gt 0 ] || fail "$what is neither recorded nor counted" ;;
    *) check "$what has a record" "calls(\"$sign\") | length > 0" ;;
    esac
    case $what in
    printf | getchar | lent | closed)
        check_rows sockets "$what leaves a sum that may lack something" 'any(.partial)' ;;
    write) assert_eq "$(count hidden_uses)" 0 "hidden uses of a standard descriptor that no stream has used" ;;
    fdopen | aio | syslog | mq_notify) [ "$(count hidden_uses)" -gt 0 ] || fail "$what is not counted" ;;
    rcmd_both) check 'what rcmd gives back is known' '[calls("write")[] | select(.args.len | IN(5, 6))] | length == 2
        and all(.inode > 0 and .peer != null)' ;;
    res_*) check "$what: name and answer" 'map(select(.args.name == "sockspy.example")) | only | .args.answers == ["192.0.2.7"]' ;;
    esac
    [ "$least" = 0 ] && continue
    strace -f -qq -o strace.out -e trace=socket,connect "$programs/t01_inside" "$what" 2>/dev/null
    seen=$(grep -cE ' (socket|connect)\(' strace.out)
    [ "$seen" -ge "$least" ] || fail "$what no longer uses $least sockets: $seen"
done <<'END'
getaddrinfo 1 getaddrinfo
gethostbyname 2 gethostbyname
res_query 2 res_query
res_search 2 res_search
getifaddrs 1 getifaddrs
if_nameindex 1 if_nameindex
if_nametoindex 1 if_nametoindex
syslog 2 syslog
rresvport 1 rresvport
bindresvport 1 bindresvport
rcmd 1 rcmd
rcmd_both 1 rcmd
mq_notify 1 mq_notify
fdopen 0 fdopen
printf 0 hidden
getchar 0 hidden
lent 0 hidden
closed 0 hidden
write 0 write
dprintf 0 dprintf
fclose 0 fclose
aio 0 aio_write
posix_spawn 0 posix_spawn
popen 0 popen
closefrom 0 closefrom
getpwuid 2 hidden
END
